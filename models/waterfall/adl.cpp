#include "models/waterfall/adl.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "models/common/tolerances.hpp"

namespace plunge {
namespace {

// A quantity this close to a whole number of contracts is that number: quotients of decimal sizes are not exact.
double whole(double contracts) { return std::floor(contracts * (1.0 + tolerance::quantity)); }

double contracts_to_close(const AdlDemand& demand, double contract) {
    const double up = std::ceil(demand.needed / contract * (1.0 - tolerance::quantity));
    return std::min(up, whole(demand.limit / contract));
}

} // namespace

Findings AutoDeleveraging::check(const Params& params, const CheckContext& context) {
    Findings findings;
    if (params.ranking == Ranking::integer_pro_rata) {
        check_given(findings, context, "contract", "size of a contract, per asset: { BTC = 0.001 }");
    } else {
        check_absent(findings, context, "contract", "only integer_pro_rata counts contracts",
                     "ranking = \"integer_pro_rata\", or leave it out");
    }
    const bool in_order = params.ranking == Ranking::queue || params.ranking == Ranking::largest_first;
    if (params.whole_positions && !in_order) {
        findings.push_back(
            {"whole_positions", "pro rata nobody is the last one reached", "ranking = \"queue\" or \"largest_first\""});
    }
    if (params.trigger == AdlTrigger::drawdown) {
        if (!(params.stop < params.start)) {
            findings.push_back({"stop", "must be below start: winners bear losses until the fund is back so far",
                                "start = 0.30, stop = 0.25"});
        }
    } else {
        for (const char* key : {"start", "stop", "over"}) {
            check_absent(findings, context, key, "belongs to trigger = \"drawdown\"",
                         "trigger = \"drawdown\", or leave it out");
        }
    }
    return findings;
}

double AutoDeleveraging::most_of(double position, double bearable) const {
    return std::min(params_.max_share * position, bearable);
}

void AutoDeleveraging::in_rank_order(const AdlDemand& demand, const std::vector<AdlCandidate>& candidates,
                                     Work& work) const {
    using Ranked = Work::Ranked;
    const bool by_size = params_.ranking == Ranking::largest_first;
    std::vector<Ranked>& order = work.order;
    order.clear();
    for (const AdlCandidate& winner : candidates) {
        const double score = by_size ? winner.position : score_of(winner);
        order.push_back({score, static_cast<std::uint32_t>(order.size())});
    }
    const auto ranks_below = [&](const Ranked& x, const Ranked& y) {
        if (x.score != y.score) return x.score < y.score;
        return candidates[x.candidate].account > candidates[y.candidate].account;
    };
    std::vector<double>& taken = work.taken;
    taken.assign(candidates.size(), 0.0);
    double needed = demand.needed;
    double limit = demand.limit;
    // A heap, not a sort: few of the candidates are reached.
    std::make_heap(order.begin(), order.end(), ranks_below);
    for (auto end = order.end(); end != order.begin() && needed > 0.0; --end) {
        std::pop_heap(order.begin(), end, ranks_below);
        const std::uint32_t first = (end - 1)->candidate;
        taken[first] = std::min(params_.whole_positions ? limit : needed, candidates[first].quantity);
        needed -= taken[first];
        limit -= taken[first];
    }
}

void AutoDeleveraging::pro_rata(const AdlDemand& demand, const std::vector<AdlCandidate>& candidates,
                                Work& work) const {
    work.weight.clear();
    work.cap.clear();
    for (const AdlCandidate& candidate : candidates) {
        work.weight.push_back(candidate.position);
        work.cap.push_back(candidate.quantity);
    }
    work.taken = allocate_pro_rata(demand.needed, work.weight, work.cap, work.shares);
}

void AutoDeleveraging::in_contracts(const AdlDemand& demand, const std::vector<AdlCandidate>& candidates,
                                    Work& work) const {
    const double contract = params_.contract[demand.asset];
    std::vector<double>& cap = work.cap;
    cap.clear();
    work.weight.clear();
    double offered = 0.0;
    for (const AdlCandidate& candidate : candidates) {
        work.weight.push_back(candidate.position);
        cap.push_back(whole(candidate.quantity / contract));
        offered += cap.back();
    }
    const double wanted = std::min(contracts_to_close(demand, contract), offered);
    const std::vector<double>& share = allocate_pro_rata(wanted, work.weight, cap, work.shares);
    std::vector<double>& count = work.contracts;
    std::vector<std::uint32_t>& order = work.remainders;
    count.assign(candidates.size(), 0.0);
    order.clear();
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
    work.taken.assign(candidates.size(), 0.0);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const double quantity = candidates[i].quantity;
        const double closed = count[i] * contract;
        work.taken[i] = closed < quantity * (1.0 - tolerance::quantity) ? closed : quantity;
    }
}

void AutoDeleveraging::allocate(const AdlDemand& demand, const std::vector<AdlCandidate>& candidates,
                                Work& work) const {
    switch (params_.ranking) {
    case Ranking::queue:
    case Ranking::largest_first:
        return in_rank_order(demand, candidates, work);
    case Ranking::pro_rata:
        return pro_rata(demand, candidates, work);
    case Ranking::integer_pro_rata:
        return in_contracts(demand, candidates, work);
    }
}

std::vector<double> AutoDeleveraging::allocate(const AdlDemand& demand,
                                               const std::vector<AdlCandidate>& candidates) const {
    Work work;
    allocate(demand, candidates, work);
    return work.taken;
}

} // namespace plunge
