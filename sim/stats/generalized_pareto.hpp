// The generalized Pareto distribution of excesses over a threshold: likelihood, fit and profile-likelihood intervals.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "sim/stats/interval.hpp"

namespace plunge {

/// P(Y > y) = (1 + xi y / beta)^(-1 / xi) for y > 0 with 1 + xi y / beta > 0; exp(-y / beta) where xi = 0.
struct GeneralizedPareto {
    double xi = 0.0;   ///< shape; the mean exists below 1, the variance below 1/2
    double beta = 1.0; ///< scale
};

/// A fit by maximum likelihood.
struct ParetoFit {
    GeneralizedPareto parameters;
    double log_likelihood = 0.0;
    std::size_t count = 0;
    bool at_edge = false; ///< the likelihood still rises where shapes are no longer looked at
};

/// Log-likelihood of a sample of excesses,
///
///   l(xi, beta) = -n log beta - (1 + 1 / xi) sum log(1 + xi y_i / beta)
///
/// Source: Pickands (1975), Ann. Stat. 3, 119, and Davison & Smith (1990), J. R. Stat. Soc. B 52, 393. The fit has one
/// dimension left to search, as in Grimshaw (1993), Technometrics 35, 185: here the shape, the scale at each shape
/// being the only root of its score. Shapes from -1/2 on are looked at, where maximum likelihood is regular (Smith
/// 1985, Biometrika 72, 67), up to 5.
class ExcessLikelihood {
  public:
    static constexpr double smallest_shape = -0.5;
    static constexpr double largest_shape = 5.0;

    /// \param excesses  positive and finite, independent
    /// \throws std::invalid_argument where there are fewer than two different values
    explicit ExcessLikelihood(std::vector<double> excesses);

    std::size_t count() const { return excess_.size(); }

    /// -infinity where a value lies outside the distribution's support.
    double operator()(const GeneralizedPareto& parameters) const;

    /// The scale that fits best at a shape.
    double best_scale(double xi) const;

    ParetoFit fit() const;

    /// Shapes that are not rejected: 2 (l_max - max_beta l(xi, beta)) <= chi2_1(confidence). An end where the
    /// likelihood has not fallen so far by the last shape that is looked at is that shape.
    IntervalEstimate shape_interval(const ParetoFit& fit, double confidence) const;

    /// Likewise for a quantity that is the scale times a function of the shape, such as the excess of a quantile or of
    /// an expected shortfall: 2 (l_max - max_xi l(xi, quantity / multiple(xi))) <= chi2_1(confidence).
    /// \param multiple     positive for shapes below `below_shape`; may grow without bound towards it
    /// \return point infinite where the fit's shape is not below `below_shape`; upper end infinite where shapes from
    ///         there on are not rejected
    IntervalEstimate multiple_interval(const ParetoFit& fit, const std::function<double(double)>& multiple,
                                       double below_shape, double confidence) const;

  private:
    double at_best_scale(double xi) const { return (*this)({xi, best_scale(xi)}); }

    std::vector<double> excess_; // divided by their mean: scale-free searches
    double unit_ = 1.0;          // that mean
    double smallest_ = 0.0;
    double largest_ = 0.0;
};

} // namespace plunge
