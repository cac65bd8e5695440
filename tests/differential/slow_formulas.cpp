#include "tests/differential/slow_formulas.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>
#include <variant>

#include "models/impact/registry.hpp"
#include "models/liquidation/registry.hpp"
#include "models/margin/registry.hpp"
#include "models/price/registry.hpp"
#include "tests/differential/by_model.hpp"
#include "tests/differential/oracle.hpp"
#include "tests/differential/page_numbers.hpp"
#include "tests/differential/slow_prices.hpp"

namespace plunge::oracle {
namespace {

struct Quadrature {
    Vector node; // on [-1, 1]
    Vector weight;
};

// Gauss-Legendre nodes as the roots of the Legendre polynomial, by Newton's iteration from the usual cosine guess.
Quadrature gauss_legendre(std::size_t n) {
    Quadrature rule;
    for (std::size_t i = 0; i < n; ++i) {
        double x = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (static_cast<double>(n) + 0.5));
        double slope = 0.0;
        for (int iteration = 0; iteration < 100; ++iteration) {
            double p = 1.0;
            double p_before = 0.0;
            for (std::size_t k = 1; k <= n; ++k) {
                const double p_two_before = p_before;
                p_before = p;
                const auto degree = static_cast<double>(k);
                p = ((2.0 * degree - 1.0) * x * p_before - (degree - 1.0) * p_two_before) / degree;
            }
            slope = static_cast<double>(n) * (x * p - p_before) / (x * x - 1.0);
            const double step = p / slope;
            x -= step;
            if (std::fabs(step) < 1e-16) break;
        }
        rule.node.push_back(x);
        rule.weight.push_back(2.0 / ((1.0 - x * x) * slope * slope));
    }
    return rule;
}

template <class Function> double integrate(double from, double to, Function function) {
    static const Quadrature rule = gauss_legendre(24);
    double sum = 0.0;
    for (std::size_t i = 0; i < rule.node.size(); ++i) {
        sum += rule.weight[i] * function(0.5 * (from + to) + 0.5 * (to - from) * rule.node[i]);
    }
    return 0.5 * (to - from) * sum;
}

const DiffusionParams* diffusion_of(const PriceChoice& prices) {
    using Diffusing = const DiffusionParams*;
    return by_model(
        PriceModels{}, prices, [](const Gbm::Params& gbm) -> Diffusing { return &gbm; },
        [](const Merton::Params& merton) -> Diffusing { return &merton; },
        [](const Garch::Params& garch) -> Diffusing { return &garch; },
        [](const Replay::Params&) -> Diffusing { return nullptr; });
}

// Annualised, of the log return of asset `a` of the process.
double process_volatility(const PriceChoice& prices, std::size_t a) {
    return by_model(
        PriceModels{}, prices, [&](const Gbm::Params& gbm) { return std::sqrt(gbm.volatility[a] * gbm.volatility[a]); },
        [&](const Merton::Params& merton) {
            double variance = merton.volatility[a] * merton.volatility[a];
            for (const JumpParams& jump : merton.jumps) {
                const double rate = jump.common ? jump.rate[0] : jump.rate[a];
                variance += rate * (jump.mean[a] * jump.mean[a] + jump.stddev[a] * jump.stddev[a]);
            }
            return std::sqrt(variance);
        },
        [&](const Garch::Params& garch) { return std::sqrt(garch.volatility[a] * garch.volatility[a]); },
        [&](const Replay::Params& replay) { return replay.volatility[a]; });
}

} // namespace

Vector total_volatility(const Scenario& scenario) {
    Vector volatility;
    std::size_t driven = 0;
    for (const Asset& asset : scenario.assets) driven += asset.follows ? 0 : 1;
    for (std::size_t a = 0; a < driven; ++a) volatility.push_back(process_volatility(scenario.prices, a));
    // So far the process's own; an asset that follows another has that one's variance and its basis's.
    Vector all(scenario.assets.size(), 0.0);
    for (std::size_t a = 0, row = 0; a < all.size(); ++a) {
        if (!scenario.assets[a].follows) all[a] = volatility[row++];
    }
    for (std::size_t a = 0; a < all.size(); ++a) {
        const Asset& asset = scenario.assets[a];
        if (!asset.follows) continue;
        const double sigma = asset.basis ? asset.basis->volatility : 0.0;
        all[a] = std::sqrt(all[*asset.follows] * all[*asset.follows] + sigma * sigma);
    }
    return all;
}

