#include "models/waterfall/layers.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "models/common/text.hpp"

namespace plunge {

Findings InsuranceFund::check(const Params& params, const CheckContext& context) {
    Findings findings;
    if (!params.segregated) {
        check_absent(findings, context, "shares", "only a segregated fund has a pot per asset",
                     "segregated = true, or leave it out");
        return findings;
    }
    if (params.shares.empty()) return {};
    const double sum = std::accumulate(params.shares.values.begin(), params.shares.values.end(), 0.0);
    constexpr double rounding = 1e-9;
    if (std::fabs(sum - 1.0) > rounding) findings.push_back({"shares", "must sum to 1, not " + number_text(sum)});
    return findings;
}

InsuranceFund::InsuranceFund(const Params& params, const LayerStart& start) : segregated_{params.segregated} {
    if (!segregated_) {
        pots_ = {{params.balance}};
        return;
    }
    const auto assets = static_cast<double>(start.assets);
    for (std::size_t a = 0; a < start.assets; ++a) {
        pots_.push_back({params.shares.empty() ? params.balance / assets : params.balance * params.shares[a]});
    }
}

double InsuranceFund::payable(Loss& loss, LossBearers& /*bearers*/) const {
    if (!segregated_) return pots_.front().offer(loss);
    double sum = 0.0;
    for (std::size_t a = 0; a < pots_.size(); ++a) {
        const double part = std::min(loss.by_asset[a], pots_[a].balance);
        loss.by_asset[a] -= part;
        sum += part;
    }
    loss.pay_for_assets(sum);
    return sum;
}

void InsuranceFund::pay(Loss& loss, LossBearers& /*bearers*/, LossMetrics& metrics) {
    double paid = 0.0;
    if (segregated_) {
        for (std::size_t a = 0; a < pots_.size(); ++a) {
            const double part = pots_[a].pay(loss.by_asset[a], loss);
            loss.by_asset[a] -= part;
            paid += part;
        }
        loss.pay_for_assets(paid);
    } else {
        paid = pots_.front().pay(loss.amount, loss);
        loss.pay(paid);
    }
    metrics.fund_used += paid;
}

void InsuranceFund::credit(const Income& income) {
    if (!segregated_) {
        pots_.front().balance += income.amount;
        return;
    }
    for (std::size_t a = 0; a < pots_.size(); ++a) pots_[a].balance += income.by_asset[a];
}

} // namespace plunge
