#include "sim/driver/fund_sizing.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <utility>

#include "models/waterfall/layers.hpp"
#include "sim/driver/parallel_blocks.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/world.hpp"
#include "sim/stats/difference.hpp"
#include "sim/stats/order_statistic.hpp"

namespace plunge {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// A fund is tried with a ten-millionth more than was found: enough for the rounding of balances.
double with_room(double fund) { return fund * (1.0 + 1e-7); }

double own_fund(const Scenario& scenario, std::size_t venue) {
    return initial_fund_balance(scenario.venues[venue].waterfall);
}

// One sizing, from the first world to the last check.
class Sizing {
  public:
    Sizing(const Scenario& scenario, const SizingOptions& options) : scenario_{scenario}, options_{options} {
        result_.options = options;
        result_.draw_is_critical = draw_is_critical(scenario, options.question);
    }

    SizedFund run() {
        for (std::uint64_t worlds = options_.worlds;; worlds = std::min(2 * worlds, options_.max_worlds)) {
            const bool all_run = run_with_ample_fund(worlds);
            const bool whole = find_critical_funds() && all_run;
            if (!whole) result_.interrupted = true;
            if (result_.critical.empty()) return std::move(result_);
            result_.answer = estimate_quantile(result_.sorted(), options_.survive, options_.confidence);
            result_.precise = reached_precision();
            if (!whole) return std::move(result_);
            if (result_.precise || worlds >= options_.max_worlds) break;
        }
        if (options_.verify && !(verify() && size_naively())) result_.interrupted = true;
        if (options_.curve && !result_.interrupted && !draw_curve()) result_.interrupted = true;
        return std::move(result_);
    }

  private:
    const VenueMetrics& metrics_of(const WorldResult& result) const { return result.venues[options_.question.venue]; }

    BlockOptions block_options(std::string_view stage, std::uint64_t all) const {
        BlockOptions options{options_.threads, options_.stop, {}};
        if (options_.progress) {
            options.progress = [this, stage, all](std::uint64_t done) { options_.progress(stage, done, all); };
        }
        return options;
    }

    // Runs the worlds of a list with one market. visit(place in the list, result) comes from any thread.
    template <class Visit>
    std::uint64_t run_listed(const Market& market, std::span<const std::uint64_t> worlds, std::string_view stage,
                             const Visit& visit) const {
        return run_in_blocks(worlds.size(), block_options(stage, worlds.size()), [&](unsigned) -> BlockWorker {
            const auto engine = std::make_shared<WorldEngine>(market);
            const auto result = std::make_shared<WorldResult>();
            return [&, engine, result](std::uint64_t first, std::uint64_t last) {
                for (std::uint64_t i = first; i < last; ++i) {
                    engine->run(worlds[i], *result);
                    visit(static_cast<std::size_t>(i), metrics_of(*result));
                }
            };
        });
    }

    bool run_with_ample_fund(std::uint64_t worlds) {
        const auto start = std::chrono::steady_clock::now();
        if (!ample_market_) make_ample_market();
        const std::size_t first = result_.draws.size();
        std::vector<std::uint64_t> list(static_cast<std::size_t>(worlds) - first);
        std::iota(list.begin(), list.end(), first);
        result_.draws.resize(static_cast<std::size_t>(worlds));
        const std::uint64_t done = run_listed(
            *ample_market_, list, "with an ample fund", [&](std::size_t i, const VenueMetrics& metrics) {
                result_.draws[first + i] = draw_of(scenario_, options_.question, result_.ample, metrics);
            });
        result_.draws.resize(first + static_cast<std::size_t>(done));
        result_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return done == list.size();
    }

    void make_ample_market() {
        const Market own(with_fund(scenario_, options_.question.venue, own_fund(scenario_, options_.question.venue)));
        const std::vector<double> notional = own.initial_open_interest();
        const auto venue = static_cast<std::ptrdiff_t>(options_.question.venue * own.assets());
        const auto assets = static_cast<std::ptrdiff_t>(own.assets());
        const double open_interest = std::accumulate(notional.begin() + venue, notional.begin() + venue + assets, 0.0);
        result_.ample = ample_fund(scenario_, options_.question.venue, open_interest);
        ample_market_ = std::make_unique<Market>(with_fund(scenario_, options_.question.venue, result_.ample));
    }