namespace {

// Log moves after every one of `count` draws over a horizon, [count + 1 x assets]: one draw after the other. One step
// as long as the horizon is a draw, but for volatility that clusters: there it is as many steps of the run as it takes,
// from the start, scaled to the horizon.
Vector moves_over_horizons(const Scenario& scenario, double horizon_seconds, std::uint64_t count) {
    const std::uint64_t world = (std::uint64_t{1} << 48U) - 2;
    Scenario draws = scenario;
    draws.run.antithetic = false;
    draws.run.paths = PathSampling::pseudo;
    draws.shocks.clear();
    std::size_t driven = 0;
    for (const Asset& asset : scenario.assets) driven += asset.follows ? 0 : 1;
    Vector returns;
    if (scenario.prices.holds<Garch::Params>()) {
        const double dt = scenario.run.step_seconds;
        const auto steps = static_cast<std::size_t>(std::ceil(horizon_seconds / dt - page::part_of_a_step));
        const double scale = std::sqrt(horizon_seconds / dt / static_cast<double>(steps));
        std::vector<Vector> draw;
        for (std::size_t s = 0; s < count; ++s)
            draw.push_back(process_returns(draws, {world, driven, s * steps, steps}));
        for (std::size_t a = 0; a < driven; ++a) {
            for (std::size_t s = 0; s < count; ++s) {
                double sum = 0.0;
                for (std::size_t t = 0; t < steps; ++t) sum += draw[s][a * steps + t];
                returns.push_back(scale * sum);
            }
        }
    }
    draws.run.step_seconds = horizon_seconds;
    draws.run.horizon_seconds = horizon_seconds * static_cast<double>(count);
    if (returns.empty()) returns = process_returns(draws, {world, driven, 0, static_cast<std::size_t>(count)});
    return index_moves(draws, world, returns);
}

// The marginal rate, integrated from zero.
double bracketed(const std::vector<Bracket>& brackets, double notional) {
    double margin = 0.0;
    for (std::size_t j = 0; j < brackets.size(); ++j) {
        const double from = brackets[j].from_notional;
        const double to = j + 1 < brackets.size() ? std::min(notional, brackets[j + 1].from_notional) : notional;
        if (to > from) margin += brackets[j].rate * (to - from);
    }
    return margin;
}

// Integral from 0 to size of min(most, rate + slope u).
double growing(double rate, double slope, double most, double size) {
    if (rate + slope * size <= most) return size * (rate + 0.5 * slope * size);
    const double kink = (most - rate) / slope;
    return kink * 0.5 * (rate + most) + (size - kink) * most;
}

double normal_quantile(double probability) {
    double low = -40.0;
    double high = 40.0;
    for (int i = 0; i < 200; ++i) {
        const double middle = 0.5 * (low + high);
        (0.5 * std::erfc(-middle / std::numbers::sqrt2) < probability ? low : high) = middle;
    }
    return low;
}

// Correlation of log index returns. The random scenarios give the diffusion's as a matrix, of the assets it drives; an
// asset that follows another adds a basis that nothing else shares.
SquareMatrix index_correlation(const Scenario& scenario) {
    const std::size_t n = scenario.assets.size();
    const Vector sigma = total_volatility(scenario);
    std::vector<std::size_t> source; // what asset a's own or underlying's returns are made of
    for (std::size_t a = 0; a < n; ++a) source.push_back(scenario.assets[a].follows.value_or(a));
    const auto row_in_process = [&](std::size_t a) {
        std::size_t row = 0;
        for (std::size_t b = 0; b < a; ++b) row += scenario.assets[b].follows ? 0 : 1;
        return row;
    };
    const DiffusionParams* diffusion = diffusion_of(scenario.prices);
    SquareMatrix correlation = SquareMatrix::identity(n);
    for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t b = 0; b < n; ++b) {
            if (a == b) continue;
            const std::size_t i = row_in_process(source[a]);
            const std::size_t j = row_in_process(source[b]);
            double rho = i == j ? 1.0 : 0.0;
            if (diffusion != nullptr && !diffusion->correlation.empty()) rho = diffusion->correlation(i, j);
            correlation(a, b) = rho * sigma[source[a]] / sigma[a] * sigma[source[b]] / sigma[b];
        }
    }
    return correlation;
}

} // namespace

