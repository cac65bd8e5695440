// Tails and quantiles of values that weigh differently: likelihood ratios of importance sampling.
#pragma once

#include <vector>

#include "sim/stats/interval.hpp"

namespace plunge {

struct WeightedValue {
    double value = 0.0;
    double weight = 0.0; ///< of mean one over independent values
};

/// A sample whose weighted mean (1/n) sum w f(x) is unbiased for E f(X).
class WeightedTail {
  public:
    /// \param values  independent, without NaN; infinite values may be among them
    explicit WeightedTail(std::vector<WeightedValue> values);

    /// P(X > level), and Student's t interval of the mean of w 1{x > level}; above one they are one.
    IntervalEstimate exceedance(double level, double confidence) const;

    /// Standard error of P(X > level) over its estimate; infinite where no value lies beyond.
    double relative_error(double level) const;

    /// The smallest value with P(X > value) <= 1 - probability, and the values at which the ends of the interval of
    /// P(X > value) pass 1 - probability.
    /// Source: Chu & Nakayama, Confidence intervals for quantiles when applying variance-reduction techniques, have the
    /// theory, importance sampling included; the interval here inverts the test of every value instead of using a
    /// density.
    IntervalEstimate quantile(double probability, double confidence) const;

    /// Mean of X beyond its quantile, with as much of the quantile itself as an atom there leaves.
    double expected_shortfall(double probability) const;

    std::size_t size() const { return sorted_.size(); }

  private:
    struct Beyond {
        double weight = 0.0;
        double square = 0.0;
    };
    // Places in sorted_ count the values that are not beyond.
    double share_beyond(std::size_t place) const;
    double error_beyond(std::size_t place) const;
    template <class Accepts> double first_value(Accepts&& accepts) const;

    std::vector<WeightedValue> sorted_;
    std::vector<Beyond> beyond_; // [size + 1] sums over sorted_[place ...]
};

} // namespace plunge
