// Correlated geometric Brownian motion, exact in distribution at the step.
// Registered as 10: Gbm
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "models/price/check_correlation.hpp"
#include "models/price/diffusion.hpp"
#include "models/price/family.hpp"

namespace plunge {

/// d log S = (drift - sigma^2 / 2) dt + sigma dW, dW correlated.
/// Source: Black & Scholes (1973), J. Polit. Econ. 81, 637, assumption (b). No jumps, no volatility clustering.
class Gbm {
  public:
    static constexpr std::string_view name = "gbm";
    static constexpr std::string_view equation = "d log S_a = (drift_a - sigma_a^2 / 2) dt + sigma_a dW_a";
    static constexpr std::string_view source = "Black & Scholes (1973), J. Polit. Econ. 81, 637";

    struct Params : DiffusionParams {
        using family = PriceFamily;
    };
    static constexpr auto fields() { return DiffusionParams::diffusion_fields(); }
    static Findings check(const Params& params, const CheckContext& context) {
        return check_diffusion(params, context);
    }
    static constexpr bool is_drawn = true;
    static DiffusionParams* diffusion(Params& params) { return &params; }

    Gbm(const Params& params, std::size_t assets, double step_seconds) : diffusion_{params, assets, step_seconds} {
        for (std::size_t a = 0; a < assets; ++a) volatility_.push_back(params.volatility[a]);
    }

    static constexpr bool any_step = true;
    struct State {};

    const Drivers& drivers() const { return diffusion_.drivers(); }
    void start(State& /*state*/) const {}
    void returns(State& /*state*/, const InnovationBlock& block, double* out, std::size_t stride) const {
        diffusion_.returns(block, out, stride);
    }

    /// Annualised volatility of the log return, jumps included: what thinning and square-root impact refer to.
    double total_volatility(std::size_t asset) const { return volatility_[asset]; }

    /// Factor L of the innovations' correlation, L L' = C.
    const SquareMatrix& factor() const { return diffusion_.factor(); }

  private:
    Diffusion diffusion_;
    std::vector<double> volatility_;
};

} // namespace plunge
