#include "sim/engine/parts/depletion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/contract/linear.hpp"

namespace plunge {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

constexpr double open_share = 0.01; // of the open interest of the start: with less left, a venue's leverage says little
constexpr double most_leverage = 1'000.0; // beyond it accounts together have nothing left

} // namespace

double Depletion::leverage(double open_interest, double equity) {
    return open_interest <= most_leverage * equity ? open_interest / equity : most_leverage;
}

void Depletion::note(double open_interest, double equity, double layers) {
    // Asked like the stretch in observe_quiet(), so that the same steps are a new extreme however they are cut.
    if (!(open_interest <= max_leverage_ * equity)) {
        max_leverage_ = std::max(max_leverage_, leverage(open_interest, equity));
    }
    if (has_pots_) min_cover_ = std::min(min_cover_, layers / open_interest);
}

void Depletion::begin_world(const Accounts& accounts, const std::vector<double>& mark, double layers, bool has_pots) {
    double open_interest = 0.0;
    double equity = accounts.total_cash();
    for (std::size_t a = 0; a < assets_; ++a) {
        open_interest += LinearContract::value(accounts.open_base(a), mark[a]);
        equity += LinearContract::value(accounts.net_base(a), mark[a]);
    }
    const bool open = open_interest > 0.0;
    has_pots_ = has_pots && open;
    least_open_ = open ? open_share * open_interest : infinity;
    leverage_at_start_ = max_leverage_ = open ? leverage(open_interest, equity) : 0.0;
    cover_at_start_ = min_cover_ = has_pots_ ? layers / open_interest : not_a_number;
    equity_[0] = equity;
}

void Depletion::observe(std::size_t t, const Accounts& accounts, const std::vector<double>& mark, double layers,
                        double paid_in) {
    double open_interest = 0.0;
    double equity = accounts.total_cash() - paid_in;
    for (std::size_t a = 0; a < assets_; ++a) {
        open_interest += LinearContract::value(accounts.open_base(a), mark[a]);
        equity += LinearContract::value(accounts.net_base(a), mark[a]);
    }
    equity_[t] = equity;
    if (counts(open_interest)) note(open_interest, equity + paid_in, layers);
}

// The same numbers from the same operations, however the steps are cut; most stretches hold no new extreme and are
// done at once.
void Depletion::observe_quiet(std::size_t t, std::size_t count, const LookAhead& ahead, const Accounts& accounts,
                              double layers, double paid_in) {
    if (count == 0) return;
    constexpr std::size_t lanes = 4;
    const std::size_t padded = (count + lanes - 1) / lanes * lanes; // whole vectors: there is room for them
    std::array<double, LookAhead::longest> open_interest;
    double* equity = equity_.data() + t;
    std::fill_n(open_interest.data(), padded, 0.0);
    std::fill_n(equity, padded, accounts.total_cash() - paid_in);
    for (std::size_t a = 0; a < assets_; ++a) {
        const double open = accounts.open_base(a);
        const double net = accounts.net_base(a);
        const double* mark = ahead.mark(venue_, a);
        for (std::size_t k = 0; k < padded; ++k) {
            open_interest[k] += LinearContract::value(open, mark[k]);
            equity[k] += LinearContract::value(net, mark[k]);
        }
    }
    const PriceRange open_range = range_of(open_interest.data(), count);
    if (!counts(open_range.high)) return;
    const double lowest = range_of(equity, count).low + paid_in;
    const bool new_leverage = !(open_range.high <= max_leverage_ * lowest);
    const bool new_cover = has_pots_ && layers / open_range.high < min_cover_;
    if (!new_leverage && !new_cover) return;
    for (std::size_t k = 0; k < count; ++k) {
        if (counts(open_interest[k])) note(open_interest[k], equity[k] + paid_in, layers);
    }
}

void Depletion::end_world(std::size_t steps, std::size_t hour, VenueMetrics& metrics) {
    metrics.leverage_at_start = leverage_at_start_;
    metrics.max_leverage = max_leverage_;
    metrics.layer_cover_at_start = cover_at_start_;
    metrics.min_layer_cover = min_cover_;
    const std::size_t window = std::min(hour, steps);
    double step_loss = 0.0;
    for (std::size_t t = 1; t <= steps; ++t) step_loss = std::max(step_loss, equity_[t - 1] - equity_[t]);
    metrics.worst_step_equity_loss = step_loss;
    // peak_[t] becomes the most of `window` steps from t on: twice as many at a time, then what is missing.
    peak_.assign(equity_.begin(), equity_.begin() + static_cast<std::ptrdiff_t>(steps + 1));
    std::size_t length = 1;
    for (; 2 * length <= window; length *= 2) {
        for (std::size_t t = 0; t + length <= steps; ++t) peak_[t] = std::max(peak_[t], peak_[t + length]);
    }
    double hour_loss = step_loss;
    double highest = equity_[0];
    for (std::size_t t = 1; t < window; ++t) { // less than a window after the start
        hour_loss = std::max(hour_loss, highest - equity_[t]);
        highest = std::max(highest, equity_[t]);
    }
    for (std::size_t t = 0; t + window <= steps; ++t) {
        hour_loss = std::max(hour_loss, std::max(peak_[t], peak_[t + window - length]) - equity_[t + window]);
    }
    metrics.worst_hour_equity_loss = hour_loss;
}

} // namespace plunge
