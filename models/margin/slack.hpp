// The margin test of one account, and the bounds that the trigger search stands on.
//
// Equity is linear in prices and M is convex, so slack E - M is concave: over a box of prices it lies above a plane.
// A separable rule is a sum over assets of convex functions of one signed notional each: there the plane is made of
// chords, and meets the slack at the corners of the box. Any other rule brings a plane above its own M.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <vector>

#include "models/common/asset_bits.hpp"
#include "models/contract/coins.hpp"
#include "models/contract/linear.hpp"

namespace plunge {

static_assert(LinearInPrices<LinearContract>);

/// One account as the margin test sees it.
struct MarginView {
    double cash;                        ///< quote, entry costs folded in
    const double* weight;               ///< [assets] q_a + (1 - h_a) k_a: what equity gains per unit of price
    const double* position;             ///< [assets] q_a, signed base
    const double* collateral = nullptr; ///< [assets] k_a, base; null where there is none
    AssetBits held = every_asset;       ///< of which weight, position or collateral may be other than zero
};

struct MarginState {
    double equity;      ///< E, after haircuts [quote]
    double maintenance; ///< M [quote]
    double gross;       ///< G = sum |q_a| p_a [quote]
};

/// M and its fall per closed share, with the share f of every position closed.
struct ShrunkMargin {
    double maintenance; ///< M((1 - f) q)
    double relief;      ///< -dM/df
};

/// M = sum_a maintenance(a, q_a p_a), each term convex and zero at zero.
template <class Rule>
concept SeparableRule = requires(const Rule& rule, std::size_t asset, double notional) {
    { rule.maintenance(asset, notional) } -> std::same_as<double>;
    { rule.marginal_rate(asset, notional) } -> std::same_as<double>;
};

/// M = maintenance(position, mark), convex in x_a = q_a p_a; margin_plane() lies above it over a box of prices.
template <class Rule>
concept PortfolioRule = requires(const Rule& rule, const double* numbers, double* slope, double share) {
    { rule.maintenance(numbers, numbers) } -> std::same_as<double>;
    { rule.margin_plane(numbers, numbers, numbers, slope) } -> std::same_as<double>;
    { rule.shrunk(numbers, numbers, share) } -> std::same_as<ShrunkMargin>;
};

/// A separable rule that also charges for collateral: collateral_charge(a, k_a p_a) joins M, convex and zero at zero.
template <class Rule>
concept ChargesCollateral = requires(const Rule& rule, std::size_t asset, double value) {
    { rule.collateral_charge(asset, value) } -> std::same_as<double>;
};

/// What one asset adds to M at `price`.
template <SeparableRule Rule>
double margin_of_asset(const Rule& rule, const MarginView& account, std::size_t asset, double price) {
    const double margin = rule.maintenance(asset, LinearContract::value(account.position[asset], price));
    if constexpr (ChargesCollateral<Rule>) {
        if (account.collateral != nullptr) {
            return margin + rule.collateral_charge(asset, Coins::value(account.collateral[asset], price));
        }
    }
    return margin;
}

/// What one asset adds to E - multiple * M at `price`.
template <SeparableRule Rule>
double slack_of_asset(const Rule& rule, const MarginView& account, double multiple, std::size_t asset, double price) {
    return LinearContract::value(account.weight[asset], price) -
           multiple * margin_of_asset(rule, account, asset, price);
}

/// Equity, maintenance margin and gross notional at `mark`. Sums run over assets in order: the bits are the contract.
template <class Rule>
MarginState margin_state(const Rule& rule, const MarginView& account, const double* mark, std::size_t assets) {
    MarginState state{account.cash, 0.0, 0.0};
    for_each_asset(account.held, assets, [&](std::size_t a) {
        state.equity += LinearContract::value(account.weight[a], mark[a]);
        if constexpr (SeparableRule<Rule>) state.maintenance += margin_of_asset(rule, account, a, mark[a]);
        state.gross += LinearContract::notional(account.position[a], mark[a]);
    });
    if constexpr (PortfolioRule<Rule>) state.maintenance = rule.maintenance(account.position, mark);
    return state;
}

/// M and its derivative with the share `f` of every position closed, collateral as it is.
template <class Rule>
ShrunkMargin shrunk_margin(const Rule& rule, const MarginView& account, const double* mark, std::size_t assets,
                           double f) {
    if constexpr (PortfolioRule<Rule>) {
        return rule.shrunk(account.position, mark, f);
    } else {
        ShrunkMargin margin{0.0, 0.0};
        for_each_asset(account.held, assets, [&](std::size_t a) {
            const double notional = LinearContract::value(account.position[a], mark[a]);
            if constexpr (ChargesCollateral<Rule>) {
                if (account.collateral != nullptr) {
                    margin.maintenance += rule.collateral_charge(a, Coins::value(account.collateral[a], mark[a]));
                }
            }
            if (notional == 0.0) return;
            const double left = (1.0 - f) * notional;
            margin.maintenance += rule.maintenance(a, left);
            margin.relief += rule.marginal_rate(a, left) * std::fabs(notional);
        });
        return margin;
    }
}

/// Whether M is linear in every price over the box: at the middle it is then the mean of the ends.
template <class Rule>
bool is_linear_over(const Rule& rule, const MarginView& account, const double* low, const double* high,
                    std::size_t assets) {
    if constexpr (PortfolioRule<Rule>) {
        return false; // nobody asks often enough for a test to pay
    } else {
        constexpr double rounding = 1e-12;
        for (std::size_t a = 0; a < assets; ++a) {
            const double ends = 0.5 * (margin_of_asset(rule, account, a, low[a]) +
                                       margin_of_asset(rule, account, a, high[a]));
            const double middle = margin_of_asset(rule, account, a, 0.5 * (low[a] + high[a]));
            double size = std::fabs(account.position[a]);
            if (account.collateral != nullptr) size += std::fabs(account.collateral[a]);
            if (std::fabs(ends - middle) > rounding * LinearContract::value(size, high[a])) return false;
        }
        return true;
    }
}

/// A plane below the slack E - multiple * M over the box low <= mark <= high: slack >= base + sum_a slope_a mark_a,
/// safe against rounding of margin_state() and of the plane, its prices and its evaluation in single precision. But for
/// that margin, equality where a separable M is linear over the box.
/// \param slope  [assets], written
/// \return base
template <class Rule>
double slack_plane(const Rule& rule, const MarginView& account, double multiple, const double* low, const double* high,
                   std::size_t assets, double* slope) {
    constexpr double rounding = 0x1p-23;
    double base = account.cash;
    double size = std::fabs(account.cash);
    if constexpr (PortfolioRule<Rule>) {
        base -= multiple * rule.margin_plane(account.position, low, high, slope);
        for (std::size_t a = 0; a < assets; ++a) {
            const double w = account.weight[a];
            const double q = std::fabs(account.position[a]);
            size += LinearContract::value(std::fabs(w) + multiple * (q + std::fabs(slope[a])), high[a]);
            slope[a] = w - multiple * slope[a];
        }
    } else {
        std::fill_n(slope, assets, 0.0);
        for_each_asset(account.held, assets, [&](std::size_t a) {
            const double w = account.weight[a];
            const double q = std::fabs(account.position[a]);
            if (w == 0.0 && q == 0.0) return;
            const double at_low = slack_of_asset(rule, account, multiple, a, low[a]);
            const double at_high = slack_of_asset(rule, account, multiple, a, high[a]);
            if (high[a] > low[a]) slope[a] = (at_high - at_low) / (high[a] - low[a]);
            base += at_low - slope[a] * low[a];
            size += LinearContract::value(std::fabs(w) + multiple * q, high[a]);
        });
    }
    return base - rounding * static_cast<double>(assets + 8) * size;
}

/// A lower bound of E - multiple * M over the box low <= mark <= high, safe against rounding of margin_state().
template <SeparableRule Rule>
double slack_lower_bound(const Rule& rule, const MarginView& account, double multiple, const double* low,
                         const double* high, std::size_t assets) {
    constexpr double rounding = 1e-13;
    double bound = account.cash;
    double size = std::fabs(account.cash);
    for_each_asset(account.held, assets, [&](std::size_t a) {
        const double w = account.weight[a];
        const double q = std::fabs(account.position[a]);
        if (w == 0.0 && q == 0.0) return;
        bound += std::min(slack_of_asset(rule, account, multiple, a, low[a]),
                          slack_of_asset(rule, account, multiple, a, high[a]));
        size += LinearContract::value(std::fabs(w) + multiple * q, high[a]);
    });
    return bound - rounding * static_cast<double>(assets + 1) * size;
}

template <PortfolioRule Rule>
double slack_lower_bound(const Rule& rule, const MarginView& account, double multiple, const double* low,
                         const double* high, std::size_t assets) {
    std::vector<double> slope(assets);
    double bound = slack_plane(rule, account, multiple, low, high, assets, slope.data());
    for (std::size_t a = 0; a < assets; ++a) bound += std::min(slope[a] * low[a], slope[a] * high[a]);
    return bound;
}

} // namespace plunge
