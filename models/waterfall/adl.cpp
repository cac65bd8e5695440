#include "models/waterfall/adl.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "models/waterfall/allocation.hpp"

namespace plunge {
namespace {

std::vector<double> take_in_rank_order(double demand, const std::vector<AdlCandidate>& candidates) {
    std::vector<std::uint32_t> order(candidates.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto ranks_below = [&](std::uint32_t i, std::uint32_t j) {
        const double score_i = candidates[i].pnl_ratio * candidates[i].leverage;
        const double score_j = candidates[j].pnl_ratio * candidates[j].leverage;
        if (score_i != score_j) return score_i < score_j;
        return candidates[i].account > candidates[j].account;
    };
    std::vector<double> taken(candidates.size(), 0.0);
    // A heap, not a sort: few of the candidates are reached.
    std::make_heap(order.begin(), order.end(), ranks_below);
    for (auto end = order.end(); end != order.begin() && demand > 0.0; --end) {
        std::pop_heap(order.begin(), end, ranks_below);
        const std::uint32_t first = *(end - 1);
        taken[first] = std::min(demand, candidates[first].quantity);
        demand -= taken[first];
    }
    return taken;
}

} // namespace

std::vector<double> AutoDeleveraging::allocate(double demand, const std::vector<AdlCandidate>& candidates) const {
    if (ranking_ == Ranking::queue) return take_in_rank_order(demand, candidates);
    std::vector<double> weight;
    std::vector<double> cap;
    for (const AdlCandidate& candidate : candidates) {
        weight.push_back(candidate.position);
        cap.push_back(candidate.quantity);
    }
    return allocate_pro_rata(demand, weight, cap);
}

} // namespace plunge
