#include "sim/engine/round/carried_deleveraging.hpp"

#include <algorithm>
#include <cmath>

#include "models/common/tolerances.hpp"
#include "sim/engine/round/largest_share.hpp"

namespace plunge {

bool CarriedDeleveraging::apply(VenueParts& venue, const std::vector<double>& due) {
    const std::vector<double>& mark = venue.books.mark();
    bool any_loses = false;
    for (std::size_t a = 0; a < venue.assets; ++a) {
        const double cost = venue.inventory.cost(a);
        const double loss = cost - LinearContract::value(venue.inventory.base(a), mark[a]);
        loses_[a] = loss > tolerance::allowance * std::fabs(cost) ? 1 : 0;
        any_loses = any_loses || loses_[a] != 0;
    }
    if (!any_loses) return false;
    round_.begin(venue.accounts.size());
    venue.losses.forget_claims();
    const double share = largest_share([&](double kept) {
        find_loss(venue, due, kept);
        return loss_.amount <= venue.losses.payable_before_adl(loss_, venue.accounts, mark, round_.rows()) +
                                   venue.losses.rounding_room();
    });
    if (share == 1.0) return false;
    winners_.observe(venue);
    bool closed_any = false;
    for (std::size_t a = 0; a < venue.assets; ++a) {
        if (loses_[a] == 0) continue;
        const double base = venue.inventory.base(a);
        const double size = std::fabs(base);
        const double side = base > 0.0 ? 1.0 : -1.0;
        const double taken = winners_.close(venue, round_,
                                            {.asset = a,
                                             .side = side,
                                             .ordered = size,
                                             .needed = (1.0 - share) * size,
                                             .price = venue.inventory.cost(a) / base,
                                             .is_carried = true});
        if (!(taken > 0.0)) continue;
        closed_any = true;
        venue.inventory.give_up(a, taken < size * (1.0 - tolerance::quantity) ? side * taken : base);
    }
    return closed_any;
}

// What the venue would lose, into loss_, if it kept the share `share` of what it carries at a loss and all the rest: on
// what is due at what the book gives, on the rest at the marks.
void CarriedDeleveraging::find_loss(const VenueParts& venue, const std::vector<double>& due, double share) {
    const auto kept = [&](std::size_t a) { return loses_[a] != 0 ? share : 1.0; };
    for (std::size_t a = 0; a < venue.assets; ++a) quantity_[a] = -kept(a) * due[a];
    venue.books.quote(quantity_, trial_);
    const bool splits = venue.losses.waterfall().asks_for_assets();
    loss_.amount = 0.0;
    if (splits) loss_.by_asset.assign(venue.assets, 0.0);
    for (std::size_t a = 0; a < venue.assets; ++a) {
        const double sold = -trial_.filled.quantity[a];
        const double left = kept(a) * venue.inventory.base(a) - sold;
        const double profit = LinearContract::value(sold, trial_.price(a)) +
                              LinearContract::value(left, venue.books.mark()[a]) - kept(a) * venue.inventory.cost(a);
        if (!(profit < 0.0)) continue;
        loss_.amount -= profit;
        if (splits) loss_.by_asset[a] = -profit;
    }
}

} // namespace plunge