    // Of the worlds that have been run since the last time.
    bool find_critical_funds() {
        std::vector<std::uint64_t> open; // to be searched for
        const std::size_t first = result_.critical.size();
        for (std::size_t w = first; w < result_.draws.size(); ++w) {
            const WorldDraw& draw = result_.draws[w];
            result_.critical.push_back(draw.event ? infinity : draw.draw);
            if (!result_.draw_is_critical && !draw.event && draw.asks()) open.push_back(w);
        }
        const auto worker = [&](unsigned) -> BlockWorker {
            return [&](std::uint64_t begin, std::uint64_t end) {
                for (std::uint64_t i = begin; i < end; ++i) {
                    const auto w = static_cast<std::size_t>(open[i]);
                    result_.critical[w] = search_critical_fund(scenario_, options_.question, w, result_.draws[w].draw,
                                                               result_.ample);
                }
            };
        };
        const std::uint64_t done = run_in_blocks(open.size(), block_options("searching", open.size()), worker);
        result_.searched += done;
        if (done == open.size()) return true;
        result_.critical.resize(static_cast<std::size_t>(open[done])); // the worlds before are whole
        return false;
    }

    bool reached_precision() const {
        const IntervalEstimate& value = result_.answer.value;
        if (!(options_.precision > 0.0) || value.high == 0.0) return true;
        return 0.5 * (value.high - value.low) <= options_.precision * value.point;
    }

    // Worlds that ask something of the fund: to all others its size makes no difference.
    std::vector<std::uint64_t> touching_worlds() const {
        std::vector<std::uint64_t> worlds;
        for (std::size_t w = 0; w < result_.critical.size(); ++w) {
            if (result_.draws[w].asks() || result_.draws[w].event) worlds.push_back(w);
        }
        return worlds;
    }

    // Half of those asked for with the next larger critical funds, half with the next smaller.
    std::vector<std::uint64_t> worlds_to_verify(double fund) const {
        std::vector<std::uint64_t> worlds = touching_worlds();
        if (options_.verify_worlds == 0 || worlds.size() <= options_.verify_worlds) return worlds;
        std::stable_sort(worlds.begin(), worlds.end(),
                         [&](std::uint64_t a, std::uint64_t b) { return result_.critical[a] < result_.critical[b]; });
        const auto larger = std::partition_point(worlds.begin(), worlds.end(),
                                                 [&](std::uint64_t w) { return result_.critical[w] <= fund; });
        const auto wanted = static_cast<std::ptrdiff_t>(options_.verify_worlds);
        const auto above = std::clamp(wanted / 2, wanted - (larger - worlds.begin()), worlds.end() - larger);
        std::vector<std::uint64_t> next(larger - (wanted - above), larger + above);
        std::sort(next.begin(), next.end());
        return next;
    }

    // \return nothing where it was stopped
    std::optional<FundCheck> check(double fund) const {
        const double tried = with_room(fund);
        const std::vector<std::uint64_t> worlds = worlds_to_verify(tried);
        std::vector<std::uint8_t> event(worlds.size());
        const Market market(with_fund(scenario_, options_.question.venue, tried));
        const std::uint64_t done = run_listed(market, worlds, "verifying",
                                              [&](std::size_t i, const VenueMetrics& metrics) {
                                                  event[i] = happened(options_.question.event, metrics) ? 1 : 0;
                                              });
        if (done < worlds.size()) return std::nullopt;
        FundCheck check{fund, worlds.size(), 0, 0, {}};
        for (std::size_t i = 0; i < worlds.size(); ++i) {
            const double critical = result_.critical[worlds[i]];
            const bool counted = event[i] != 0;
            // A fund that was searched for is right within a tolerance only.
            const bool either = !result_.draw_is_critical && critical > tried &&
                                critical <= tried * (1.0 + 2.0 * search_tolerance);
            const bool predicted = either ? counted : critical > tried;
            check.predicted += predicted ? 1U : 0U;
            check.counted += counted ? 1U : 0U;
            if (predicted != counted) check.differing.push_back(worlds[i]);
        }
        return check;
    }

