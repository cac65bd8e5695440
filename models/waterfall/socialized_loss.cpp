#include "models/waterfall/socialized_loss.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "models/waterfall/allocation.hpp"

namespace plunge {

double SocializedLoss::payable(Loss& loss, LossBearers& bearers) const {
    double sum = 0.0;
    for (const AccountClaim& account : bearers.accounts.claims()) {
        sum += std::max(0.0, std::min(claim_of(account), account.wealth));
    }
    loss.pay(std::min(loss.amount, sum));
    return sum;
}

void SocializedLoss::pay(Loss& loss, LossBearers& bearers, LossMetrics& metrics) const {
    const std::vector<AccountClaim>& accounts = bearers.accounts.claims();
    std::vector<std::size_t> payer;
    std::vector<double> weight;
    std::vector<double> cap;
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        const double claim = claim_of(accounts[i]);
        if (!(claim > 0.0)) continue;
        payer.push_back(i);
        weight.push_back(claim);
        cap.push_back(std::min(claim, accounts[i].wealth));
    }
    const std::vector<double> share = allocate_pro_rata(loss.amount, weight, cap);
    std::vector<double> payment(accounts.size(), 0.0);
    double paid = 0.0;
    for (std::size_t k = 0; k < payer.size(); ++k) {
        if (!(share[k] > 0.0)) continue;
        payment[payer[k]] = share[k];
        paid += share[k];
    }
    bearers.accounts.charge(payment);
    loss.pay(paid);
    metrics.socialized_loss += paid;
}

} // namespace plunge
