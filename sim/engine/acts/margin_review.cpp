#include "sim/engine/acts/margin_review.hpp"

#include <algorithm>

#include "models/common/tolerances.hpp"
#include "models/random/elementary.hpp"
#include "models/waterfall/layers.hpp"

namespace plunge {

bool MarginReview::act(const Now& now, VenueParts& venue) {
    if (every_ == 0 || now.step % every_ != 0) return false;
    const VenueModel& model = venue.model;
    double largest = 0.0;
    for (std::size_t a = 0; a < venue.assets; ++a) {
        const double price = venue.books.price()[a];
        const double r = det_log(price / price_[a]);
        price_[a] = price;
        if (!(model.review_variance[a] > 0.0)) continue;
        variance_[a] += (1.0 - model.review_keep) * (r * r / model.review_variance[a] - variance_[a]);
        largest = std::max(largest, variance_[a]);
    }
    const double fund = initial_fund_balance(model.layers);
    const double factor = model.dynamic_margin->factor(largest, fund > 0.0 ? venue.fund_balance() / fund : 1.0);
    if (factor > venue.margins.factor() * (1.0 + tolerance::margin_raise)) {
        ++venue.record.metrics.margin_raises;
        venue.announce(now.step, Signal::margin_raise);
    }
    venue.margins.set_factor(factor);
    venue.record.metrics.max_margin_factor = std::max(venue.record.metrics.max_margin_factor, factor);
    return false;
}

} // namespace plunge
