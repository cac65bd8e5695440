// The family of margin rules: what each of them must be, and what can be asked of the chosen one.
#pragma once

#include <any>
#include <concepts>
#include <string_view>

#include "models/common/check.hpp"
#include "models/common/choice.hpp"
#include "models/margin/context.hpp"
#include "models/margin/slack.hpp"

namespace plunge {

struct MarginFamily {};
using MarginChoice = Choice<MarginFamily>;

/// What a rule needs of the market around it.
struct MarginNeeds {
    bool drawn_returns = false;     ///< scenarios that the price process draws: not of a replayed path
    std::string_view returns_key{}; ///< of the rule's own, that would do instead
};

template <class Rule>
concept MarginModel = ModelOf<Rule, MarginFamily> &&
    (SeparableRule<Rule> || PortfolioRule<Rule>)&&std::constructible_from<
        Rule, const typename Rule::Params&, const MarginContext&>&& requires(const typename Rule::Params& params) {
    { Rule::needs(params) } -> std::same_as<MarginNeeds>;
};

/// One of the registered rules: models/margin/registry.hpp.
struct MarginRule;

std::any default_params(MarginFamily family);
std::string_view name_of(const MarginChoice& rule);
MarginNeeds needs_of(const MarginChoice& rule);

} // namespace plunge
