// Scripted shocks: a price move laid over any process, with an optional partial recovery.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"
#include "models/random/elementary.hpp"

namespace plunge {

struct Recovery {
    double share = 0.5;
    double over_seconds = 3600.0;
    static constexpr auto fields() {
        using P = Recovery;
        return std::tuple{
            required_field("share", &P::share, Unit::fraction, unit_interval, "share of the log move that comes back"),
            required_field("over", &P::over_seconds, Unit::duration, positive,
                           "time that the recovery takes, from the end of the shock")};
    }
};

/// A move that builds up linearly in log price between `at` and `at + over`.
struct Shock {
    double at_seconds = 0.0;
    double over_seconds = 0.0;
    PerAsset simple_return; ///< zero where an asset is not named
    PerAsset log_return;    ///< instead of `return`
    std::optional<Recovery> recover;

    static constexpr bool missing_asset_is_zero = true; ///< where a table by symbol leaves one out

    static constexpr auto fields() {
        using P = Shock;
        return std::tuple{
            required_field("at", &P::at_seconds, Unit::duration, not_negative, "when the shock starts"),
            optional_field("over", &P::over_seconds, Unit::duration, not_negative,
                           "time over which it builds up; at once where left out"),
            optional_field("return", &P::simple_return, Unit::fraction, {-1.0, 1e6, true, false},
                           "simple return per asset: -0.13 is a fall by 13 %"),
            optional_field("log_return", &P::log_return, Unit::log_return, any_number,
                           "log return per asset, instead of `return`"),
            optional_field("recover", &P::recover, Unit::none, any_number, "partial recovery afterwards")};
    }

    /// The whole log move of one asset.
    double log_move(std::size_t asset) const {
        if (!log_return.empty()) return log_return[asset];
        return simple_return.empty() ? 0.0 : det_log1p(simple_return[asset]);
    }

    /// Share of the log move that is in the price at `seconds`.
    double share_at(double seconds) const {
        const double passed = seconds - at_seconds;
        if (passed < 0.0) return 0.0;
        const double built = over_seconds > 0.0 ? std::min(passed / over_seconds, 1.0) : 1.0;
        if (!recover) return built;
        const double recovering = std::clamp((passed - over_seconds) / recover->over_seconds, 0.0, 1.0);
        return built - recover->share * recovering;
    }
};

} // namespace plunge
