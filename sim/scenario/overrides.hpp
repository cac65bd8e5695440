// `--set key=value`: changes to a scenario's document before it is read.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/document.hpp"
#include "sim/scenario/read_context.hpp"

namespace plunge {

/// Presets are chosen, and the assets that they are to fit, before the rules that they bring can be changed.
enum class OverrideStage { before_presets, after_presets };

/// Applies the overrides of one stage in order; each mistake is reported with the override as its place.
///
/// Keys are dotted. An item of a list is chosen by its number from 0, or by its name, symbol or layer
/// (`asset.BTC.price`, `cohort.0.accounts`); where there is only one it need not be chosen (`venue.mark`). Values are
/// TOML; what is not, opens no quote or bracket and is not made like a number is taken as text, so that
/// `run.horizon=1h` needs no quotes.
void apply_overrides(ReadContext& context, const std::vector<std::string>& overrides, OverrideStage stage, Node& root);

} // namespace plunge
