#include "tests/differential/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "sim/engine/result_columns.hpp"
#include "sim/engine/world.hpp"

namespace plunge::oracle {
namespace {

constexpr double tolerance = 1e-9;

// A fraction is a lack of equity over the margin that closing frees, a thousandth of the notional: after tens of rounds
// the last bits of prices stand this high in it.
constexpr double fraction_tolerance = 1e-8;

// Sums and integrals round more often than once: the engine may be this much further off than the oracle is from itself
// with prices changed in their last bits.
constexpr double rounding_margin = 10.0;

// What is lost on an asset is a difference of values that may be a thousand times as large.
constexpr double loss_tolerance = 1e3;

using Difference = std::optional<std::string>;

/// Finds numbers that are further apart than `allowed` tolerances, and remembers how far apart the furthest were.
struct Yardstick {
    double allowed = 1.0;
    double furthest = 0.0; ///< in tolerances

    Difference differs(const std::string& what, double expected, double got, double scale) {
        if ((std::isnan(expected) && std::isnan(got)) || expected == got) return {};
        const double apart = std::fabs(expected - got);
        if (apart <= allowed * tolerance * scale) {
            if (apart > 0.0) furthest = std::max(furthest, apart / (tolerance * scale));
            return {};
        }
        return fmt::format("{}: oracle {:.17g}, engine {:.17g} (scale {:.3g}, {:.3g} tolerances allowed)", what,
                           expected, got, scale, allowed);
    }
};

Difference counts_differ(const std::string& what, std::uint64_t expected, std::uint64_t got) {
    if (expected == got) return {};
    return fmt::format("{}: oracle {}, engine {}", what, expected, got);
}

using EventKey = std::tuple<std::size_t, std::size_t, std::size_t, std::size_t>; // step, round, venue, row

struct Event {
    EventKey key;
    double fraction;
};

std::string name_of(const EventKey& key) {
    return fmt::format("step {} round {} venue {} row {}", std::get<0>(key), std::get<1>(key), std::get<2>(key),
                       std::get<3>(key));
}

template <class Log> std::vector<Event> events_of(const Log& log) {
    std::vector<Event> events;
    for (const auto& entry : log) events.push_back({{entry.step, entry.round, entry.venue, entry.row}, entry.fraction});
    std::sort(events.begin(), events.end(), [](const Event& i, const Event& j) { return i.key < j.key; });
    return events;
}

Difference first_event_difference(const std::vector<Event>& expected, const std::vector<Event>& got, std::size_t& next,
                                  std::size_t step, Yardstick& yardstick) {
    for (;; ++next) {
        const bool has_expected = next < expected.size() && std::get<0>(expected[next].key) <= step;
        const bool has_got = next < got.size() && std::get<0>(got[next].key) <= step;
        if (!has_expected && !has_got) return {};
        if (!has_got || (has_expected && expected[next].key < got[next].key)) {
            return fmt::format("{}: liquidated by the oracle alone, fraction {:.17g}", name_of(expected[next].key),
                               expected[next].fraction);
        }
        if (!has_expected || got[next].key < expected[next].key) {
            return fmt::format("{}: liquidated by the engine alone, fraction {:.17g}", name_of(got[next].key),
                               got[next].fraction);
        }
        if (auto d = yardstick.differs(name_of(expected[next].key) + " fraction", expected[next].fraction,
                                       got[next].fraction, fraction_tolerance / tolerance)) {
            return d;
        }
    }
}

struct Column {
    std::string_view name; // of the trace
    enum class Kind { price, log, money, count } kind;
};

constexpr Column columns[] = {
    {"index", Column::Kind::price},         {"margin_calls", Column::Kind::count},
    {"margin_factor", Column::Kind::log},   {"halted", Column::Kind::count},
    {"depth", Column::Kind::log},           {"rounds", Column::Kind::count},
    {"adl_notional", Column::Kind::money},  {"permanent", Column::Kind::log},
    {"transient", Column::Kind::log},       {"price", Column::Kind::price},
    {"mark", Column::Kind::price},          {"shortfall", Column::Kind::money},
    {"fund", Column::Kind::money},          {"layers", Column::Kind::money},
    {"inventory", Column::Kind::money},     {"liquidated_notional", Column::Kind::money},
    {"open_interest", Column::Kind::money},
};

Difference trace_difference(const WorldTrace& expected, const WorldTrace& got, std::size_t step, std::size_t steps,
                            double scale, Yardstick& yardstick) {
    if (std::size(columns) != trace_columns().size()) return "some columns of traces are not compared";
    for (const Column& column : columns) {
        const auto& e = expected[column.name];
        const auto& g = got[column.name];
        if (e.size() != g.size()) {
            return fmt::format("trace {}: oracle {} values, engine {}", column.name, e.size(), g.size());
        }
        const std::size_t width = e.size() / (steps + 1);
        for (std::size_t i = step * width; i < (step + 1) * width; ++i) {
            const std::string what = fmt::format("step {} {} [{}]", step, column.name, i - step * width);
            if (column.kind == Column::Kind::count) {
                if (e[i] != g[i]) return fmt::format("{}: oracle {}, engine {}", what, e[i], g[i]);
                continue;
            }
            const double size = column.kind == Column::Kind::price ? std::fabs(e[i])
                                : column.kind == Column::Kind::log ? std::max(1.0, std::fabs(e[i]))
                                                                   : scale;
            if (auto d = yardstick.differs(what, e[i], g[i], size)) {
                return d;
            }
        }
    }
    return {};
}

// \param open_interest  of the venue at the start
Difference venue_difference(const VenueMetrics& expected, const VenueMetrics& got, std::size_t venue, double scale,
                            double open_interest, Yardstick& yardstick) {
    // A hundredth of that is open at least where leverage and cover are taken, and money is right within the scale.
    const double of_open = 100.0 * scale / std::max(open_interest, 1e-300);
    Difference found;
    const auto look_at = [&](const auto& m) {
        if (found) return;
        const std::string what = fmt::format("venue {} {}", venue, m.name);
        if constexpr (std::is_same_v<std::decay_t<decltype(expected.*(m.member))>, double>) {
            if (m.units == "USD")
                found = yardstick.differs(what, expected.*(m.member), got.*(m.member),
                                          m.name == "contagion_notional" ? loss_tolerance * scale : scale);
            else if (m.name == "max_leverage" || m.name == "leverage_at_start")
                found = yardstick.differs(what, expected.*(m.member), got.*(m.member),
                                          std::max(1.0, of_open) * (1.0 + std::pow(expected.*(m.member), 2)));
            else if (m.name == "min_layer_cover" || m.name == "layer_cover_at_start")
                found = yardstick.differs(what, expected.*(m.member), got.*(m.member), std::max(1.0, of_open));
            else if (m.name == "contagion_share")
                found = yardstick.differs(what, expected.*(m.member), got.*(m.member), loss_tolerance);
            else if (m.name == "adl_overshoot_contracts") // a small difference of large numbers
                found = yardstick.differs(what, expected.*(m.member), got.*(m.member),
                                          std::max(1.0, expected.adl_contracts));
            else
                found = yardstick.differs(what, expected.*(m.member), got.*(m.member),
                                          std::max(1.0, std::fabs(expected.*(m.member))));
        } else if (m.name == "insolvent") {
            // A shortfall at the resolution of money may be called none; by either.
            if (expected.uncovered > tolerance * scale)
                found = counts_differ(what, expected.insolvent, got.insolvent);
            else if (got.uncovered <= 0.0)
                found = counts_differ(what, 0, got.insolvent);
        } else {
            found = counts_differ(what, expected.*(m.member), got.*(m.member));
        }
    };
    for_each_column(venue_metrics(), look_at);
    return found;
}

Difference cohort_difference(const CohortMetrics& expected, const CohortMetrics& got, std::size_t cohort, double scale,
                             Yardstick& yardstick) {
    Difference found;
    const auto look_at = [&](const auto& m) {
        if (found) return;
        const std::string what = fmt::format("cohort {} {}", cohort, m.name);
        const auto e = static_cast<double>(expected.*(m.member));
        const auto g = static_cast<double>(got.*(m.member));
        found = yardstick.differs(what, e, g, m.units == "USD" ? scale : 0.0);
    };
    for_each_column(cohort_metrics(), look_at);
    return found;
}

// Of a table whose numbers are counts and amounts: counts equal, amounts within tolerance of `scale`.
template <class Table, class Owner>
Difference members_differ(const Table& table, const std::string& what, const Owner& expected, const Owner& got,
                          double scale, Yardstick& yardstick) {
    Difference found;
    for_each_column(table, [&](const auto& row) {
        if (found) return;
        const std::string name = fmt::format("{}{}", what, row.name);
        if constexpr (std::is_same_v<std::decay_t<decltype(expected.*(row.member))>, double>) {
            found = yardstick.differs(name, expected.*(row.member), got.*(row.member), scale);
        } else {
            found = counts_differ(name, expected.*(row.member), got.*(row.member));
        }
    });
    return found;
}

// Cascades by venue and first step: the two may list venues in different orders.
std::vector<Cascade> ordered(std::vector<Cascade> cascades) {
    std::stable_sort(cascades.begin(), cascades.end(), [](const Cascade& i, const Cascade& j) {
        return std::tie(i.venue, i.first_step) < std::tie(j.venue, j.first_step);
    });
    return cascades;
}

Difference cascade_difference(const WorldResult& expected, const WorldResult& got, double scale, Yardstick& yardstick) {
    const std::vector<Cascade> e = ordered(expected.cascades);
    const std::vector<Cascade> g = ordered(got.cascades);
    if (auto d = counts_differ("cascades", e.size(), g.size())) return d;
    for (std::size_t i = 0; i < e.size(); ++i) {
        const std::string what = fmt::format("cascade {} ", i);
        if (auto d = counts_differ(what + "venue", e[i].venue, g[i].venue)) return d;
        if (auto d = members_differ(cascade_columns(), what, e[i], g[i], scale, yardstick)) return d;
        for (std::size_t a = 0; a < e[i].price_move.size(); ++a) {
            if (auto d = yardstick.differs(what + "price move", e[i].price_move[a], g[i].price_move[a], 1.0)) return d;
        }
    }
    return {};
}

// Cell by cell; an empty matrix is zero.
Difference matrix_difference(const std::string& what, const std::vector<double>& expected,
                             const std::vector<double>& got, double scale, Yardstick& yardstick) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (auto d = yardstick.differs(fmt::format("{} [{}]", what, i), expected[i], got.empty() ? 0.0 : got[i],
                                       loss_tolerance * scale))
            return d;
    }
    return {};
}