Margin::Margin(const Scenario& scenario, const Venue& venue) : venue_{venue} {
    const std::size_t n = scenario.assets.size();
    const Book book(scenario, venue, true, 0);
    for (std::size_t a = 0; a < n; ++a) {
        haircut_.push_back(venue.collateral.haircut.empty() ? 0.0 : venue.collateral.haircut[a]);
        depth_.push_back(book.weight(a));
    }
    if (const auto* var = venue.margin.get_if<PortfolioVarMargin::Params>()) {
        const Vector process = total_volatility(scenario);
        const SquareMatrix rho = var->correlation.empty() ? index_correlation(scenario) : var->correlation;
        const double years = var->horizon_seconds / seconds_per_year;
        const auto annual = [&](std::size_t a) { return var->volatility.empty() ? process[a] : var->volatility[a]; };
        sigma_.assign(n, Vector(n));
        for (std::size_t a = 0; a < n; ++a) {
            for (std::size_t b = 0; b < n; ++b) sigma_[a][b] = annual(a) * annual(b) * rho(a, b) * years;
        }
    }
    if (const auto* tail = venue.margin.get_if<PortfolioEsMargin::Params>()) {
        const Vector moves = moves_over_horizons(scenario, tail->horizon_seconds, tail->scenarios);
        for (std::size_t s = 0; s < tail->scenarios; ++s) {
            Vector& row = returns_.emplace_back();
            for (std::size_t a = 0; a < n; ++a)
                row.push_back(std::exp(moves[(s + 1) * n + a] - moves[s * n + a]) - 1.0);
        }
    }
}

bool Margin::has_minimum() const {
    const auto* flat = venue_.margin.get_if<FlatMargin::Params>();
    const auto* tiers = venue_.margin.get_if<TieredMargin::Params>();
    return (flat != nullptr && flat->minimum > 0.0) || (tiers != nullptr && tiers->minimum > 0.0);
}

double Margin::of_position(std::size_t asset, double notional) const {
    const double size = std::fabs(notional);
    const auto addon = [&](const TierTable& table) {
        return table.per_asset.empty() ? 0.0 : bracketed(table.per_asset[asset], size);
    };
    return by_model(
        MarginModels{}, venue_.margin,
        [&](const FlatMargin::Params& flat) {
            return size == 0.0 ? 0.0 : std::max(flat.minimum, flat.rate[asset] * size);
        },
        [&](const TieredMargin::Params& tiers) {
            return size == 0.0 ? 0.0 : std::max(tiers.minimum, bracketed(tiers.tiers.per_asset[asset], size));
        },
        [&](const HealthFactorMargin::Params& loans) {
            return notional > 0.0 ? notional - loans.threshold[asset] * notional : 0.0;
        },
        [&](const LiquidityAdjustedMargin::Params& thin) {
            const double depth = thin.depth.empty() ? depth_[asset] : thin.depth[asset];
            return growing(thin.rate[asset], 2.0 * thin.rate[asset] * thin.scale / depth, 1.0, size);
        },
        // What portfolio rules ask for beyond the risk of the whole.
        [&](const PortfolioVarMargin::Params& var) { return addon(var.concentration); },
        [&](const PortfolioEsMargin::Params& tail) { return addon(tail.concentration); });
}

double Margin::of_collateral(std::size_t asset, double value) const {
    const auto* thin = venue_.margin.get_if<LiquidityAdjustedMargin::Params>();
    if (thin == nullptr || value == 0.0 || haircut_[asset] == 0.0) return 0.0;
    const double depth = thin->depth.empty() ? depth_[asset] : thin->depth[asset];
    return growing(0.0, 2.0 * haircut_[asset] * thin->scale / depth, 1.0 - haircut_[asset], value);
}

double Margin::value_at_risk(const Vector& exposure) const {
    double variance = 0.0;
    for (std::size_t a = 0; a < exposure.size(); ++a) {
        for (std::size_t b = 0; b < exposure.size(); ++b) variance += exposure[a] * sigma_[a][b] * exposure[b];
    }
    const double z = normal_quantile(venue_.margin.get<PortfolioVarMargin::Params>().confidence);
    return z * std::sqrt(std::max(0.0, variance));
}

