#include "models/waterfall/socialized_loss.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace plunge {

double SocializedLoss::payable(Loss& loss, LossBearers& bearers) const {
    double sum = 0.0;
    for (const AccountClaim& account : bearers.accounts.claims()) {
        sum += std::max(0.0, std::min(claim_of(account), account.wealth));
    }
    loss.pay(std::min(loss.amount, sum));
    return sum;
}

void SocializedLoss::pay(Loss& loss, LossBearers& bearers, LossMetrics& metrics) {
    const std::vector<AccountClaim>& accounts = bearers.accounts.claims();
    payer_.clear();
    weight_.clear();
    cap_.clear();
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        const double claim = claim_of(accounts[i]);
        if (!(claim > 0.0)) continue;
        payer_.push_back(i);
        weight_.push_back(claim);
        cap_.push_back(std::min(claim, accounts[i].wealth));
    }
    const std::vector<double>& share = allocate_pro_rata(loss.amount, weight_, cap_, shares_);
    payment_.assign(accounts.size(), 0.0);
    double paid = 0.0;
    for (std::size_t k = 0; k < payer_.size(); ++k) {
        if (!(share[k] > 0.0)) continue;
        payment_[payer_[k]] = share[k];
        paid += share[k];
    }
    bearers.accounts.charge(payment_);
    loss.pay(paid);
    metrics.socialized_loss += paid;
}

} // namespace plunge