Difference world_difference(const WorldResult& expected, const WorldResult& got, double scale, Yardstick& yardstick) {
    for (std::size_t a = 0; a < expected.assets.size(); ++a) {
        const AssetMetrics& e = expected.assets[a];
        const AssetMetrics& g = got.assets[a];
        if (auto d = yardstick.differs(fmt::format("asset {} min_price", a), e.min_price, g.min_price, e.min_price))
            return d;
        if (auto d = yardstick.differs(fmt::format("asset {} max_drawdown", a), e.max_drawdown, g.max_drawdown, 1.0))
            return d;
        if (auto d = yardstick.differs(fmt::format("asset {} exogenous_max_drawdown", a), e.exogenous_max_drawdown,
                                       g.exogenous_max_drawdown, 1.0)) {
            return d;
        }
        const std::string of = fmt::format("asset {} ", a);
        if (auto d = yardstick.differs(of + "final_price", e.final_price, g.final_price, e.final_price)) return d;
        if (auto d = yardstick.differs(of + "liquidated_long_notional", e.liquidated_long_notional,
                                       g.liquidated_long_notional, scale))
            return d;
        if (auto d = yardstick.differs(of + "liquidated_short_notional", e.liquidated_short_notional,
                                       g.liquidated_short_notional, scale))
            return d;
        if (auto d = yardstick.differs(of + "adl_notional", e.adl_notional, g.adl_notional, scale)) return d;
        if (auto d = yardstick.differs(of + "adl_price", e.adl_price, g.adl_price,
                                       scale / e.adl_notional * e.adl_price))
            return d;
    }
    if (auto d = yardstick.differs("amplification", expected.amplification, got.amplification,
                                   std::max(1.0, std::fabs(expected.amplification)))) {
        return d;
    }
    const auto& en = expected.network;
    const auto& gn = got.network;
    if (auto d = members_differ(network_metrics(), "", en, gn, std::max(scale, en.creditor_losses), yardstick))
        return d;
    if (!(got.ledger_error <= tolerance)) return fmt::format("ledger_error {:.3g}", got.ledger_error);
    return {};
}

