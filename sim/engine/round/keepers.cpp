#include "sim/engine/round/keepers.hpp"

#include <algorithm>
#include <variant>

#include "models/common/tolerances.hpp"
#include "models/liquidation/registry.hpp"
#include "sim/engine/round/largest_share.hpp"

namespace plunge {

void Keepers::limit(VenueParts& venue, std::vector<Order>& orders) {
    const bool any = std::any_of(orders.begin(), orders.end(), [](const Order& order) { return order.by_keepers; });
    if (!any) return;
    const double asked = std::visit(
        []<class Policy>(const Policy& policy) {
            if constexpr (ClosesLoans<Policy>) return policy.min_profit();
            return 0.0;
        },
        *venue.model.policy);
    const auto pays = [&](double part, double profit) {
        return excess(venue, orders, part, profit) >= 0.0 && trial_.filled.missing <= tolerance::unfilled_sought;
    };
    if (pays(1.0, asked - tolerance::keepers_profit)) return;
    const double share = largest_share([&](double part) { return pays(part, asked); });
    ++venue.record.metrics.keeper_limits;
    if (share == 0.0) std::erase_if(orders, [](const Order& order) { return order.by_keepers; });
    for (Order& order : orders) {
        if (order.by_keepers) order.scale(share);
    }
}

// What keepers would earn beyond `asked`, a share of what they repay, if they took the share `share` of every loan.
// Loans that are written off trade on the same book, whatever keepers do.
double Keepers::excess(const VenueParts& venue, const std::vector<Order>& orders, double share, double asked) {
    std::fill(theirs_.begin(), theirs_.end(), 0.0);
    std::fill(all_.begin(), all_.end(), 0.0);
    double paid = 0.0;   // to borrowers' debts in quote
    double repaid = 0.0; // all debts, at the mark
    for (const Order& order : orders) {
        for (std::size_t a = 0; a < venue.assets; ++a) {
            const double q = venue.accounts.position(order.row, a);
            const double closed = order.share_of(q) * q;
            if (order.by_keepers) {
                theirs_[a] -= share * closed;
                if (q < 0.0) repaid -= LinearContract::value(share * closed, venue.books.mark()[a]);
            }
            all_[a] -= order.by_keepers ? share * closed : closed;
        }
        paid += share * order.repaid;
    }
    venue.books.quote(all_, trial_);
    double cash = -paid;
    for (std::size_t a = 0; a < venue.assets; ++a) {
        cash -= LinearContract::value(theirs_[a], trial_.price(a));
    }
    return cash - asked * (repaid + paid);
}

} // namespace plunge
