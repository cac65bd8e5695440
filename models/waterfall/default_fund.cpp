#include "models/waterfall/default_fund.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

namespace plunge {

Findings DefaultFund::check(const Params& params, const CheckContext& context) {
    Findings findings;
    const std::string sizing(EnumNames<FundSizing>::value[static_cast<std::size_t>(params.sizing)]);
    const auto absent = [&](std::string_view key, std::string remedy) {
        check_absent(findings, context, key, "sizing = \"" + sizing + "\" has no such key", std::move(remedy));
    };
    if (params.sizing == FundSizing::given) {
        check_given(findings, context, "contributions", "what each member has paid in: { Alpha = 5e6 }");
        absent("members", "members are those that contributions names");
        absent("basis", "it belongs to pro_rata and cover_2");
    } else {
        absent("contributions", "they follow from the members' accounts");
        if (context.institutions == 0)
            findings.push_back({"", "a default fund has members", "write [[institution]], once for each"});
    }
    if (params.sizing == FundSizing::pro_rata) {
        check_given(findings, context, "total", "sum of the contributions");
    } else {
        absent("total", "it belongs to pro_rata");
    }
    if (params.sizing == FundSizing::cover_2) {
        check_given(findings, context, "stress", "the price move under stress: { BTC = -0.2 }");
    } else {
        absent("stress", "it belongs to cover_2");
    }
    return findings;
}

void DefaultFund::contributions(const Params& params, const std::vector<MemberExposure>& exposure,
                                std::vector<double>& amount) {
    if (params.sizing == FundSizing::given) {
        amount = params.contributions.values;
        return;
    }
    const auto& members = params.members.index;
    const auto is_member = [&](std::size_t i) {
        return members.empty() || std::find(members.begin(), members.end(), i) != members.end();
    };
    amount.assign(exposure.size(), 0.0);
    double largest = 0.0; // stressed losses
    double second = 0.0;
    for (std::size_t i = 0; i < amount.size(); ++i) {
        if (!is_member(i)) continue;
        amount[i] = params.basis == FundBasis::notional ? exposure[i].notional : exposure[i].margin;
        second = std::max(second, std::min(largest, exposure[i].stressed_loss));
        largest = std::max(largest, exposure[i].stressed_loss);
    }
    const double total = params.sizing == FundSizing::cover_2 ? largest + second : params.total;
    double sum = std::accumulate(amount.begin(), amount.end(), 0.0);
    if (!(sum > 0.0)) { // nobody has a position: equal shares
        for (std::size_t i = 0; i < amount.size(); ++i) amount[i] = is_member(i) ? 1.0 : 0.0;
        sum = std::accumulate(amount.begin(), amount.end(), 0.0);
    }
    for (double& share : amount) share *= total / sum;
}

void DefaultFund::restart(const LayerStart& start) {
    contribution_ = start.contributions;
    cohort_ = start.cohort;
    assessed_.assign(contribution_.size(), 0.0);
    pots_.clear();
    for (const double contribution : contribution_) pots_.push_back({contribution});
}

double DefaultFund::balance() const {
    double sum = 0.0;
    for (const Pot& pot : pots_) sum += pot.balance;
    return sum;
}

// What a member can still be assessed for: within its limit, and within what it has.
double DefaultFund::callable(std::size_t member, const std::vector<InstitutionState>& institutions) const {
    return std::clamp(assessment_ * contribution_[member] - assessed_[member], 0.0, institutions[member].free_capital);
}

double DefaultFund::payable(Loss& loss, LossBearers& bearers) const {
    double sum = balance();
    for (std::size_t i = 0; i < contribution_.size(); ++i) sum += callable(i, *bearers.institutions);
    loss.pay(std::min(loss.amount, sum));
    return sum;
}

double DefaultFund::pay_own(Loss& loss) {
    double paid = 0.0;
    for (std::size_t i = 0; i < pots_.size(); ++i) {
        if (cohort_[i] == no_cohort) continue;
        double& due = loss.by_cohort[cohort_[i]];
        const double part = pots_[i].pay(due, loss);
        due -= part;
        paid += part;
    }
    loss.pay_for_cohorts(paid);
    return paid;
}

double DefaultFund::pay_together(Loss& loss) {
    most_.clear();
    for (const Pot& pot : pots_) most_.push_back(pot.balance);
    const std::vector<double>& due = allocate_pro_rata(loss.amount, contribution_, most_, shares_);
    double paid = 0.0;
    for (std::size_t i = 0; i < pots_.size(); ++i) paid += pots_[i].pay(due[i], loss);
    loss.pay(paid);
    return paid;
}

double DefaultFund::assess(Loss& loss, LossBearers& bearers, LossMetrics& metrics) {
    std::vector<InstitutionState>& institutions = *bearers.institutions;
    most_.clear();
    for (std::size_t i = 0; i < contribution_.size(); ++i) most_.push_back(callable(i, institutions));
    const std::vector<double>& called = allocate_pro_rata(loss.amount, contribution_, most_, shares_);
    double paid = 0.0;
    for (std::size_t i = 0; i < called.size(); ++i) {
        InstitutionState& member = institutions[i];
        const double limit = assessment_ * contribution_[i] - assessed_[i];
        // The amount is what the member has, and its limit is not reached: it was called for more.
        const bool fails = contribution_[i] > 0.0 && member.free_capital < limit && called[i] >= member.free_capital;
        if (fails && !member.failed) {
            member.failed = true;
            ++metrics.member_defaults;
        }
        assessed_[i] += called[i];
        member.assessments_paid += called[i];
        member.free_capital = fails ? 0.0 : member.free_capital - called[i];
        paid += called[i];
    }
    loss.pay(paid);
    bearers.assessed += paid;
    return paid;
}

void DefaultFund::pay(Loss& loss, LossBearers& bearers, LossMetrics& metrics) {
    before_.clear();
    for (const Pot& pot : pots_) before_.push_back(pot.balance);
    const double own = pay_own(loss);
    metrics.defaulters_paid += own;
    metrics.default_fund_used += own;
    if (!loss.is_paid()) metrics.default_fund_used += pay_together(loss);
    for (std::size_t i = 0; i < pots_.size(); ++i) {
        (*bearers.institutions)[i].contributions_lost += before_[i] - pots_[i].balance;
    }
    if (assessment_ > 0.0 && !loss.is_paid()) metrics.assessments += assess(loss, bearers, metrics);
}

} // namespace plunge