Difference result_difference(const OracleOutcome& outcome, const WorldResult& got, double scale, Yardstick& yardstick) {
    const WorldResult& expected = outcome.result;
    for (std::size_t v = 0; v < expected.venues.size(); ++v) {
        const double open_interest = outcome.trace["open_interest"][v];
        if (auto d = venue_difference(expected.venues[v], got.venues[v], v, scale, open_interest, yardstick)) return d;
    }
    for (std::size_t c = 0; c < expected.cohorts.size(); ++c) {
        if (auto d = cohort_difference(expected.cohorts[c], got.cohorts[c], c, scale, yardstick)) return d;
    }
    if (auto d = cascade_difference(expected, got, scale, yardstick)) return d;
    if (auto d = world_difference(expected, got, scale, yardstick)) return d;
    const bool several_assets = expected.assets.size() > 1;
    if (several_assets) {
        if (auto d = matrix_difference("contagion", expected.contagion, got.contagion, scale, yardstick)) return d;
    }
    if (outcome.counterfactual_tied) return {};
    if (several_assets) {
        if (auto d = matrix_difference("contagion without impact", expected.counterfactual_contagion,
                                       got.counterfactual_contagion, scale, yardstick))
            return d;
    }
    return members_differ(counterfactual_metrics(), "", expected.counterfactual, got.counterfactual, scale, yardstick);
}

} // namespace

