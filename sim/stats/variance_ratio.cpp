#include "sim/stats/variance_ratio.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/math/distributions/fisher_f.hpp>

namespace plunge {

VarianceEstimate estimate_variance_of_mean(const std::vector<double>& observations) {
    if (observations.size() < 2) return {std::numeric_limits<double>::quiet_NaN(), 0.0};
    const auto n = static_cast<double>(observations.size());
    const MeanEstimate estimate = estimate_mean(observations);
    double squares = 0.0;
    double fourth = 0.0;
    for (const double x : observations) {
        const double square = (x - estimate.mean) * (x - estimate.mean);
        squares += square;
        fourth += square * square;
    }
    if (!(squares > 0.0)) return {0.0, n - 1.0};
    const double kurtosis = n * fourth / (squares * squares);
    const double freedom = kurtosis > 1.0 ? 2.0 * n / (kurtosis - 1.0) : n - 1.0;
    return {estimate.standard_error * estimate.standard_error, std::min(n - 1.0, freedom)};
}

VarianceEstimate sum_of(const std::vector<VarianceEstimate>& estimates) {
    double sum = 0.0;
    double spread = 0.0;
    double freedom = 0.0;
    for (const VarianceEstimate& estimate : estimates) {
        sum += estimate.variance;
        spread += estimate.variance * estimate.variance / estimate.degrees_of_freedom;
        freedom += estimate.degrees_of_freedom;
    }
    return {sum, spread > 0.0 ? sum * sum / spread : freedom};
}

VarianceEstimate average(const std::vector<VarianceEstimate>& estimates) {
    VarianceEstimate sum = sum_of(estimates);
    sum.variance /= static_cast<double>(estimates.size());
    return sum;
}

VarianceRatio variance_ratio(const VarianceEstimate& estimate, const VarianceEstimate& reference, double confidence) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    if (!(reference.variance > 0.0) || !(estimate.degrees_of_freedom > 0.0)) return {nan, {nan, nan}};
    const double ratio = estimate.variance / reference.variance;
    const boost::math::fisher_f spread(estimate.degrees_of_freedom, reference.degrees_of_freedom);
    const double beyond = 0.5 * (1.0 - confidence);
    return {ratio,
            {ratio / boost::math::quantile(spread, 1.0 - beyond), ratio / boost::math::quantile(spread, beyond)}};
}

} // namespace plunge