double Margin::scenario_tail(const Vector& exposure) const {
    const auto& rule = venue_.margin.get<PortfolioEsMargin::Params>();
    Vector loss;
    for (const Vector& scenario : returns_) {
        double sum = 0.0;
        for (std::size_t a = 0; a < exposure.size(); ++a) sum -= exposure[a] * scenario[a];
        loss.push_back(sum);
    }
    std::sort(loss.rbegin(), loss.rend());
    if (rule.measure == ScenarioMeasure::worst_case) return std::max(0.0, loss.front());
    const double worst = std::max(1.0, (1.0 - rule.confidence) * static_cast<double>(loss.size()));
    double sum = 0.0;
    for (std::size_t s = 0; s < loss.size(); ++s) {
        sum += loss[s] * std::clamp(worst - static_cast<double>(s), 0.0, 1.0);
    }
    return std::max(0.0, sum / worst);
}

double Margin::maintenance(const Vector& position, const Vector& collateral, const Vector& price) const {
    Vector exposure;
    double margin = 0.0;
    for (std::size_t a = 0; a < price.size(); ++a) {
        exposure.push_back(position[a] * price[a]);
        margin += of_position(a, exposure[a]) + of_collateral(a, collateral[a] * price[a]);
    }
    if (!sigma_.empty()) margin += value_at_risk(exposure);
    if (!returns_.empty()) margin += scenario_tail(exposure);
    return margin;
}

Valuation Margin::value(double factor, double cash, const Vector& position, const Vector& collateral,
                        const Vector& price) const {
    Valuation v{cash, cash, factor * maintenance(position, collateral, price), 0.0};
    for (std::size_t a = 0; a < price.size(); ++a) {
        v.equity += (collateral[a] * (1.0 - haircut_[a]) + position[a]) * price[a];
        v.wealth += (collateral[a] + position[a]) * price[a];
        v.gross += std::fabs(position[a]) * price[a];
    }
    return v;
}

double Margin::fraction_to_close(double factor, double cash, const Vector& position, const Vector& collateral,
                                 const Vector& price, std::size_t closes, double since_close) const {
    return by_model(
        LiquidationModels{}, venue_.liquidation, [](const FullLiquidation::Params&) { return 1.0; },
        [&](const SliceLiquidation::Params& slice) {
            const Valuation now = value(factor, cash, position, collateral, price);
            const double equity = now.equity - page::restored_part * now.gross;
            const bool backstop = equity < slice.backstop * now.maintenance;
            if (backstop || now.gross < slice.whole_below) return 1.0;
            if (closes > 0 && since_close < slice.cooldown_seconds) return 0.0;
            if ((1.0 - slice.share) * now.gross < slice.min_notional) return 1.0;
            return slice.slices > 0 && closes >= slice.slices ? 1.0 : slice.share;
        },
        [&](const PartialLiquidation::Params& partial) {
            const double part = part_to_close({partial.buffer, partial.backstop, partial.whole_below}, factor, cash,
                                              position, collateral, price);
            const double gross = value(factor, cash, position, collateral, price).gross;
            return part >= page::no_order && (1.0 - part) * gross < partial.min_notional ? 1.0 : part;
        },
        [](const CloseFactorLiquidation::Params&) { return 1.0; }); // loans without collateral; see oracle_round.cpp
}

double Margin::part_to_close(const PartialClose& partial, double factor, double cash, const Vector& position,
                             const Vector& collateral, const Vector& price) const {
    const Valuation now = value(factor, cash, position, collateral, price);
    if (now.gross < partial.whole_below || now.equity < partial.backstop * now.maintenance) return 1.0;

    const double cost = (venue_.liquidation_common.fee + venue_.liquidation_common.expected_slippage) * now.gross;
    // The cushion of models/liquidation/partial.hpp: without it an account restored to exactly M would be found again
    // or not by the luck of rounding.
    const double equity = now.equity - page::restored_part * now.gross;
    const double least_left = has_minimum() ? 1e-15 : 0.0;
    const auto excess = [&](double f) {
        Vector left = position;
        for (double& q : left) q *= std::max(1.0 - f, least_left); // a minimum is asked for until nothing is left
        return equity - f * cost - partial.buffer * factor * maintenance(left, collateral, price);
    };
    if (excess(0.0) >= 0.0) return 0.0;
    double above = 1.0;
    if (excess(above) < 0.0) { // towards the highest point
        double low = 0.0;
        for (int i = 0; i < 100; ++i) {
            const double third = low + (above - low) / 3.0;
            const double other = above - (above - low) / 3.0;
            const bool rises = excess(third) < excess(other);
            (rises ? low : above) = rises ? third : other;
        }
        if (excess(above) < 0.0) return 1.0;
    }
    double below = 0.0;
    for (int i = 0; i < 60; ++i) {
        const double middle = 0.5 * (below + above);
        (excess(middle) < 0.0 ? below : above) = middle;
    }
    return above;
}

