// Keepers: whoever liquidates loans does so for a profit, and stops where slippage has used it up.
#include <algorithm>
#include <cmath>
#include <variant>

#include "models/liquidation/registry.hpp"
#include "sim/engine/largest_share.hpp"
#include "sim/engine/venue_state.hpp"

namespace plunge {
namespace {

// Of what is repaid: a profit that misses what is asked for by less does so by rounding.
constexpr double rounding_of_profit = 1e-9;

} // namespace

// What keepers would earn beyond `asked`, a share of what they repay, if they took the share `share` of every loan.
// Loans that are written off trade on the same book, whatever keepers do.
double VenueState::keepers_excess(const std::vector<Order>& orders, double share, double asked) const {
    std::vector<double> theirs(assets_, 0.0);
    std::vector<double> all(assets_, 0.0);
    double paid = 0.0;   // to borrowers' debts in quote
    double repaid = 0.0; // all debts, at the mark
    for (const Order& order : orders) {
        for (std::size_t a = 0; a < assets_; ++a) {
            const double q = rows_.position[order.row * assets_ + a];
            const double closed = order.share_of(q) * q;
            if (order.by_keepers) {
                theirs[a] -= share * closed;
                if (q < 0.0) repaid -= share * closed * prices_.mark[a];
            }
            all[a] -= order.by_keepers ? share * closed : closed;
        }
        paid += share * order.repaid;
    }
    Execution execution;
    trade(all, execution);
    double cash = -paid;
    for (std::size_t a = 0; a < assets_; ++a) cash -= theirs[a] * execution.average_price[a];
    return cash - asked * (repaid + paid);
}

// Cuts what keepers do to the share of it that pays.
void VenueState::limit_to_keepers(std::vector<Order>& orders) {
    const bool any = std::any_of(orders.begin(), orders.end(), [](const Order& order) { return order.by_keepers; });
    if (!any) return;
    const double asked = std::visit(
        []<class Policy>(const Policy& policy) {
            if constexpr (ClosesLoans<Policy>) return policy.min_profit();
            return 0.0;
        },
        *model_.policy);
    if (keepers_excess(orders, 1.0, asked - rounding_of_profit) >= 0.0) return;
    const double share = largest_share([&](double part) { return keepers_excess(orders, part, asked) >= 0.0; });
    ++metrics_.keeper_limits;
    if (share == 0.0) std::erase_if(orders, [](const Order& order) { return order.by_keepers; });
    for (Order& order : orders) {
        if (order.by_keepers) order.scale(share);
    }
}

void VenueState::pay_keepers(double profit) {
    ledger_.paid_out += profit;
    ledger_.gross_flows += std::fabs(profit);
    metrics_.keeper_profit += profit;
}

} // namespace plunge
