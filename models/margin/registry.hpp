// Every margin rule. Adding one: a header beside this file, a line here, a unit test, a scenario.
#pragma once

#include <tuple>
#include <variant>

#include "models/common/model_list.hpp"
#include "models/common/values.hpp"
#include "models/margin/flat.hpp"
#include "models/margin/health_factor.hpp"
#include "models/margin/liquidity_adjusted.hpp"
#include "models/margin/portfolio_es.hpp"
#include "models/margin/portfolio_var.hpp"
#include "models/margin/tiers.hpp"

namespace plunge {

using MarginModels = ModelList<FlatMargin, TieredMargin, PortfolioVarMargin, PortfolioEsMargin, LiquidityAdjustedMargin,
                               HealthFactorMargin>;
using MarginRule = std::variant<FlatMargin, TieredMargin, PortfolioVarMargin, PortfolioEsMargin,
                                LiquidityAdjustedMargin, HealthFactorMargin>;

/// Keys of [venue.margin] that do not depend on the rule.
struct MarginCommon {
    double warning = 0.0;
    static constexpr auto fields() {
        return std::tuple{
            optional_field("warning", &MarginCommon::warning, Unit::none, not_negative,
                           "a margin call goes out when equity falls below this multiple of the maintenance "
                           "margin; 0 sends none")};
    }
};

} // namespace plunge
