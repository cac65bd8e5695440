// Impact by a power of the quantity: a model that stands outside the tree, as somebody else's would.
// Registered as 100: PowerLawImpact
#pragma once

#include <algorithm>
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
        double money = 0.0;
        double quantity = 0.0;
        const auto add_side = [&](double sign, double from, double to) { // sizes of y on one side
            const auto eighth_root = [](double y) { return std::sqrt(std::sqrt(std::sqrt(y))); };
            const auto density = [&](double s, double y) {
                return det_pow(y, 1.0 / exponent_ - 1.0) * (s * s * s) * (s * s * (s * s));
            };
            const auto y_of = [](double s) { return s * s * (s * s) * (s * s * (s * s)); };
            const double low = eighth_root(std::min(from, to));
            const double high = eighth_root(std::max(from, to));
            constexpr int panels = 8;
            money += gauss_legendre(low, high, panels,
                                    [&](double s) { return det_exp(sign * y_of(s)) * density(s, y_of(s)); });
            quantity += gauss_legendre(low, high, panels, [&](double s) { return density(s, y_of(s)); });
        };
        const bool crosses = (y_before < 0.0) != (y_after < 0.0);
        const double end = crosses ? 0.0 : std::fabs(y_after);
        add_side(y_before < 0.0 ? -1.0 : 1.0, std::fabs(y_before), end);
        if (crosses) add_side(y_after < 0.0 ? -1.0 : 1.0, 0.0, std::fabs(y_after));
        return quantity > 0.0 ? money / quantity : det_exp(y_before); // nothing, or next to nothing
    }

  private:
    double exponent_;
    std::vector<double> depth_; // [base]
};

} // namespace plunge
