// Clustered volatility: GJR-GARCH(1,1) per asset, with correlated normal or Student-t innovations.
// Registered as 25: Garch
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/price/check_correlation.hpp"
#include "models/price/diffusion.hpp"
#include "models/price/family.hpp"
#include "models/price/student_margin.hpp"

namespace plunge {

struct StudentInnovations {
    double dof = 5.0;
    static constexpr auto fields() {
        return std::tuple{required_field("dof", &StudentInnovations::dof, Unit::none, {2.0, 1e6, true, false},
                                         "degrees of freedom; smaller is heavier tails of every asset")};
    }
};

/// r(t) = drift dt - h(t) / 2 + sqrt(h(t)) e(t), the e of a step being correlated, of mean zero and variance one;
/// h(t + 1) = omega + (alpha + gamma 1[e(t) < 0]) h(t) e(t)^2 + beta h(t), omega = sigma^2 dt (1 - alpha - beta - gamma
/// / 2), so that E h = sigma^2 dt. alpha, beta and gamma are per step of the run, whatever its length: estimates of
/// daily returns are not those of minutes, and another step is another model.
///
/// With normal innovations the expected price grows at `drift`, exactly, whatever the variance is. With Student-t ones
/// no expectation of a price exists: h / 2 is then what a normal of the same variance would need, and the median grows
/// a little more slowly than `drift`.
///
/// Innovations are made of normals asset by asset; `tails` joins them. So `student` says how heavy one asset's tails
/// are, `tails` how often assets have them together. Source: Glosten, Jagannathan & Runkle (1993), J. Finance 48, 1779;
/// Student-t innovations: Bollerslev (1987), Rev. Econ. Stat. 69, 542; constant correlation: Bollerslev (1990), Rev.
/// Econ. Stat. 72, 498. Variances of assets meet only through their innovations.
class Garch {
  public:
    static constexpr std::string_view name = "garch";
    static constexpr std::string_view equation =
        "r_a = drift_a dt - h_a / 2 + sqrt(h_a) e_a, h_a(t + 1) = sigma_a^2 dt (1 - alpha - beta - gamma / 2) + "
        "(alpha + gamma 1[e_a < 0]) h_a e_a^2 + beta h_a";
    static constexpr std::string_view source =
        "Glosten, Jagannathan & Runkle (1993), J. Finance 48, 1779; Student-t: Bollerslev (1987), Rev. Econ. Stat. 69, "
        "542";

    struct Params : DiffusionParams {
        using family = PriceFamily;
        PerAsset alpha;
        PerAsset beta;
        PerAsset gamma;
        PerAsset start;
        std::optional<StudentInnovations> student;

        /// alpha + beta + gamma / 2: the share of a deviation of the variance that a step leaves.
        double persistence(std::size_t asset) const {
            return alpha[asset] + beta[asset] + (gamma.empty() ? 0.0 : 0.5 * gamma[asset]);
        }
    };
    static constexpr auto fields() {
        return std::tuple_cat(
            std::tuple{
                required_field("volatility", &Params::volatility, Unit::per_year, not_negative,
                               "annualised volatility of the log return in the long run, per asset"),
                optional_field("drift", &Params::drift, Unit::per_year, any_number,
                               "growth rate of the expected price, per asset, with normal innovations"),
                required_field("alpha", &Params::alpha, Unit::none, unit_interval,
                               "weight of a step's squared innovation in the next one's variance, per asset; per "
                               "step of `run.step`, as `beta` and `gamma`"),
                required_field("beta", &Params::beta, Unit::none, unit_interval,
                               "weight of a step's variance in the next one's"),
                optional_field("gamma", &Params::gamma, Unit::none, {0.0, 2.0},
                               "what falls add to `alpha`; alpha + beta + gamma / 2 is below one"),
                optional_field("start", &Params::start, Unit::none, not_negative,
                               "volatility at the start over that in the long run, per asset; one where left "
                               "out"),
                optional_field("student", &Params::student, Unit::none, any_number,
                               "Student-t innovations, of variance one; normal where left out")},
            DependenceParams::dependence_fields());
    }
    /// That the variance has a long-run mean, beside what holds for every diffusion.
    static Findings check(const Params& params, const CheckContext& context);
    static constexpr bool is_drawn = true;
    static DiffusionParams* diffusion(Params& params) { return &params; }

    Garch(const Params& params, std::size_t assets, double step_seconds);

    static constexpr bool any_step = false;
    struct State {
        std::vector<double> variance; ///< [assets] of the next step
    };

    const Drivers& drivers() const { return correlated_.drivers(); }
    void start(State& state) const { state.variance = start_variance_; }
    void returns(State& state, const InnovationBlock& block, double* out, std::size_t stride) const;

    double total_volatility(std::size_t asset) const { return recursion_[asset].volatility; }
    const SquareMatrix& factor() const { return correlated_.factor(); }

  private:
    struct Recursion {
        double volatility; // annualised
        double drift;      // per step
        double omega, alpha, beta, gamma;
    };

    CorrelatedNormals correlated_;
    std::optional<StudentMargin> margin_;
    std::vector<Recursion> recursion_; // [assets]
    std::vector<double> start_variance_;
    std::vector<double> weights_; // [assets x assets] of the drivers' normals
};

} // namespace plunge