Book::Book(const Scenario& scenario, const Venue& venue, bool impact_on, std::uint64_t rounding)
    : impact_on_{impact_on}, rounding_{rounding}, resting_{venue.impact_common.resting},
      cross_{venue.impact_common.cross} {
    const Vector volatility = total_volatility(scenario);
    for (std::size_t a = 0; a < scenario.assets.size(); ++a) {
        const Asset& asset = scenario.assets[a];
        initial_price_.push_back(asset.price);
        by_model(
            ImpactModels{}, venue.impact,
            [&](const LinearImpact::Params& linear) {
                scale_.push_back(linear.depth[a] / (0.01 * asset.price));
                volume_.push_back(0.0);
            },
            [&](const SquareRootImpact::Params& root) {
                square_root_ = true;
                const double annual = root.volatility.empty() ? volatility[a] : root.volatility[a];
                scale_.push_back(root.prefactor * annual / std::sqrt(365.0));
                volume_.push_back(asset.daily_volume / asset.price);
            });
    }
}

double Book::displacement(std::size_t asset, double base) const {
    if (!square_root_) return base / scale_[asset];
    const double size = scale_[asset] * std::sqrt(std::fabs(base) / volume_[asset]);
    return base < 0.0 ? -size : size;
}

double Book::consumed(std::size_t asset, double y) const {
    if (!square_root_) return y * scale_[asset];
    const double size = volume_[asset] * (y / scale_[asset]) * (y / scale_[asset]);
    return y < 0.0 ? -size : size;
}

// The same number or a neighbour of it, always the same one.
double Book::rounded(double mean) const {
    if (rounding_ == 0) return mean;
    std::mt19937_64 bits{std::bit_cast<std::uint64_t>(mean) ^ rounding_};
    return mean * (1.0 + (static_cast<double>(bits() % 3) - 1.0) * std::numeric_limits<double>::epsilon());
}

// Average of exp(I(u)) over the base consumed. In the variable y = I(u) the base has density 1 (linear) or |y| (square
// root), both smooth on either side of zero.
double Book::mean_alone(double before, double after) const {
    Vector edge{before, after};
    if (before * after < 0.0) edge = {before, 0.0, after};
    double money = 0.0;
    double base = 0.0;
    for (std::size_t side = 0; side + 1 < edge.size(); ++side) {
        const int pieces = 1 + static_cast<int>(std::fabs(edge[side + 1] - edge[side]));
        for (int i = 0; i < pieces; ++i) {
            const double from = edge[side] + (edge[side + 1] - edge[side]) * i / pieces;
            const double to = edge[side] + (edge[side + 1] - edge[side]) * (i + 1) / pieces;
            const auto density = [&](double y) { return square_root_ ? std::fabs(y) : 1.0; };
            // Both integrals run over rising base whichever way y goes.
            money += std::fabs(integrate(from, to, [&](double y) { return density(y) * std::exp(y); }));
            base += std::fabs(integrate(from, to, density));
        }
    }
    return base > 0.0 ? money / base : std::exp(before);
}

double Book::displacement_along_line(std::size_t asset, double u, const Vector& y, const Vector& g,
                                     const Vector& quantity) const {
    double sum = y[asset];
    for (std::size_t b = 0; b < y.size(); ++b) {
        if (quantity[b] == 0.0) continue;
        const double moved = displacement(b, consumed(b, y[b]) + u * quantity[b] / g[b]) - y[b];
        sum += (cross_.empty() ? (asset == b ? 1.0 : 0.0) : cross_(asset, b)) * moved;
    }
    return sum;
}

