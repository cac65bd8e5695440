#include "sim/stats/difference.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "sim/stats/distributions.hpp"

namespace plunge {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double sum_of_squares(const std::vector<double>& values, double mean) {
    double squares = 0.0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    return squares;
}

// Interval and p-value from what is set already. Without spread there is nothing to be uncertain about.
void conclude(MeanDifference& result, double confidence) {
    const bool certain = result.standard_error == 0.0;
    const double half =
        certain ? 0.0 : result.standard_error * student_quantile(0.5 + 0.5 * confidence, result.degrees_of_freedom);
    result.interval = {result.difference - half, result.difference + half};
    if (certain) {
        result.p_value = result.difference == 0.0 ? 1.0 : 0.0;
    } else {
        result.p_value = student_two_sided(result.difference / result.standard_error, result.degrees_of_freedom);
    }
}

} // namespace

MeanEstimate estimate_mean(const std::vector<double>& values) {
    MeanEstimate estimate{values.size(), nan, nan};
    if (values.empty()) return estimate;
    const auto n = static_cast<double>(values.size());
    double sum = 0.0;
    for (const double value : values) sum += value;
    estimate.mean = sum / n;
    if (values.size() > 1) estimate.standard_error = std::sqrt(sum_of_squares(values, estimate.mean) / (n - 1.0) / n);
    return estimate;
}

MeanDifference paired_difference(const std::vector<double>& a, const std::vector<double>& b, double confidence) {
    if (a.size() != b.size()) throw std::invalid_argument("paired_difference: samples of unequal length");
    if (a.size() < 2) throw std::invalid_argument("paired_difference: less than two pairs");
    std::vector<double> differences(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) differences[i] = b[i] - a[i];
    const MeanEstimate mean = estimate_mean(differences);
    MeanDifference result{
        estimate_mean(a), estimate_mean(b), mean.mean, mean.standard_error, static_cast<double>(a.size() - 1), {}, 1.0};
    conclude(result, confidence);
    return result;
}

MeanDifference welch_difference(const MeanEstimate& a, const MeanEstimate& b, double confidence) {
    if (a.observations < 2 || b.observations < 2)
        throw std::invalid_argument("welch_difference: less than two observations");
    const double square_a = a.standard_error * a.standard_error;
    const double square_b = b.standard_error * b.standard_error;
    const double sum = square_a + square_b;
    MeanDifference result{a, b, b.mean - a.mean, std::sqrt(sum), infinity, {}, 1.0};
    if (sum > 0.0)
        result.degrees_of_freedom = sum * sum /
                                    (square_a * square_a / static_cast<double>(a.observations - 1) +
                                     square_b * square_b / static_cast<double>(b.observations - 1));
    conclude(result, confidence);
    return result;
}

double standardised_difference(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() < 2 || b.size() < 2) return nan;
    const MeanEstimate in_a = estimate_mean(a);
    const MeanEstimate in_b = estimate_mean(b);
    const double variance_a = sum_of_squares(a, in_a.mean) / static_cast<double>(a.size() - 1);
    const double variance_b = sum_of_squares(b, in_b.mean) / static_cast<double>(b.size() - 1);
    const double spread = std::sqrt(0.5 * (variance_a + variance_b));
    return spread > 0.0 ? (in_b.mean - in_a.mean) / spread : nan;
}

} // namespace plunge
