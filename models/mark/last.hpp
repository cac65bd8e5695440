// The mark that is the last trade.
// Registered as 10: LastMark
#pragma once

#include <string_view>
#include <tuple>

#include "models/mark/family.hpp"

namespace plunge {

/// m_a = p_va, the price of the venue's own book. Source: the baseline; one trade moves it, which is why venues have
/// left it for the index.
class LastMark {
  public:
    static constexpr std::string_view name = "last";
    static constexpr std::string_view equation = "m_a = p_va, the venue's own price";
    static constexpr std::string_view source = "baseline";

    struct Params {
        using family = MarkFamily;
    };
    static constexpr auto fields() { return std::tuple<>{}; }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static MarkNeeds needs(const Params& /*params*/) { return {}; }
    static constexpr bool is_price = true;

    LastMark(const Params& /*params*/, double /*step_seconds*/) {}

    double next(double /*before*/, double price) const { return price; }
};

} // namespace plunge
