// Full liquidation: everything is closed.
// Registered as 10: FullLiquidation
#pragma once

#include <string_view>
#include <tuple>

#include "models/liquidation/common.hpp"
#include "models/liquidation/family.hpp"

namespace plunge {

/// Closes the whole account. Source: isolated-margin liquidation of most venues; the reference model of the benchmarks.
class FullLiquidation {
  public:
    static constexpr std::string_view name = "full";
    static constexpr std::string_view equation = "f = 1";
    static constexpr std::string_view source = "standard";

    struct Params {
        using family = LiquidationFamily;
    };
    static constexpr auto fields() { return std::tuple<>{}; }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static LiquidationNeeds needs(const Params& /*params*/) { return {}; }

    explicit FullLiquidation(const Params& /*params*/) {}

    /// Share of every position to close now.
    template <class Rule> double fraction(const LiquidationView<Rule>& /*account*/) const { return 1.0; }
};

} // namespace plunge
