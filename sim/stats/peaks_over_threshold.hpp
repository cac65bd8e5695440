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
/// Intervals are by profile likelihood of (xi, beta), u and zeta given; what is not known of zeta, by the exact
/// interval of a binomial share, is added to each end as to that of a sum (the root of the sum of squares; Zou & Donner
/// 2008, Stat. Med. 27, 1693). Source: McNeil & Frey (2000), J. Empir. Finance 7, 271; McNeil, Frey & Embrechts (2015),
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

    /// Likewise with what lies beyond a threshold of one's own.
    static std::optional<PeaksOverThreshold> fit_beyond(const std::vector<double>& sorted, double threshold);

    double threshold() const { return threshold_; }
    std::uint64_t exceedances() const { return fit_.count; }
    double share() const { return share_; } ///< zeta
    const ParetoFit& pareto() const { return fit_; }
    double mean_excess() const { return mean_excess_; }
    double p_value() const { return p_value_; } ///< of the Anderson-Darling test (sim/stats/pareto_test.hpp)

    IntervalEstimate shape(double confidence) const { return likelihood_.shape_interval(fit_, confidence); }
    /// \param probability  at least 1 - share(). \throws std::invalid_argument
    IntervalEstimate value_at_risk(double probability, double confidence) const;
    IntervalEstimate expected_shortfall(double probability, double confidence) const;

  private:
    PeaksOverThreshold(double threshold, std::size_t sample, std::vector<double> excesses);
    double reach(double probability) const;
    template <class Multiple>
    IntervalEstimate estimate(const Multiple& multiple, double below_shape, double probability,
                              double confidence) const;

    double threshold_;
    std::size_t sample_;
    double share_;
    double mean_excess_;
    ExcessLikelihood likelihood_;
    ParetoFit fit_;
    double p_value_;
};

/// One threshold of a list: where the tail is Pareto, the shape and what follows from it stand still.
struct ThresholdRow {
    std::uint64_t exceedances = 0;
    double threshold = 0.0;
    double mean_excess =
        0.0; ///< beyond a threshold in a Pareto tail it is linear in the threshold, slope xi / (1 - xi)
    IntervalEstimate shape;
    double p_value = 1.0;            ///< of a Pareto tail from here on
    double value_at_risk = 0.0;      ///< at `probability`
    double expected_shortfall = 0.0; ///< infinite for shapes from one on
};

/// Fits with a fifth of the values beyond the threshold, at most all that are above zero, and then ever fewer, by a
/// root of two each time, as long as the quantile at `probability` lies beyond the threshold and there are
/// `fewest_exceedances`.
std::vector<ThresholdRow> threshold_table(const std::vector<double>& sorted, double probability, double confidence);

} // namespace plunge
