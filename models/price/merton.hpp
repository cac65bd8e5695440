// Jump diffusion: correlated geometric Brownian motion plus compound Poisson lognormal jumps, common or per asset.
// Registered as 20: Merton
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/price/check_correlation.hpp"
#include "models/price/diffusion.hpp"
#include "models/price/family.hpp"

namespace plunge {

/// One jump component. Jump sizes of a common arrival are correlated like the diffusion.
struct JumpParams {
    PerAsset rate;
    PerAsset mean;
    PerAsset stddev;
    bool common = true;

    static constexpr auto fields() {
        using P = JumpParams;
        return std::tuple{
            required_field("rate", &P::rate, Unit::per_year, not_negative,
                           "expected jumps per year; a common component has one rate"),
            required_field("mean", &P::mean, Unit::log_return, any_number, "mean log jump, per asset"),
            required_field("stddev", &P::stddev, Unit::log_return, not_negative,
                           "standard deviation of the log jump, per asset"),
            optional_field("common", &P::common, Unit::none, any_number,
                           "true: all assets jump at the same times; false: each asset has arrivals of its own")};
    }
    static Findings check(const JumpParams& jumps, const CheckContext& /*context*/) {
        const auto& rate = jumps.rate.values;
        const bool differ = std::adjacent_find(rate.begin(), rate.end(), std::not_equal_to<>()) != rate.end();
        if (!jumps.common || !differ) return {};
        return {{"rate", "a common component has one rate",
                 "give one number, or set common = false for arrivals of each asset's own"}};
    }
};

/// d log S = (drift - sigma^2 / 2 - lambda (E e^J - 1)) dt + sigma dW + J dN, J ~ N(mean, stddev^2).
/// Source: Merton (1976), J. Financ. Econ. 3, 125. Jump times are independent of prices: no
/// clustering.
class Merton {
  public:
    static constexpr std::string_view name = "merton";
    static constexpr std::string_view equation =
        "d log S_a = (drift_a - sigma_a^2 / 2 - sum_j lambda_j (E exp(J_ja) - 1)) dt + sigma_a dW_a + sum_j J_ja dN_j";
    static constexpr std::string_view source = "Merton (1976), J. Financ. Econ. 3, 125";

    struct Params : DiffusionParams {
        using family = PriceFamily;
        std::vector<JumpParams> jumps;
    };
    static constexpr auto fields() {
        return std::tuple_cat(DiffusionParams::diffusion_fields(),
                              std::tuple{required_field("jumps", &Params::jumps, Unit::none, any_number,
                                                        "a jump component, or a list of them")});
    }
    static Findings check(const Params& params, const CheckContext& context) {
        return check_diffusion(params, context);
    }
    static constexpr bool is_drawn = true;
    static DiffusionParams* diffusion(Params& params) { return &params; }

    Merton(const Params& params, std::size_t assets, double step_seconds);

    static constexpr bool any_step = true;
    struct State {};

    const Drivers& drivers() const { return diffusion_.drivers(); }
    void start(State& /*state*/) const {}
    void returns(State& state, const InnovationBlock& block, double* out, std::size_t stride) const;

    /// Annualised volatility of the log return, jumps included: sqrt(sigma^2 + sum_j lambda_j (mean_j^2 + stddev_j^2)).
    double total_volatility(std::size_t asset) const { return volatility_[asset]; }

    /// Factor L of the innovations' correlation, L L' = C.
    const SquareMatrix& factor() const { return diffusion_.factor(); }

  private:
    // Log sizes of the jumps of one clock: all assets of a common component, or one asset of a separate one.
    struct Sizes {
        bool common;
        std::vector<double> mean; // [all assets]
        std::vector<double> stddev;
    };

    Diffusion diffusion_;
    std::vector<Sizes> sizes_; // per clock of the drivers
    std::vector<double> volatility_;
};

} // namespace plunge
