// Linear impact: the log price moves in proportion to the quantity traded.
// Registered as 10: LinearImpact
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "models/common/values.hpp"
#include "models/impact/context.hpp"
#include "models/impact/family.hpp"
#include "models/random/elementary.hpp"

namespace plunge {

/// I(Q) = Q / b with b = depth / (0.01 p0), so that selling `depth` moves the log price by 1 %.
/// Source: Kyle (1985), Econometrica 53, 1315, theorem 1, in log price. Not for orders of many times the depth.
class LinearImpact {
  public:
    static constexpr std::string_view name = "linear";
    static constexpr std::string_view equation = "I(Q) = Q / b,  b = depth / (0.01 p0)";
    static constexpr std::string_view source = "Kyle (1985), Econometrica 53, 1315";

    static constexpr std::string_view twice_impact = "linear: half the depth";
    static constexpr std::string_view half_depth = "linear: half the depth";
    static constexpr bool in_proportion = true;

    struct Params {
        using family = ImpactFamily;
        PerAsset depth;
    };
    static constexpr auto fields() {
        return std::tuple{required_field("depth", &Params::depth, Unit::quote, positive,
                                         "quote notional within 1 % of mid on one side, per asset")};
    }

    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static ImpactNeeds needs(const Params& /*params*/) { return {}; }
    static Params scaled(Params params, double factor) { return with_depth(std::move(params), 1.0 / factor); }
    static Params with_depth(Params params, double factor) {
        for (double& depth : params.depth.values) depth *= factor;
        return params;
    }

    LinearImpact(const Params& params, const ImpactContext& context) {
        for (std::size_t a = 0; a < context.initial_price.size(); ++a) {
            base_per_log_.push_back(params.depth[a] / (0.01 * context.initial_price[a]));
        }
    }

    /// I: log displacement of `base` consumed.
    double displacement(std::size_t asset, double base) const { return base / base_per_log_[asset]; }

    /// I^-1: base consumed at log displacement `y`.
    double consumed(std::size_t asset, double y) const { return y * base_per_log_[asset]; }

    /// I is smooth.
    static std::array<ShapeKink, 0> kinks(std::size_t /*asset*/) { return {}; }

    /// Average of exp(I(u)) over u between the two displacements: price paid relative to the undisplaced price.
    double mean_relative_price(std::size_t /*asset*/, double y_before, double y_after) const {
        const double dy = y_after - y_before;
        const double before = y_before == 0.0 ? 1.0 : det_exp(y_before);
        return dy == 0.0 ? before : before * det_expm1(dy) / dy;
    }

  private:
    std::vector<double> base_per_log_; // b [base]
};

} // namespace plunge
