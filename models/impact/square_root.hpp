// Square-root impact: quadrupling the sale doubles the move.
// Registered as 20: SquareRootImpact
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"
#include "models/impact/context.hpp"
#include "models/impact/family.hpp"
#include "models/random/elementary.hpp"

namespace plunge {

/// I(Q) = Y sigma_day sign(Q) sqrt(|Q| / V_day), V_day = daily_volume / p0 [base].
/// Source: Toth et al. (2011), Phys. Rev. X 1, 021006, eq. (1); Donier & Bonart (2015), Mark. Microstruct. Liq. 1.
/// Not for quantities beyond a day's volume.
class SquareRootImpact {
  public:
    static constexpr std::string_view name = "square_root";
    static constexpr std::string_view equation = "I(Q) = Y sigma_day sign(Q) sqrt(|Q| / V_day)";
    static constexpr std::string_view source = "Toth et al. (2011), Phys. Rev. X 1, 021006";

    static constexpr std::string_view twice_impact = "square root: twice the prefactor";
    static constexpr std::string_view half_depth = "square root: half the daily volume";
    static constexpr bool in_proportion = false; ///< half the depth moves it by sqrt(2)

    struct Params {
        using family = ImpactFamily;
        double prefactor = 1.0;
        PerAsset volatility;
    };
    static constexpr auto fields() {
        return std::tuple{
            optional_field("prefactor", &Params::prefactor, Unit::none, positive,
                           "Y, about 1 in every market measured"),
            optional_field(
                "volatility", &Params::volatility, Unit::per_year, positive,
                "annualised volatility that gives sigma_day, per asset; the price process's where left out")};
    }

    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static ImpactNeeds needs(const Params& params) {
        return {.daily_volume = true, .volatility = params.volatility.empty(), .volatility_key = "volatility"};
    }
    static Params scaled(Params params, double factor) {
        params.prefactor *= factor;
        return params;
    }
    static Params with_depth(Params params, double /*factor*/) { return params; } // it is the daily volume's

    SquareRootImpact(const Params& params, const ImpactContext& context) {
        for (std::size_t a = 0; a < context.initial_price.size(); ++a) {
            const double sigma_day = params.volatility.empty()
                                         ? context.daily_volatility[a]
                                         : params.volatility[a] * std::sqrt(seconds_per_day / seconds_per_year);
            scale_.push_back(params.prefactor * sigma_day);
            volume_.push_back(context.daily_volume[a] / context.initial_price[a]);
        }
    }

    /// I: log displacement of `base` consumed.
    double displacement(std::size_t asset, double base) const {
        return std::copysign(scale_[asset] * std::sqrt(std::fabs(base) / volume_[asset]), base);
    }

    /// I^-1: base consumed at log displacement `y`.
    double consumed(std::size_t asset, double y) const {
        const double ratio = y / scale_[asset];
        return std::copysign(volume_[asset] * ratio * ratio, y);
    }

    /// A root where nothing is consumed.
    static std::array<ShapeKink, 1> kinks(std::size_t /*asset*/) { return {{{.consumed = 0.0, .order = 0.5}}}; }

    /// Average of exp(I(u)) over u between the two displacements: price paid relative to the undisplaced price.
    double mean_relative_price(std::size_t asset, double y_before, double y_after) const;

  private:
    std::vector<double> scale_;  // Y sigma_day
    std::vector<double> volume_; // V_day [base]
};

} // namespace plunge
