// Portfolio margin by value at risk: the variance-covariance method.
// Registered as 30: PortfolioVarMargin
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "models/common/values.hpp"
#include "models/margin/context.hpp"
#include "models/margin/family.hpp"
#include "models/margin/portfolio.hpp"

namespace plunge {

/// z sqrt(x' Sigma x), Sigma the covariance of returns over the horizon.
class NormalVar {
  public:
    /// \param factor  [assets x assets], F with F F' = z^2 Sigma, row-major
    explicit NormalVar(std::vector<double> factor, std::size_t assets) : factor_{std::move(factor)}, assets_{assets} {}

    double risk(const double* position, const double* mark) const;

  private:
    std::vector<double> factor_;
    std::size_t assets_;
};

/// M = z_alpha sqrt(x' Sigma x) + sum_a addon_a(|x_a|), x_a = q_a p_a: value at risk of normal returns over the
/// horizon. Source: J.P. Morgan/Reuters (1996), RiskMetrics technical document, 4th ed.: value at risk of a portfolio
/// that is linear in normal returns. Not where tails are fatter than normal: see portfolio_es.
class PortfolioVarMargin : public PortfolioMargin<NormalVar> {
  public:
    static constexpr std::string_view name = "portfolio_var";
    static constexpr std::string_view equation =
        "M = z_alpha sqrt(x' Sigma x) + sum_a addon_a(|x_a|), x_a = q_a p_a, Sigma over the horizon";
    static constexpr std::string_view source = "J.P. Morgan/Reuters (1996), RiskMetrics technical document, 4th ed.";

    struct Params {
        using family = MarginFamily;
        double confidence = 0.99;
        double horizon_seconds = 86'400.0;
        PerAsset volatility;
        SquareMatrix correlation;
        TierTable concentration;
    };
    static constexpr auto fields() {
        return std::tuple{
            optional_field("confidence", &Params::confidence, Unit::fraction, {0.5, 1.0, true, true},
                           "alpha of the value at risk"),
            optional_field("horizon", &Params::horizon_seconds, Unit::duration, positive,
                           "time over which the loss is measured"),
            optional_field(
                "volatility", &Params::volatility, Unit::per_year, not_negative,
                "annualised volatility that the venue assumes, per asset; the price process's where left out"),
            optional_field(
                "correlation", &Params::correlation, Unit::none, {-1.0, 1.0},
                "matrix, or one number for every pair; that of the price process's diffusion where left out"),
            optional_field("concentration", &Params::concentration, Unit::fraction, below_one,
                           "add-on for large positions: brackets of notional and marginal rate, none where left out")};
    }
    static Findings check(const Params& params, const CheckContext& context);
    static MarginNeeds needs(const Params& /*params*/) { return {}; }

    /// \throws std::invalid_argument where the correlation is not positive semi-definite
    PortfolioVarMargin(const Params& params, const MarginContext& context);
};

} // namespace plunge
