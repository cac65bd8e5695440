// A world's score on its way to a rare event, step by step.
#include <algorithm>

#include "models/waterfall/layers.hpp"
#include "sim/engine/world.hpp"

namespace plunge {

namespace {

double quantity_of(const VenueParts& venue, RareQuantity quantity) {
    const VenueMetrics& metrics = venue.record.metrics;
    switch (quantity) {
    case RareQuantity::shortfall:
        return metrics.shortfall;
    case RareQuantity::uncovered:
        return metrics.uncovered;
    case RareQuantity::adl:
        return metrics.adl_notional;
    case RareQuantity::fund_draw:
        return initial_fund_balance(venue.model.layers) - metrics.fund_min_balance;
    case RareQuantity::liquidated:
        return metrics.liquidated_notional;
    case RareQuantity::price_move:
        break;
    }
    return 0.0;
}

} // namespace

void WorldEngine::begin_score() {
    if (sinks_.score == nullptr) return;
    sinks_.score->begin_world();
    quantity_ = liquidated_ = 0.0;
}

// Steps in which nothing happened: prices alone have moved.
void WorldEngine::score_quiet(std::size_t t, std::size_t count) {
    if (sinks_.score == nullptr) return;
    const RareEvent& event = *sinks_.event;
    for (std::size_t k = 0; k < count; ++k) {
        double relative = 0.0;
        for (std::size_t a = 0; a < assets_; ++a) {
            relative += event.weight[a] * (ahead_.traded(a)[k] / market_.initial_price()[a]);
        }
        observe_score(t + k, relative);
    }
}

void WorldEngine::score_step(std::size_t t) {
    if (sinks_.score == nullptr) return;
    const RareEvent& event = *sinks_.event;
    quantity_ = liquidated_ = 0.0;
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        if (event.venue && *event.venue != v) continue;
        quantity_ += quantity_of(venues_[v].parts(), event.quantity);
        liquidated_ += venues_[v].parts().record.metrics.liquidated_notional;
    }
    double relative = 0.0;
    for (std::size_t a = 0; a < assets_; ++a) {
        relative += event.weight[a] * (traded_price(a) / market_.initial_price()[a]);
    }
    sinks_.score->set_quantity(quantity_);
    observe_score(t, relative);
}

void WorldEngine::observe_score(std::size_t t, double relative) {
    const RareEvent& event = *sinks_.event;
    const double time_left = 1.0 - static_cast<double>(t) / static_cast<double>(market_.steps());
    const double move = event.move(relative);
    sinks_.score->observe_move(move, relative > 1.0);
    sinks_.score->observe(t, event.score(move, time_left, quantity_, liquidated_));
}

} // namespace plunge
