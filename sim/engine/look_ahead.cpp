#include "sim/engine/look_ahead.hpp"

#include <algorithm>
#include <cmath>
#include <variant>

#include "models/common/tolerances.hpp"
#include "models/mark/registry.hpp"
#include "models/random/elementary.hpp"
#include "models/random/elementary_block.hpp"

namespace plunge {
namespace {

double settled(double transient) { return std::fabs(transient) < tolerance::displacement ? 0.0 : transient; }

// Where a step's displacement goes after the step: part of it stays for good.
void make_permanent(VenuePrices& prices, double share) {
    if (!prices.displaced) return;
    for (std::size_t a = 0; a < prices.permanent.size(); ++a) {
        double& y = prices.book.transient[a];
        const double to_permanent = share * (y - prices.transient_before_rounds[a]);
        if (to_permanent == 0.0) continue;
        prices.permanent[a] += to_permanent;
        prices.permanent_factor[a] = det_exp(prices.permanent[a]);
        y -= to_permanent;
    }
}

std::vector<std::vector<double>> venue_shares(const std::vector<VenueModel>& venues, std::size_t assets) {
    std::vector<std::vector<double>> share(venues.size(), std::vector<double>(assets));
    for (std::size_t a = 0; a < assets; ++a) {
        double total = 0.0;
        for (const VenueModel& venue : venues) total += venue.depth_weight[a];
        for (std::size_t v = 0; v < venues.size(); ++v) share[v][a] = venues[v].depth_weight[a] / total;
    }
    return share;
}

} // namespace

void VenuePrices::begin_world(const std::vector<double>& initial_price) {
    const std::size_t assets = initial_price.size();
    book.undisplaced_price = price = price_at_start_of_step = mark = initial_price;
    book.transient.assign(assets, 0.0);
    book.depth_multiplier.assign(assets, 1.0);
    permanent.assign(assets, 0.0);
    permanent_factor.assign(assets, 1.0);
    transient_before_rounds.assign(assets, 0.0);
    displaced = false;
    thinning.assign(assets, {});
}

LookAhead::LookAhead(const Market& market)
    : market_{market}, assets_{market.assets()},
      several_venues_{market.venues().size() > 1}, share_{venue_shares(market.venues(), market.assets())},
      ahead_(market.venues().size()), traded_range_(market.assets()), scratch_(longest) {
    const std::size_t size = assets_ * longest;
    for (std::size_t v = 0; v < ahead_.size(); ++v) {
        const VenueModel& model = market.venues()[v];
        Ahead& ahead = ahead_[v];
        ahead.transient.resize(size);
        ahead.price.resize(size);
        const std::vector<std::size_t>& delay = market.oracle_delay_steps();
        const bool delayed = std::any_of(delay.begin(), delay.end(), [](std::size_t steps) { return steps > 0; });
        ahead.marks_are_prices = !delayed && model.mark_scripts.empty() && model.mark_is_price &&
                                 !(model.mark_of_all_venues && several_venues_);
        ahead.current_mark.resize(assets_);
        for (std::size_t a = 0; a < assets_; ++a) {
            if (delay[a] > 0 || model.has_script(a))
                ahead.current_mark[a].assign(market.steps() + 1, market.initial_price()[a]);
        }
        if (!ahead.marks_are_prices) ahead.mark.resize(size);
        if (model.impact.thinning) {
            ahead.variance_ratio.resize(size);
            ahead.drawdown.resize(size);
        }
        ahead.price_range.resize(assets_);
        ahead.mark_low.resize(assets_);
        ahead.mark_high.resize(assets_);
    }
    if (several_venues_) traded_.resize(size);
}

void LookAhead::look(std::size_t first, std::size_t count, const IndexPath& path,
                     const std::vector<VenuePrices*>& venues) {
    first_ = first;
    count_ = count;
    path_ = &path;
    for (std::size_t v = 0; v < venues.size(); ++v) make_permanent(*venues[v], market_.venues()[v].impact.permanent);
    displacements(venues);
    prices(path, venues);
    observe_returns(venues);
    marks(venues);
    ranges();
}

// Phase 2: y decays step by step.
void LookAhead::displacements(const std::vector<VenuePrices*>& venues) {
    if (several_venues_ && market_.arbitrage_keep() < 1.0) {
        arbitrage(venues);
        return;
    }
    for (std::size_t v = 0; v < venues.size(); ++v) {
        Ahead& ahead = ahead_[v];
        const double keep = market_.venues()[v].transient_keep;
        ahead.displaced = false;
        for (const double y : venues[v]->book.transient) ahead.displaced = ahead.displaced || settled(y * keep) != 0.0;
        for (std::size_t a = 0; a < assets_ && ahead.displaced; ++a) { // sizes only fall
            double* transient = at(ahead.transient, a);
            double y = venues[v]->book.transient[a];
            for (std::size_t k = 0; k < count_; ++k) transient[k] = y = settled(y * keep);
        }
    }
}

// Phase 2 where venues pull each other's displacement together.
void LookAhead::arbitrage(const std::vector<VenuePrices*>& venues) {
    const double keep = market_.arbitrage_keep();
    for (std::size_t v = 0; v < venues.size(); ++v) {
        ahead_[v].displaced = std::any_of(venues.begin(), venues.end(), [](const auto* p) { return p->displaced; });
    }
    for (std::size_t a = 0; a < assets_ && ahead_[0].displaced; ++a) {
        for (std::size_t k = 0; k < count_; ++k) {
            double mean = 0.0;
            for (std::size_t v = 0; v < venues.size(); ++v) {
                double* transient = at(ahead_[v].transient, a) + k;
                const double before = k == 0 ? venues[v]->book.transient[a] : transient[-1];
                *transient = settled(before * market_.venues()[v].transient_keep);
                mean += share_[v][a] * *transient;
            }
            for (Ahead& ahead : ahead_) {
                double& y = at(ahead.transient, a)[k];
                y = settled(mean + (y - mean) * keep);
            }
        }
    }
}

void LookAhead::prices(const IndexPath& path, const std::vector<VenuePrices*>& venues) {
    double* factor = scratch_.data();
    for (std::size_t v = 0; v < venues.size(); ++v) {
        for (std::size_t a = 0; a < assets_; ++a) {
            Ahead& ahead = ahead_[v];
            double* price = at(ahead.price, a);
            ahead.price_range[a] = scale(path.prices(a) + first_, venues[v]->permanent_factor[a], count_, price);
            if (!ahead.displaced) continue;
            fill_exp(at(ahead.transient, a), count_, factor); // exactly one where y is zero
            for (std::size_t k = 0; k < count_; ++k) price[k] *= factor[k];
            ahead.price_range[a] = range_of(price, count_);
        }
    }
    for (std::size_t a = 0; a < assets_ && several_venues_; ++a) {
        double* traded = at(traded_, a);
        std::fill_n(traded, count_, 0.0);
        for (std::size_t v = 0; v < venues.size(); ++v) {
            const double* price = at(ahead_[v].price, a);
            for (std::size_t k = 0; k < count_; ++k) traded[k] += share_[v][a] * price[k];
        }
    }
}

// Phase 3: depth thins with the returns from one start of a step to the next.
void LookAhead::observe_returns(const std::vector<VenuePrices*>& venues) {
    double* log_return = scratch_.data();
    for (std::size_t v = 0; v < venues.size(); ++v) {
        const VenueModel& model = market_.venues()[v];
        if (!model.impact.thinning) continue;
        for (std::size_t a = 0; a < assets_; ++a) {
            ThinningState state = venues[v]->thinning[a];
            double* variance_ratio = at(ahead_[v].variance_ratio, a);
            double* drawdown = at(ahead_[v].drawdown, a);
            const double variance = model.base_variance[a];
            if (!(variance > 0.0)) {
                std::fill_n(variance_ratio, count_, state.variance_ratio);
                std::fill_n(drawdown, count_, state.drawdown);
                continue;
            }
            const double* price = at(ahead_[v].price, a);
            log_return[0] = price[0] / venues[v]->price_at_start_of_step[a];
            for (std::size_t k = 1; k < count_; ++k) log_return[k] = price[k] / price[k - 1];
            fill_log(log_return, count_, log_return);
            double* scaled_square = variance_ratio; // until it is observed
            for (std::size_t k = 0; k < count_; ++k) scaled_square[k] = log_return[k] * log_return[k] / variance;
            for (std::size_t k = 0; k < count_; ++k) {
                state.observe(log_return[k], scaled_square[k], model.thinning_keep);
                variance_ratio[k] = state.variance_ratio;
                drawdown[k] = state.drawdown;
            }
        }
    }
}

void LookAhead::marks(const std::vector<VenuePrices*>& venues) {
    for (std::size_t v = 0; v < venues.size(); ++v) {
        Ahead& ahead = ahead_[v];
        if (ahead.marks_are_prices) continue;
        const VenueModel& model = market_.venues()[v];
        std::visit(
            [&](const auto& chosen) {
                for (std::size_t a = 0; a < assets_; ++a) {
                    const double* price = model.mark_of_all_venues ? traded(a) : at(ahead.price, a);
                    double* mark = at(ahead.mark, a);
                    double m = ahead.current_mark[a].empty() ? venues[v]->mark[a] : ahead.current_mark[a][first_ - 1];
                    for (std::size_t k = 0; k < count_; ++k) mark[k] = m = chosen.next(m, price[k]);
                }
            },
            *model.mark);
        delay_marks(v);
    }
}

// Marks that come late: what was the mark so many steps ago, at this phase; before the start the price was the
// scenario's. Scripts come on top of that. What is kept of steps that turn out otherwise is written again when they are
// looked at again.
void LookAhead::delay_marks(std::size_t venue) {
    Ahead& ahead = ahead_[venue];
    const VenueModel& model = market_.venues()[venue];
    for (std::size_t a = 0; a < assets_; ++a) {
        if (ahead.current_mark[a].empty()) continue;
        const std::size_t delay = market_.oracle_delay_steps()[a];
        double* mark = at(ahead.mark, a);
        std::vector<double>& current = ahead.current_mark[a];
        std::copy_n(mark, count_, current.begin() + static_cast<std::ptrdiff_t>(first_));
        const auto late = [&](std::size_t t) { return current[t > delay ? t - delay : 0]; };
        for (std::size_t k = 0; k < count_; ++k) {
            const MarkScript* script = model.script_of(a, first_ + k);
            mark[k] = late(script != nullptr && script->factor == 0.0 ? script->first - 1 : first_ + k);
            if (script != nullptr && script->factor != 0.0) mark[k] *= script->factor;
        }
    }
}

void LookAhead::ranges() {
    for (std::size_t a = 0; a < assets_; ++a) {
        traded_range_[a] = several_venues_ ? range_of(traded(a), count_) : ahead_[0].price_range[a];
        for (std::size_t v = 0; v < ahead_.size(); ++v) {
            Ahead& ahead = ahead_[v];
            const PriceRange range = ahead.marks_are_prices ? ahead.price_range[a] : range_of(mark(v, a), count_);
            ahead.mark_low[a] = range.low;
            ahead.mark_high[a] = range.high;
        }
    }
}

void LookAhead::arrive(std::size_t k, const std::vector<VenuePrices*>& venues) const {
    for (std::size_t v = 0; v < venues.size(); ++v) {
        VenuePrices& now = *venues[v];
        const Ahead& ahead = ahead_[v];
        bool moved = false;
        for (std::size_t a = 0; a < assets_; ++a) {
            const double y = ahead.displaced ? at(ahead.transient, a)[k] : 0.0;
            moved = moved || y != 0.0;
            now.book.transient[a] = now.transient_before_rounds[a] = y;
            now.book.undisplaced_price[a] = path_->price(a, first_ + k) * now.permanent_factor[a];
            now.price[a] = now.price_at_start_of_step[a] = at(ahead.price, a)[k];
            now.mark[a] = mark(v, a)[k];
        }
        now.displaced = now.displaced || moved;
        const VenueModel& model = market_.venues()[v];
        if (!model.mark_scripts.empty()) {
            now.mark_factor.assign(assets_, 1.0);
            for (std::size_t a = 0; a < assets_; ++a) {
                if (const MarkScript* script = model.script_of(a, first_ + k)) now.mark_factor[a] = script->factor;
            }
        }
        const auto& thinning = model.impact.thinning;
        if (!thinning) continue;
        for (std::size_t a = 0; a < assets_; ++a) {
            now.thinning[a] = {at(ahead.variance_ratio, a)[k], at(ahead.drawdown, a)[k]};
            now.book.depth_multiplier[a] = now.thinning[a].depth_multiplier(*thinning);
        }
    }
}

void LookAhead::depth(std::size_t venue, std::size_t asset, std::size_t count, double* out) const {
    const auto& thinning = market_.venues()[venue].impact.thinning;
    std::fill_n(out, count, 1.0);
    if (!thinning) return;
    const double* variance_ratio = at(ahead_[venue].variance_ratio, asset);
    const double* drawdown = at(ahead_[venue].drawdown, asset);
    double* factor = scratch_.data();
    constexpr std::size_t piece = 8; // realised variance moves slowly: it stays below one for long
    for (std::size_t first = 0; first < count && thinning->exponent > 0.0; first += piece) {
        const std::size_t last = std::min(first + piece, count);
        if (range_of(variance_ratio + first, last - first).high <= 1.0) continue;
        fill_pow(variance_ratio + first, -0.5 * thinning->exponent, last - first, factor);
        for (std::size_t k = first; k < last; ++k) out[k] = variance_ratio[k] > 1.0 ? factor[k - first] : 1.0;
    }
    if (thinning->drawdown > 0.0) {
        for (std::size_t k = 0; k < count; ++k) factor[k] = -thinning->drawdown * drawdown[k];
        fill_exp(factor, count, factor);
        for (std::size_t k = 0; k < count; ++k) out[k] = drawdown[k] > 0.0 ? out[k] * factor[k] : out[k];
    }
    for (std::size_t k = 0; k < count; ++k) out[k] = std::clamp(out[k], thinning->floor, 1.0);
}

} // namespace plunge