// Integral over u in [0, 1] of exp(y_a(u)). Square roots have a kink with infinite slope where z_b + u Q_b passes zero:
// the line is cut there, u = from + (to - from) sin(t)^2 removes the root at both ends of a piece, and panels that
// shrink towards the ends take care of kinks just outside.
double Book::mean_along_line(std::size_t asset, const Vector& y, const Vector& g, const Vector& quantity) const {
    Vector cut{0.0, 1.0};
    for (std::size_t b = 0; b < y.size(); ++b) {
        if (quantity[b] == 0.0) continue;
        const double kink = -consumed(b, y[b]) * g[b] / quantity[b];
        if (kink > 0.0 && kink < 1.0) cut.push_back(kink);
    }
    std::sort(cut.begin(), cut.end());
    Vector edge{0.0};
    for (const int power : {20, 15, 11, 8, 6, 4, 3, 2}) edge.push_back(std::ldexp(1.0, -power));
    for (std::size_t i = edge.size(); i > 0; --i) edge.push_back(1.0 - edge[i - 1]);
    double sum = 0.0;
    for (std::size_t piece = 0; piece + 1 < cut.size(); ++piece) {
        const double from = cut[piece];
        const double length = cut[piece + 1] - from;
        for (std::size_t panel = 0; panel + 1 < edge.size(); ++panel) {
            sum += integrate(
                0.5 * std::numbers::pi * edge[panel], 0.5 * std::numbers::pi * edge[panel + 1], [&](double t) {
                    const double s = std::sin(t);
                    const double u = from + length * s * s;
                    return std::exp(displacement_along_line(asset, u, y, g, quantity)) * length * 2.0 * s * std::cos(t);
                });
        }
    }
    return sum;
}

// What the book holds on the side that `quantity` takes from, over that quantity: one at most.
double Book::room_share(std::size_t asset, const Vector& y, const Vector& g, const Vector& quantity) const {
    if (!impact_on_ || resting_.empty() || quantity[asset] == 0.0) return 1.0;
    const double side = quantity[asset] > 0.0 ? 1.0 : -1.0;
    const double room = g[asset] * resting_[asset] - side * g[asset] * consumed(asset, y[asset]);
    if (room < page::side_of_nothing * g[asset] * resting_[asset]) return 0.0;
    return std::min(1.0, room / std::fabs(quantity[asset]));
}

bool Book::fills(const Vector& y, const Vector& g, const Vector& quantity) const {
    for (std::size_t a = 0; a < y.size(); ++a) {
        if (room_share(a, y, g, quantity) < 1.0 - page::fill_sought) return false;
    }
    return true;
}

Fill Book::trade(const Vector& y, const Vector& g, const Vector& asked) const {
    Fill fill{y, {}, {}};
    Vector quantity = asked;
    for (std::size_t a = 0; a < y.size(); ++a) {
        fill.mean_relative.push_back(std::exp(y[a]));
        const double share = room_share(a, y, g, asked);
        const bool nothing_missing = share >= 1.0 - page::fill_of_nothing;
        fill.filled.push_back(nothing_missing ? 1.0 : share < page::fill_of_nothing ? 0.0 : share);
        quantity[a] *= fill.filled[a];
    }
    if (!impact_on_) return fill;
    for (std::size_t a = 0; a < y.size(); ++a) {
        fill.displacement[a] = displacement_along_line(a, 1.0, y, g, quantity);
        if (quantity[a] == 0.0) continue; // opposite orders met each other at the current price
        const double move = fill.displacement[a] - y[a];
        if (!square_root_) {
            // Linear books move along a straight line in y, with cross impact or without.
            if (move != 0.0) fill.mean_relative[a] *= std::expm1(move) / move;
        } else if (cross_.empty()) {
            fill.mean_relative[a] = mean_alone(y[a], fill.displacement[a]);
        } else {
            fill.mean_relative[a] = mean_along_line(a, y, g, quantity);
        }
        fill.mean_relative[a] = rounded(fill.mean_relative[a]);
    }
    return fill;
}

Vector share_pro_rata(double total, const Vector& weight, const Vector& cap) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < weight.size(); ++i) {
        if (weight[i] > 0.0) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t i, std::size_t j) { return cap[i] / weight[i] < cap[j] / weight[j]; });
    Vector amount(weight.size(), 0.0);
    double left = total;
    for (std::size_t k = 0; k < order.size(); ++k) {
        double open_weight = 0.0;
        for (std::size_t j = k; j < order.size(); ++j) open_weight += weight[order[j]];
        const std::size_t i = order[k];
        amount[i] = std::min(cap[i], left * weight[i] / open_weight);
        left = std::max(0.0, left - amount[i]);
    }
    return amount;
}

} // namespace plunge::oracle
