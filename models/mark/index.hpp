// The mark that is an index over venues.
// Registered as 20: IndexMark
#pragma once

#include <string_view>
#include <tuple>

#include "models/mark/family.hpp"

namespace plunge {

/// m_a = sum_v w_va p_va, w_va in proportion to the depth of each book within 1 % at the start. Source: "mark price" in
/// the rules of most venues: an index of spot prices over exchanges, weighted by their volume.
class IndexMark {
  public:
    static constexpr std::string_view name = "index";
    static constexpr std::string_view equation = "m_a = sum_v w_va p_va, w_va in proportion to the depth at the start";
    static constexpr std::string_view source = "\"index price\" in the rules of most venues";

    struct Params {
        using family = MarkFamily;
    };
    static constexpr auto fields() { return std::tuple<>{}; }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static MarkNeeds needs(const Params& /*params*/) { return {.all_venues = true}; }
    static constexpr bool is_price = true;

    IndexMark(const Params& /*params*/, double /*step_seconds*/) {}

    double next(double /*before*/, double price) const { return price; }
};

} // namespace plunge
