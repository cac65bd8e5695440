// Sharing an amount among claimants, each with a cap.
#pragma once

#include <vector>

namespace plunge {

/// Memory of the next, which is kept from call to call.
struct ProRataWork {
    std::vector<double> amount; ///< the answer
    std::vector<bool> full;
};

/// Shares `total` in proportion to `weight`, nobody above `cap`; what a cap cuts off is shared again among the rest.
/// \return work.amount, one per claimant; their sum is min(total, sum of caps of claimants with weight).
const std::vector<double>& allocate_pro_rata(double total, const std::vector<double>& weight,
                                             const std::vector<double>& cap, ProRataWork& work);

} // namespace plunge