    bool verify() {
        const IntervalEstimate value = result_.answer.value;
        std::vector<double> funds;
        for (const double fund : {value.point, value.low, value.high}) {
            if (std::isfinite(fund) && std::find(funds.begin(), funds.end(), fund) == funds.end())
                funds.push_back(fund);
        }
        bool agree = true;
        for (const double fund : funds) {
            auto checked = check(fund);
            if (!checked) return false;
            agree = agree && checked->agrees();
            result_.checks.push_back(std::move(*checked));
        }
        return agree || answer_by_counting();
    }

    // Counts the event with one more fund; false where it was stopped.
    bool count_events(double fund) {
        const std::vector<std::uint64_t> worlds = touching_worlds();
        const Market market(with_fund(scenario_, options_.question.venue, fund));
        std::vector<std::uint8_t> event(worlds.size());
        const std::uint64_t done = run_listed(market, worlds, "counting",
                                              [&](std::size_t i, const VenueMetrics& metrics) {
                                                  event[i] = happened(options_.question.event, metrics) ? 1 : 0;
                                              });
        if (done < worlds.size()) return false;
        const std::uint64_t events = std::accumulate(event.begin(), event.end(), std::uint64_t{0});
        auto& counted = result_.counted;
        counted.insert(std::lower_bound(counted.begin(), counted.end(), fund,
                                        [](const CountedFund& one, double other) { return one.fund < other; }),
                       {fund, events});
        return true;
    }

    // Place in `counted` of the smallest fund from which on none has more events than `allowed`.
    std::size_t root(std::uint64_t allowed) const {
        std::size_t place = result_.counted.size();
        while (place > 0 && result_.counted[place - 1].events <= allowed) --place;
        return place;
    }

    bool answer_by_counting() {
        const QuantileRanks& ranks = result_.answer.ranks;
        const std::uint64_t worlds = result_.critical.size();
        std::vector<double> found;
        for (const double end : {result_.answer.value.low, result_.answer.value.point, result_.answer.value.high}) {
            if (std::isfinite(end) && end > 0.0) found.push_back(end);
        }
        if (found.empty()) return true; // all were zero: nothing to look between
        constexpr int sizes = 17;
        const double bottom = *std::min_element(found.begin(), found.end()) / 4.0;
        const double top = *std::max_element(found.begin(), found.end()) * 4.0;
        if (!count_events(0.0)) return false;
        for (int i = 0; i < sizes; ++i) {
            if (!count_events(bottom * std::pow(top / bottom, static_cast<double>(i) / (sizes - 1)))) return false;
        }
        IntervalEstimate& value = result_.answer.value;
        return (ranks.low == 0 || read_off(worlds - ranks.low, value.low)) &&
               read_off(worlds - ranks.point, value.point) &&
               (ranks.high == 0 || read_off(worlds - ranks.high, value.high));
    }

    // The root for so many events, between two funds that are within 1 %.
    bool read_off(std::uint64_t allowed, double& value) {
        for (std::size_t place = root(allowed); place > 0 && place < result_.counted.size(); place = root(allowed)) {
            const double below = result_.counted[place - 1].fund;
            const double above = result_.counted[place].fund;
            if (below == 0.0 || above <= 1.01 * below) break;
            if (!count_events(std::sqrt(below * above))) return false;
        }
        const std::size_t place = root(allowed);
        value = place < result_.counted.size() ? result_.counted[place].fund : infinity;
        return true;
    }

