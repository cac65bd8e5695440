// The diffusive part of gbm and merton: correlated Gaussian returns, every step like all others.
#pragma once

#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include "models/price/dependence.hpp"

namespace plunge {

/// Parameters of the diffusive part.
struct DiffusionParams : DependenceParams {
    PerAsset volatility;
    PerAsset drift;

    static constexpr auto diffusion_fields() {
        using P = DiffusionParams;
        return std::tuple_cat(
            std::tuple{required_field("volatility", &P::volatility, Unit::per_year, not_negative,
                                      "annualised volatility of the diffusion, per asset; jumps come on top"),
                       optional_field("drift", &P::drift, Unit::per_year, any_number,
                                      "growth rate of the expected price, per asset; zero is a martingale")},
            DependenceParams::dependence_fields());
    }
};

/// Makes log returns of innovations.
class Diffusion {
  public:
    /// \throws std::invalid_argument where the correlation is not positive semi-definite and `repair` is off.
    Diffusion(const DiffusionParams& params, std::size_t assets, double step_seconds);

    /// Log returns without jumps of a block.
    /// \param out  [assets x stride], asset after asset; the block's steps of each are written
    void returns(const InnovationBlock& block, double* out, std::size_t stride) const;

    /// Adds a constant log drift per step (a jump compensator, say).
    void add_drift_per_step(std::size_t asset, double log_return) { drift_per_step_[asset] += log_return; }
    void add_clock(JumpClock clock) { correlated_.add_clock(std::move(clock)); }

    const Drivers& drivers() const { return correlated_.drivers(); }
    const SquareMatrix& factor() const { return correlated_.factor(); }

  private:
    std::size_t assets_;
    CorrelatedNormals correlated_;
    std::vector<double> drift_per_step_; // [assets], log return
    std::vector<double> weights_;        // [assets x assets] of the normals, for an asset's log return
};

} // namespace plunge
