// Keys of [venue.margin] that every rule shares.
#pragma once

#include <limits>
#include <optional>
#include <tuple>

#include "models/common/values.hpp"
#include "models/margin/dynamic.hpp"

namespace plunge {

struct MarginCommon {
    double warning = 0.0;
    double initial = 0.0;
    double max_leverage = std::numeric_limits<double>::infinity();
    std::optional<DynamicMargin> dynamic;

    static constexpr auto fields() {
        using P = MarginCommon;
        return std::tuple{
            optional_field("warning", &P::warning, Unit::none, not_negative,
                           "a margin call goes out when equity falls below this multiple of the maintenance "
                           "margin; 0 sends none"),
            optional_field("initial", &P::initial, Unit::none, not_negative,
                           "initial margin over maintenance margin: a drawn account opens no more than its equity "
                           "allows; 0 asks for none"),
            optional_field("max_leverage", &P::max_leverage, Unit::none, at_least_one,
                           "most gross notional over equity that the venue lets an account open; no limit where left "
                           "out"),
            optional_field("dynamic", &P::dynamic, Unit::none, any_number,
                           "margins that rise with volatility or with the fund's depletion; constant where left out")};
    }
};

} // namespace plunge
