// The margin test of one account, and the bound that the trigger search stands on.
//
// A rule whose M is a sum over assets of convex functions of notional gives, per asset, M_a and dM_a/dn; equity is
// linear, so slack E - M is a sum of concave functions of one price each: over a box of prices each lies above its own
// chord, and its minimum is at an end. Rules that are not separable will provide their own bounds.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace plunge {

/// One account as the margin test sees it.
struct MarginView {
    double cash;            ///< quote, entry costs folded in
    const double* weight;   ///< [assets] k_a (1 - h_a) + q_a: what equity gains per unit of price
    const double* position; ///< [assets] q_a, signed base
};

struct MarginState {
    double equity;      ///< E, after haircuts [quote]
    double maintenance; ///< M [quote]
    double gross;       ///< G = sum |q_a| p_a [quote]
};

/// Equity, maintenance margin and gross notional at `mark`. Sums run over assets in order: the bits are the contract.
template <class Rule>
MarginState margin_state(const Rule& rule, const MarginView& account, const double* mark, std::size_t assets) {
    MarginState state{account.cash, 0.0, 0.0};
    for (std::size_t a = 0; a < assets; ++a) {
        state.equity += account.weight[a] * mark[a];
        const double notional = std::fabs(account.position[a]) * mark[a];
        state.maintenance += rule.maintenance(a, notional);
        state.gross += notional;
    }
    return state;
}

/// A lower bound of E - multiple * M over the box low <= mark <= high, safe against rounding of margin_state().
template <class Rule>
double slack_lower_bound(const Rule& rule, const MarginView& account, double multiple, const double* low,
                         const double* high, std::size_t assets) {
    constexpr double rounding = 1e-13;
    double bound = account.cash;
    double size = std::fabs(account.cash);
    for (std::size_t a = 0; a < assets; ++a) {
        const double w = account.weight[a];
        const double q = std::fabs(account.position[a]);
        if (w == 0.0 && q == 0.0) continue;
        bound += std::min(w * low[a] - multiple * rule.maintenance(a, q * low[a]),
                          w * high[a] - multiple * rule.maintenance(a, q * high[a]));
        size += (std::fabs(w) + multiple * q) * high[a];
    }
    return bound - rounding * static_cast<double>(assets + 1) * size;
}

/// A plane below the slack E - multiple * M over the box low <= mark <= high: slack >= base + sum_a slope_a mark_a,
/// safe against rounding of margin_state() and of the plane, its prices and its evaluation in single precision. But for
/// that margin, equality where M is linear over the box.
/// \param slope  [assets], written
/// \return base
template <class Rule>
double slack_plane(const Rule& rule, const MarginView& account, double multiple, const double* low, const double* high,
                   std::size_t assets, double* slope) {
    constexpr double rounding = 0x1p-23;
    double base = account.cash;
    double size = std::fabs(account.cash);
    for (std::size_t a = 0; a < assets; ++a) {
        const double w = account.weight[a];
        const double q = std::fabs(account.position[a]);
        slope[a] = 0.0;
        if (w == 0.0 && q == 0.0) continue;
        const double at_low = w * low[a] - multiple * rule.maintenance(a, q * low[a]);
        const double at_high = w * high[a] - multiple * rule.maintenance(a, q * high[a]);
        if (high[a] > low[a]) slope[a] = (at_high - at_low) / (high[a] - low[a]);
        base += at_low - slope[a] * low[a];
        size += (std::fabs(w) + multiple * q) * high[a];
    }
    return base - rounding * static_cast<double>(assets + 8) * size;
}

} // namespace plunge
