#include "models/waterfall/allocation.hpp"

#include <algorithm>
#include <cstddef>

namespace plunge {

const std::vector<double>& allocate_pro_rata(double total, const std::vector<double>& weight,
                                             const std::vector<double>& cap, ProRataWork& work) {
    auto& [amount, full] = work;
    amount.assign(weight.size(), 0.0);
    full.assign(weight.size(), false);
    double left = total;
    // Each pass either fills somebody's cap or is the last.
    while (left > 0.0) {
        double open_weight = 0.0;
        for (std::size_t i = 0; i < weight.size(); ++i) {
            if (!full[i]) open_weight += weight[i];
        }
        if (!(open_weight > 0.0)) break;
        bool capped = false;
        double paid = 0.0;
        for (std::size_t i = 0; i < weight.size(); ++i) {
            if (full[i] || left * weight[i] / open_weight < cap[i]) continue;
            amount[i] = cap[i];
            paid += cap[i];
            full[i] = true;
            capped = true;
        }
        if (!capped) {
            for (std::size_t i = 0; i < weight.size(); ++i) {
                if (!full[i]) amount[i] = left * weight[i] / open_weight;
            }
            break;
        }
        left = std::max(0.0, left - paid);
    }
    return amount;
}

} // namespace plunge
