#include "sim/driver/critical_fund.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

#include "models/waterfall/adl.hpp"
#include "models/waterfall/layers.hpp"
#include "models/waterfall/socialized_loss.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/world.hpp"

namespace plunge {
namespace {

bool ends_before(const WaterfallChoice& layer, FundEvent event) {
    return (event == FundEvent::adl && layer.holds<AutoDeleveraging::Params>()) ||
           (event == FundEvent::socialized && layer.holds<SocializedLoss::Params>());
}

} // namespace

WorldDraw draw_of(const Scenario& scenario, const FundQuestion& question, double ample, const VenueMetrics& metrics) {
    WorldDraw draw;
    draw.draw = ample - metrics.fund_min_balance;
    draw.shortfall = metrics.shortfall;
    draw.fund_used = metrics.fund_used;
    draw.open_loss = metrics.open_insolvent_loss + metrics.inventory_left_loss;
    draw.event = happened(question.event, metrics);
    if (draw.open_loss == 0.0) return draw;
    double capital = -metrics.venue_capital_used;
    for (const auto& layer : scenario.venues.at(question.venue).waterfall) {
        if (layer.holds<AutoDeleveraging::Params>() || layer.holds<SocializedLoss::Params>()) break;
        if (const auto* own = layer.get_if<VenueCapital::Params>()) capital += own->balance;
    }
    const double left = metrics.fund_final_balance + std::max(0.0, capital);
    draw.draw = std::max(draw.draw, ample - left + draw.open_loss);
    return draw;
}

double amount_of(FundEvent event, const VenueMetrics& metrics) {
    switch (event) {
    case FundEvent::adl:
        return metrics.adl_notional;
    case FundEvent::uncovered:
        return metrics.uncovered;
    case FundEvent::socialized:
        return metrics.socialized_loss;
    }
    return 0.0;
}

bool happened(FundEvent event, const VenueMetrics& metrics) {
    return metrics.open_loss_unpaid > 0.0 || amount_of(event, metrics) > 0.0;
}

Scenario with_fund(Scenario scenario, std::size_t venue, double balance) {
    std::vector<InsuranceFund::Params*> funds;
    double before = 0.0;
    for (auto& layer : scenario.venues.at(venue).waterfall) {
        if (auto* fund = layer.get_if<InsuranceFund::Params>()) {
            funds.push_back(fund);
            before += fund->balance;
        }
    }
    if (funds.empty()) throw std::invalid_argument("the venue has no insurance fund");
    for (InsuranceFund::Params* fund : funds) {
        const double share = before > 0.0 ? fund->balance / before : 1.0 / static_cast<double>(funds.size());
        fund->balance = share * balance;
    }
    scenario.record.traces.clear();
    scenario.record.cascades = false;
    scenario.record.contagion = false;
    scenario.record.counterfactual = false;
    return scenario;
}

double ample_fund(const Scenario& scenario, std::size_t venue, double open_interest) {
    constexpr double times = 16.0;
    const double own = initial_fund_balance(scenario.venues.at(venue).waterfall);
    return std::exp2(std::ceil(std::log2(times * std::max({open_interest, own, 1.0}))));
}

// Layers before the event may be venue capital, then one fund: then what the fund is asked for is what the capital has
// not paid, and the event is what the fund cannot pay.
bool draw_is_critical(const Scenario& scenario, const FundQuestion& question) {
    const Venue& venue = scenario.venues.at(question.venue);
    if (venue.margin_common.dynamic && venue.margin_common.dynamic->depletion > 0.0) return false;
    bool fund_before = false;
    const bool carries = venue.liquidation_common.execution == OrderExecution::twap;
    for (const auto& layer : venue.waterfall) {
        // Winners bear losses before the fund is empty, and what is carried counts before it is lost.
        if (needs_of(layer).fund || (carries && layer.holds<AutoDeleveraging::Params>())) return false;
        if (ends_before(layer, question.event)) return fund_before;
        if (fund_before) return false;
        if (const auto* fund = layer.get_if<InsuranceFund::Params>()) {
            if (fund->segregated) return false;
            fund_before = true;
        } else if (!layer.holds<VenueCapital::Params>()) {
            return false;
        }
    }
    return fund_before && question.event == FundEvent::uncovered;
}

double search_critical_fund(const Scenario& scenario, const FundQuestion& question, std::uint64_t world, double guess,
                            double ample) {
    const auto survives = [&](double balance) {
        const Market market(with_fund(scenario, question.venue, balance));
        WorldEngine engine(market);
        WorldResult result;
        engine.run(world, result);
        return !happened(question.event, result.venues[question.venue]);
    };
    if (survives(0.0)) return 0.0;
    double low = 0.0;    // does not survive
    double high = ample; // does
    const auto look_at = [&](double balance) { (survives(balance) ? high : low) = balance; };
    if (guess > 0.0 && guess < ample) {
        look_at(guess * (1.0 + 0.5 * search_tolerance));
        if (high < ample) look_at(guess * (1.0 - 0.25 * search_tolerance));
    }
    const double smallest = 1e-12 * ample; // funds below are nothing
    while (high > low * (1.0 + search_tolerance) && high > smallest) {
        constexpr double stride = 4.0; // while only one end is known
        if (low == 0.0) {
            look_at(high / stride);
        } else {
            look_at(high > stride * low ? std::min(stride, std::sqrt(high / low)) * low : std::sqrt(low * high));
        }
    }
    return high;
}

} // namespace plunge
