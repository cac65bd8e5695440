// Every loss layer. Adding one: a header beside this file, a line here, a unit test, a scenario.
#pragma once

#include <variant>
#include <vector>

#include "models/common/model_list.hpp"
#include "models/waterfall/adl.hpp"
#include "models/waterfall/default_fund.hpp"
#include "models/waterfall/layers.hpp"
#include "models/waterfall/socialized_loss.hpp"

namespace plunge {

using WaterfallModels = ModelList<InsuranceFund, VenueCapital, DefaultFund, AutoDeleveraging, SocializedLoss>;

using WaterfallLayer = WaterfallModels::Variant; ///< a layer as it stands in a world

static_assert([]<class... Layers>(ModelList<Layers...>) { return (LossLayer<Layers> && ...); }(WaterfallModels{}));

/// What a layer holds at the start [quote]; zero for layers that are no pot of money.
inline double initial_balance(const WaterfallModels::Params& layer) {
    return std::visit(
        [](const auto& params) {
            if constexpr (requires { params.balance; }) return params.balance;
            return 0.0;
        },
        layer);
}

/// What the insurance funds of a waterfall hold at the start [quote].
inline double initial_fund_balance(const std::vector<WaterfallModels::Params>& layers) {
    double sum = 0.0;
    for (const auto& layer : layers) {
        if (std::holds_alternative<InsuranceFund::Params>(layer)) sum += initial_balance(layer);
    }
    return sum;
}

} // namespace plunge
