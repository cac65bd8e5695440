// The tail of a sample by peaks over a threshold: quantiles and expected shortfalls as far out as one asks.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/stats/generalized_pareto.hpp"
#include "sim/stats/interval.hpp"

namespace plunge {

/// Fewer values beyond a threshold than this are not fitted.
inline constexpr std::uint64_t fewest_exceedances = 30;

/// The usual threshold: a tenth of the values lie beyond it, but at most half of those above zero. Most worlds lose
/// nothing, and the atom is no part of the tail. Zero where that leaves fewer than `fewest_exceedances`.
std::uint64_t default_exceedances(const std::vector<double>& sorted);

/// A generalized Pareto distribution fitted to what lies beyond a threshold. With u the threshold, exceeded by the
/// share zeta of n values, and q = zeta / (1 - p):
///
///   VaR_p = u + beta (q^xi - 1) / xi,   ES_p = u + beta ((q^xi - 1) / xi + 1) / (1 - xi)
///
/// Intervals are by profile likelihood of (xi, beta); u and zeta are taken as given, which matters little where 1 - p
/// is far below zeta. Source: McNeil & Frey (2000), J. Empir. Finance 7, 271; McNeil, Frey & Embrechts (2015),
/// Quantitative Risk Management, section 5.2; intervals by the likelihood in terms of the quantity asked for, as in R's
/// evir.
class PeaksOverThreshold {
  public:
    /// Takes the `exceedances` largest values; the threshold is the next one.
    /// \param sorted  ascending, independent, without NaN
    /// \return nothing where fewer than `fewest_exceedances` lie beyond the threshold, where one of them is infinite,
    /// or
    ///         where all are alike
    static std::optional<PeaksOverThreshold> fit(const std::vector<double>& sorted, std::uint64_t exceedances);

    double threshold() const { return threshold_; }
    std::uint64_t exceedances() const { return fit_.count; }
    double share() const { return share_; } ///< zeta
    const ParetoFit& pareto() const { return fit_; }

    IntervalEstimate shape(double confidence) const { return likelihood_.shape_interval(fit_, confidence); }
    /// \param probability  above 1 - share(). \throws std::invalid_argument
    IntervalEstimate value_at_risk(double probability, double confidence) const;
    IntervalEstimate expected_shortfall(double probability, double confidence) const;

  private:
    PeaksOverThreshold(double threshold, double share, ExcessLikelihood likelihood);
    double reach(double probability) const;

    double threshold_;
    double share_;
    ExcessLikelihood likelihood_;
    ParetoFit fit_;
};

/// One threshold of a stability table: where the tail is Pareto, the shape and what follows from it stand still.
struct ThresholdRow {
    std::uint64_t exceedances = 0;
    double threshold = 0.0;
    double mean_excess =
        0.0; ///< beyond a threshold in a Pareto tail it is linear in the threshold, slope xi / (1 - xi)
    IntervalEstimate shape;
    double value_at_risk = 0.0;
    double expected_shortfall = 0.0; ///< at `probability`; infinite for shapes from one on
};

/// Fits with twice the default number of values beyond the threshold and then ever half as many.
std::vector<ThresholdRow> threshold_table(const std::vector<double>& sorted, double probability, double confidence);

} // namespace plunge
