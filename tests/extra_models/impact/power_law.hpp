// Impact by a power of the quantity: a model that stands outside the tree, as somebody else's would.
// Registered as 100: PowerLawImpact
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/quadrature.hpp"
#include "models/common/values.hpp"
#include "models/impact/family.hpp"
#include "models/random/elementary.hpp"

namespace plunge {

/// I(Q) = 0.01 sign(Q) (|Q| p0 / depth)^delta, so that selling `depth` moves the log price by 1 %.
/// Source: Almgren, Thum, Hauptmann & Li (2005), Risk 18(7), 58: delta = 0.6 for temporary impact.
class PowerLawImpact {
  public:
    static constexpr std::string_view name = "power_law";
    static constexpr std::string_view equation = "I(Q) = 0.01 sign(Q) (|Q| p0 / depth)^delta";
    static constexpr std::string_view source = "Almgren, Thum, Hauptmann & Li (2005), Risk 18(7), 58";
    static constexpr std::string_view twice_impact = "power law: a 2^(-1 / delta) of the depth";
    static constexpr std::string_view half_depth = "power law: half the depth";
    static constexpr bool in_proportion = false;

    struct Params {
        using family = ImpactFamily;
        PerAsset depth;
        double exponent = 0.6;
    };
    static constexpr auto fields() {
        return std::tuple{required_field("depth", &Params::depth, Unit::quote, positive,
                                         "quote notional within 1 % of mid on one side, per asset"),
                          optional_field("exponent", &Params::exponent, Unit::none, {0.1, 2.0, false, false}, "delta")};
    }
    static Findings check(const Params& params, const CheckContext& /*context*/) {
        if (params.exponent != 0.5) return {};
        return {{"exponent", "is a square root, which has a model of its own", "shape = \"square_root\""}};
    }
    static ImpactNeeds needs(const Params& /*params*/) { return {}; }
    static Params scaled(Params params, double factor) {
        return with_depth(params, det_pow(factor, -1.0 / params.exponent));
    }
    static Params with_depth(Params params, double factor) {
        for (double& depth : params.depth.values) depth *= factor;
        return params;
    }

    PowerLawImpact(const Params& params, const ImpactContext& context) : exponent_{params.exponent} {
        for (std::size_t a = 0; a < context.initial_price.size(); ++a) {
            depth_.push_back(params.depth[a] / context.initial_price[a]);
        }
    }

    double displacement(std::size_t asset, double base) const {
        const double size = std::fabs(base) / depth_[asset];
        return size == 0.0 ? 0.0 : std::copysign(0.01 * det_pow(size, exponent_), base);
    }
    double consumed(std::size_t asset, double y) const {
        const double size = 100.0 * std::fabs(y);
        return size == 0.0 ? 0.0 : std::copysign(depth_[asset] * det_pow(size, 1.0 / exponent_), y);
    }
    std::array<ShapeKink, 1> kinks(std::size_t /*asset*/) const { return {{{.consumed = 0.0, .order = exponent_}}}; }

    /// By quadrature over y, in which the quantity has the density |y|^(1 / delta - 1); y = s^8 makes that smooth.
    double mean_relative_price(std::size_t /*asset*/, double y_before, double y_after) const {
        if (y_before == y_after) return det_exp(y_before);
        const auto fraction = [&](double y) { // of the quantity on one side, but for a constant
            return y == 0.0 ? 0.0 : std::copysign(det_pow(std::fabs(y), 1.0 / exponent_), y);
        };
        const auto money = [&](double y) { // from zero to y
            const double sign = y < 0.0 ? -1.0 : 1.0;
            const double end = std::sqrt(std::sqrt(std::sqrt(std::fabs(y))));
            return sign * gauss_legendre(0.0, end, 8, [&](double s) {
                       const double fourth = s * s * (s * s);
                       const double density = det_pow(fourth * fourth, 1.0 / exponent_ - 1.0) / exponent_;
                       return det_exp(sign * fourth * fourth) * density * 8.0 * fourth * (s * s) * s;
                   });
        };
        return (money(y_after) - money(y_before)) / (fraction(y_after) - fraction(y_before));
    }

  private:
    double exponent_;
    std::vector<double> depth_; // [base]
};

} // namespace plunge
