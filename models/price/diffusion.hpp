// Correlated Gaussian innovations with an optional Student-t copula: what gbm and merton are driven by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"
#include "models/price/path_key.hpp"
#include "models/price/student_copula.hpp"

namespace plunge {

struct Tilting;

struct Tails {
    double dof = 4.0;
    static constexpr auto fields() {
        return std::tuple{required_field("dof", &Tails::dof, Unit::none, {1.0, 1e6, true, false},
                                         "degrees of freedom of the Student-t copula; smaller is more joint extremes")};
    }
};

/// Parameters of the diffusive part.
struct DiffusionParams {
    PerAsset volatility;
    PerAsset drift;
    SquareMatrix correlation;
    std::vector<std::vector<double>> loadings;
    bool repair = false;
    std::optional<Tails> tails;

    static constexpr auto diffusion_fields() {
        using P = DiffusionParams;
        return std::tuple{
            required_field("volatility", &P::volatility, Unit::per_year, not_negative,
                           "annualised volatility of the diffusion, per asset; jumps come on top"),
            optional_field("drift", &P::drift, Unit::per_year, any_number,
                           "growth rate of the expected price, per asset; zero is a martingale"),
            optional_field("correlation", &P::correlation, Unit::none, {-1.0, 1.0},
                           "matrix, or one number for every pair; uncorrelated where left out"),
            optional_field("loadings", &P::loadings, Unit::none, {-1.0, 1.0},
                           "instead of `correlation`: one row of factor loadings per asset"),
            optional_field("repair", &P::repair, Unit::none, any_number,
                           "replace a matrix that is not positive semi-definite by the nearest one (Higham 2002)"),
            optional_field("tails", &P::tails, Unit::none, any_number,
                           "Student-t copula joining the Gaussian innovations; Gaussian where left out")};
    }
};

/// Draws correlated standard-normal innovations, step by step and asset by asset.
class Diffusion {
  public:
    /// \throws std::invalid_argument where the correlation is not positive semi-definite and `repair` is off.
    Diffusion(const DiffusionParams& params, std::size_t assets, double step_seconds);

    /// Log returns without jumps of steps [first_step, first_step + steps), less `extra_drift` per step and asset.
    /// \param first_step  a multiple of `normal_group`; with imposed sums, the range is of whole intervals
    /// \param out         [assets x stride], asset after asset; `steps` of each are written
    /// \param tilting     draws from another law; not together with antithetic pairs
    void fill(const PathKey& key, std::size_t first_step, std::size_t steps, double* out, std::size_t stride,
              Tilting* tilting = nullptr) const;

    /// Adds a constant log drift per step (a jump compensator, say).
    void add_drift_per_step(std::size_t asset, double log_return) { drift_per_step_[asset] += log_return; }

    const SquareMatrix& factor() const { return factor_; }

  private:
    std::size_t assets_;
    std::vector<double> drift_per_step_; // [assets], log return
    std::vector<double> scaled_factor_;  // [assets x assets], rows scaled by volatility per step
    SquareMatrix factor_;                // of the correlation itself
    std::optional<StudentCopula> copula_;
};

} // namespace plunge
