#include "models/waterfall/adl.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "models/waterfall/allocation.hpp"

namespace plunge {
namespace {

// A quantity this close to a whole number of contracts is that number: quotients of decimal sizes are not exact.
constexpr double rounding_share = 1e-12;

double whole(double contracts) { return std::floor(contracts * (1.0 + rounding_share)); }

double contracts_to_close(const AdlDemand& demand, double contract) {
    const double up = std::ceil(demand.needed / contract * (1.0 - rounding_share));
    return std::min(up, whole(demand.limit / contract));
}

// Candidates that include all that are reached in the order of falling score: those down to a score at which, by a
// sample, twice what is needed is offered; everybody where that is not enough after all.
std::vector<std::uint32_t> those_in_reach(const AdlDemand& demand, const std::vector<AdlCandidate>& candidates,
                                          const std::vector<double>& score) {
    constexpr std::size_t sample_size = 32;
    std::vector<std::uint32_t> reached;
    const auto collect = [&](double least) {
        double offered = 0.0;
        reached.clear();
        for (std::uint32_t i = 0; i < candidates.size(); ++i) {
            if (!(score[i] >= least)) continue;
            reached.push_back(i);
            offered += candidates[i].quantity;
        }
        return offered;
    };
    if (candidates.size() > 4 * sample_size) {
        const double each = static_cast<double>(candidates.size()) / sample_size; // candidates that one stands for
        std::array<std::uint32_t, sample_size> sample{};
        for (std::size_t k = 0; k < sample_size; ++k) {
            sample[k] = static_cast<std::uint32_t>((static_cast<double>(k) + 0.5) * each);
        }
        std::sort(sample.begin(), sample.end(), [&](std::uint32_t i, std::uint32_t j) { return score[i] > score[j]; });
        double offered = 0.0;
        for (const std::uint32_t i : sample) {
            offered += each * candidates[i].quantity;
            if (offered < 2.0 * demand.needed) continue;
            if (collect(score[i]) >= demand.needed * (1.0 + rounding_share)) return reached;
            break;
        }
    }
    collect(-std::numeric_limits<double>::infinity());
    return reached;
}

} // namespace

double AutoDeleveraging::most_of(double position, double bearable) const {
    return std::min(params_.max_share * position, bearable);
}

std::vector<double> AutoDeleveraging::in_rank_order(const AdlDemand& demand,
                                                    const std::vector<AdlCandidate>& candidates) const {
    const bool by_size = params_.ranking == Ranking::largest_first;
    std::vector<double> score(candidates.size());
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        score[i] = by_size ? candidates[i].position : candidates[i].pnl_ratio * candidates[i].leverage;
    }
    std::vector<std::uint32_t> order = those_in_reach(demand, candidates, score);
    const auto ranks_below = [&](std::uint32_t i, std::uint32_t j) {
        if (score[i] != score[j]) return score[i] < score[j];
        return candidates[i].account > candidates[j].account;
    };
    std::vector<double> taken(candidates.size(), 0.0);
    double needed = demand.needed;
    double limit = demand.limit;
    // A heap, not a sort: few of the candidates are reached.
    std::make_heap(order.begin(), order.end(), ranks_below);
    for (auto end = order.end(); end != order.begin() && needed > 0.0; --end) {
        std::pop_heap(order.begin(), end, ranks_below);
        const std::uint32_t first = *(end - 1);
        taken[first] = std::min(params_.whole_positions ? limit : needed, candidates[first].quantity);
        needed -= taken[first];
        limit -= taken[first];
    }
    return taken;
}

std::vector<double> AutoDeleveraging::in_contracts(const AdlDemand& demand,
                                                   const std::vector<AdlCandidate>& candidates) const {
    const double contract = params_.contract[demand.asset];
    std::vector<double> weight;
    std::vector<double> cap;
    double offered = 0.0;
    for (const AdlCandidate& candidate : candidates) {
        weight.push_back(candidate.position);
        cap.push_back(whole(candidate.quantity / contract));
        offered += cap.back();
    }
    const double wanted = std::min(contracts_to_close(demand, contract), offered);
    const std::vector<double> share = allocate_pro_rata(wanted, weight, cap);
    std::vector<double> count(candidates.size());
    std::vector<std::uint32_t> order;
    double missing = wanted;
    for (std::uint32_t i = 0; i < candidates.size(); ++i) {
        count[i] = whole(share[i]);
        missing -= count[i];
        if (count[i] < cap[i]) order.push_back(i);
    }
    const auto remainder_is_larger = [&](std::uint32_t i, std::uint32_t j) {
        const double rest_i = share[i] - count[i];
        const double rest_j = share[j] - count[j];
        if (rest_i != rest_j) return rest_i > rest_j;
        return candidates[i].account < candidates[j].account;
    };
    std::sort(order.begin(), order.end(), remainder_is_larger);
    for (std::size_t k = 0; k < order.size() && missing > 0.5; ++k, missing -= 1.0) count[order[k]] += 1.0;
    std::vector<double> taken(candidates.size(), 0.0);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const double quantity = candidates[i].quantity;
        taken[i] = count[i] * contract < quantity * (1.0 - rounding_share) ? count[i] * contract : quantity;
    }
    return taken;
}

std::vector<double> AutoDeleveraging::allocate(const AdlDemand& demand,
                                               const std::vector<AdlCandidate>& candidates) const {
    if (params_.ranking == Ranking::integer_pro_rata) return in_contracts(demand, candidates);
    if (params_.ranking != Ranking::pro_rata) return in_rank_order(demand, candidates);
    std::vector<double> weight;
    std::vector<double> cap;
    for (const AdlCandidate& candidate : candidates) {
        weight.push_back(candidate.position);
        cap.push_back(candidate.quantity);
    }
    return allocate_pro_rata(demand.needed, weight, cap);
}

} // namespace plunge
