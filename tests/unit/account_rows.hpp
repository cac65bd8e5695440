// Account rows made by hand, for tests of the engine's parts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/engine/population.hpp"

namespace plunge::test {

/// One row to be: what it holds of every asset.
struct RowSpec {
    double cash = 0.0; ///< entry costs not folded in
    std::vector<double> position;
    std::vector<double> entry;
    std::vector<double> collateral{};
    std::uint32_t owner = 0;
    std::uint32_t cohort = 0;
};

/// Rows as a population would have them. \param price  [A] at the start
inline AccountRows make_rows(const std::vector<RowSpec>& specs, const std::vector<double>& price,
                             const std::vector<double>& haircut) {
    AccountRows rows;
    rows.assets = price.size();
    bool any_collateral = false;
    for (const RowSpec& spec : specs) any_collateral = any_collateral || !spec.collateral.empty();
    for (const RowSpec& spec : specs) {
        double cash = spec.cash;
        double wealth = spec.cash;
        for (std::size_t a = 0; a < price.size(); ++a) {
            const double k = spec.collateral.empty() ? 0.0 : spec.collateral[a];
            cash -= spec.position[a] * spec.entry[a];
            wealth += spec.position[a] * (price[a] - spec.entry[a]) + k * price[a];
            rows.position.push_back(spec.position[a]);
            rows.entry.push_back(spec.entry[a]);
            if (!any_collateral) continue;
            rows.collateral.push_back(k);
            rows.weight.push_back(spec.position[a] + (1.0 - haircut[a]) * k);
        }
        rows.cash.push_back(cash);
        rows.initial_wealth.push_back(wealth);
        rows.cohort.push_back(spec.cohort);
        rows.owner.push_back(spec.owner);
        rows.owners = std::max(rows.owners, spec.owner + 1);
    }
    return rows;
}

} // namespace plunge::test