std::vector<std::vector<OracleRow>> oracle_rows(const Population& population) {
    std::vector<std::vector<OracleRow>> venues;
    for (const AccountRows& rows : population.venues) {
        std::vector<OracleRow> venue;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            OracleRow row;
            row.cash = rows.cash[i];
            row.cohort = rows.cohort[i];
            row.owner = rows.owner[i];
            for (std::size_t a = 0; a < rows.assets; ++a) {
                row.position.push_back(rows.position[i * rows.assets + a]);
                row.collateral.push_back(rows.collateral.empty() ? 0.0 : rows.collateral[i * rows.assets + a]);
                row.entry.push_back(rows.entry[i * rows.assets + a]);
            }
            venue.push_back(std::move(row));
        }
        venues.push_back(std::move(venue));
    }
    return venues;
}

EngineOutcome run_engine(const Market& market, std::uint64_t world) {
    EngineOutcome outcome;
    WorldEngine engine{market};
    engine.run(world, outcome.result, {.trace = &outcome.trace, .series = nullptr, .log = &outcome.log});
    return outcome;
}

double money_scale(const Scenario& scenario, const std::vector<std::vector<OracleRow>>& rows,
                   const OracleOutcome& outcome) {
    double scale = outcome.gross_flows;
    for (const auto& venue : rows) {
        for (const OracleRow& row : venue) {
            double wealth = row.cash;
            for (std::size_t a = 0; a < row.position.size(); ++a) {
                wealth += (row.position[a] + row.collateral[a]) * scenario.assets[a].price;
            }
            scale += std::fabs(wealth);
        }
    }
    return scale;
}

std::optional<std::string> first_difference(const Scenario& scenario, const OracleOutcome& expected,
                                            const EngineOutcome& got, double scale, const Vector& amplification) {
    const std::vector<Event> expected_events = events_of(expected.events);
    const std::vector<Event> got_events = events_of(got.log);
    const std::size_t steps = scenario.run.steps();
    Yardstick yardstick;
    std::size_t next = 0;
    for (std::size_t step = 0; step <= expected.compare_until; ++step) {
        if (!amplification.empty()) yardstick.allowed = std::max(1.0, rounding_margin * amplification[step]);
        if (std::isinf(yardstick.allowed)) return {};
        if (auto d = first_event_difference(expected_events, got_events, next, step, yardstick)) return d;
        if (auto d = trace_difference(expected.trace, got.trace, step, steps, scale, yardstick)) return d;
    }
    if (expected.tied) return {};
    if (!amplification.empty()) yardstick.allowed = std::max(1.0, rounding_margin * amplification.back());
    if (std::isinf(yardstick.allowed)) return {};
    return result_difference(expected, got.result, scale, yardstick);
}

Vector rounding_amplification(const Scenario& scenario, const OracleOutcome& expected,
                              const std::vector<OracleOutcome>& nudged, double scale) {
    constexpr double without_bound = 1e30;
    const std::vector<Event> expected_events = events_of(expected.events);
    const std::size_t steps = scenario.run.steps();
    Vector amplification(steps + 2, 0.0);
    for (const OracleOutcome& other : nudged) {
        const std::vector<Event> events = events_of(other.events);
        Yardstick yardstick{.allowed = without_bound}; // no number is too far off: what differs is an event or a count
        Difference choice;
        std::size_t next = 0;
        for (std::size_t step = 0; step <= steps + 1; ++step) {
            if (!choice && step > steps) choice = result_difference(expected, other.result, scale, yardstick);
            if (!choice && step <= steps) {
                choice = first_event_difference(expected_events, events, next, step, yardstick);
                if (!choice) choice = trace_difference(expected.trace, other.trace, step, steps, scale, yardstick);
            }
            const double far = choice ? std::numeric_limits<double>::infinity() : yardstick.furthest;
            amplification[step] = std::max(amplification[step], far);
        }
    }
    return amplification;
}

} // namespace plunge::oracle