    bool size_naively() {
        NaiveSizing naive{own_fund(scenario_, options_.question.venue), result_.critical.size(), 0, 0, 0.0, 0.0};
        if (options_.verify_worlds > 0) naive.worlds = std::min(naive.worlds, options_.verify_worlds);
        std::vector<double> used;
        std::vector<double> shortfall;
        for (std::size_t w = 0; w < naive.worlds; ++w) {
            used.push_back(result_.draws[w].fund_used);
            shortfall.push_back(result_.draws[w].shortfall);
            naive.predicted += result_.critical[w] > naive.fund ? 1U : 0U;
        }
        std::vector<std::uint64_t> worlds = touching_worlds();
        std::erase_if(worlds, [&](std::uint64_t w) { return w >= naive.worlds; });
        std::vector<std::uint8_t> event(worlds.size());
        const Market market(with_fund(scenario_, options_.question.venue, naive.fund));
        const auto visit = [&](std::size_t i, const VenueMetrics& metrics) {
            used[worlds[i]] = metrics.fund_used;
            shortfall[worlds[i]] = metrics.shortfall;
            event[i] = happened(options_.question.event, metrics) ? 1 : 0;
        };
        if (run_listed(market, worlds, "with the scenario's fund", visit) < worlds.size()) return false;
        naive.events = std::accumulate(event.begin(), event.end(), std::uint64_t{0});
        std::sort(used.begin(), used.end());
        std::sort(shortfall.begin(), shortfall.end());
        naive.fund_used_quantile = order_statistic(used, options_.survive);
        naive.shortfall_quantile = order_statistic(shortfall, options_.survive);
        result_.naive = naive;
        return true;
    }

    // False where it was stopped.
    bool draw_curve() {
        std::vector<double> funds = exceedance_levels(result_.sorted()); // no fund among them
        funds.push_back(own_fund(scenario_, options_.question.venue));
        if (std::isfinite(result_.answer.value.point)) funds.push_back(result_.answer.value.point);
        std::sort(funds.begin(), funds.end());
        funds.erase(std::unique(funds.begin(), funds.end()), funds.end());
        const std::vector<std::uint64_t> worlds = touching_worlds();
        std::vector<double> amounts(result_.critical.size());
        std::vector<double> before;
        std::vector<std::uint8_t> event(worlds.size());
        for (const double fund : funds) {
            const Market market(with_fund(scenario_, options_.question.venue, with_room(fund)));
            const auto visit = [&](std::size_t i, const VenueMetrics& metrics) {
                amounts[worlds[i]] = amount_of(options_.question.event, metrics);
                event[i] = happened(options_.question.event, metrics) ? 1 : 0;
            };
            if (run_listed(market, worlds, "with other funds", visit) < worlds.size()) return false;
            const std::uint64_t events = std::accumulate(event.begin(), event.end(), std::uint64_t{0});
            FundCurvePoint point{fund, binomial_interval(events, amounts.size(), options_.confidence)};
            const MeanEstimate mean = estimate_mean(amounts);
            point.amount = mean.mean;
            point.error = mean.standard_error;
            point.event_fall = point.amount_fall = point.fall_error = std::numeric_limits<double>::quiet_NaN();
            if (!result_.curve.empty()) add_falls(result_.curve.back(), point, before, amounts);
            result_.curve.push_back(point);
            before = amounts;
        }
        return true;
    }

    static void add_falls(FundCurvePoint& point, const FundCurvePoint& next, std::vector<double> amounts,
                          const std::vector<double>& next_amounts) {
        const double more = next.fund - point.fund;
        for (std::size_t w = 0; w < amounts.size(); ++w) amounts[w] -= next_amounts[w];
        const MeanEstimate fall = estimate_mean(amounts);
        point.event_fall = (point.event.probability - next.event.probability) / more;
        point.amount_fall = fall.mean / more;
        point.fall_error = fall.standard_error / more;
    }

    const Scenario& scenario_;
    const SizingOptions& options_;
    SizedFund result_;
    std::unique_ptr<Market> ample_market_;
};

} // namespace

std::vector<double> SizedFund::sorted() const {
    std::vector<double> funds = critical;
    std::sort(funds.begin(), funds.end());
    return funds;
}

SizedFund size_fund(const Scenario& scenario, const SizingOptions& options) { return Sizing(scenario, options).run(); }

} // namespace plunge
