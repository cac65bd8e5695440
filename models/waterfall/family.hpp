// The family of loss layers: what each of them must be, and what can be asked of a chosen one.
#pragma once

#include <any>
#include <concepts>
#include <string_view>

#include "models/common/check.hpp"
#include "models/common/choice.hpp"
#include "models/waterfall/loss.hpp"

namespace plunge {

struct WaterfallFamily {};
using WaterfallChoice = Choice<WaterfallFamily>;

/// What a layer needs of the waterfall and the scenario around it.
struct LayerNeeds {
    bool to_be_alone = false;                      ///< of its kind in a waterfall
    bool counterparties = false;                   ///< accounts on the other side of those that are closed
    bool solvent_accounts = false;                 ///< to charge
    bool fund = false;                             ///< an insurance fund, whose balance it watches
    const PerInstitution* contributions = nullptr; ///< paid in out of institutions' capital, as written
};

template <class Layer>
concept WaterfallModel = ModelOf<Layer, WaterfallFamily> && LossLayer<Layer> &&
    requires(const typename Layer::Params& params) {
    { Layer::needs(params) } -> std::same_as<LayerNeeds>;
    // What it holds at the start [quote]; zero for a layer that is no pot of money.
    { Layer::initial_balance(params) } -> std::same_as<double>;
};

/// One of the registered layers as it stands in a world: models/waterfall/registry.hpp.
struct WaterfallLayer;

std::any default_params(WaterfallFamily family);
std::string_view name_of(const WaterfallChoice& layer);
LayerNeeds needs_of(const WaterfallChoice& layer);
double initial_balance(const WaterfallChoice& layer);

} // namespace plunge
