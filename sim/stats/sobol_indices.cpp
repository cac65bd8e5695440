#include "sim/stats/sobol_indices.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "models/random/philox.hpp"
#include "models/random/variates.hpp"
#include "sim/stats/order_statistic.hpp"

namespace plunge {
namespace {

constexpr std::size_t resamples = 1000;
constexpr std::uint8_t bootstrap_lane = 8; // beside those of the designs

// What a row gives to the sums that the estimators are made of. Sums are linear in rows, so that a resample is a choice
// of rows.
class RowSums {
  public:
    explicit RowSums(std::size_t factors) : factors_{factors}, sums_(2 + 3 * factors) {}

    // f(A), f(B), f(A_B^1), ..., less the mean of all.
    void add(const double* row, double mean) {
        const double a = row[0] - mean;
        const double b = row[1] - mean;
        sums_[0] += 0.5 * (a + b);
        sums_[1] += 0.5 * (a * a + b * b);
        for (std::size_t i = 0; i < factors_; ++i) {
            const double change = row[2 + i] - mean - a;
            sums_[2 + 3 * i] += b * change;
            sums_[3 + 3 * i] += change;
            sums_[4 + 3 * i] += change * change;
        }
    }

    void add(const RowSums& other) {
        for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += other.sums_[i];
    }

    void clear() { std::fill(sums_.begin(), sums_.end(), 0.0); }

    double variance(double rows) const {
        const double mean = sums_[0] / rows;
        return sums_[1] / rows - mean * mean;
    }
    // The mean of this choice of rows is not that of all: f(B) is taken less it here.
    double first_order(std::size_t i, double rows) const {
        const double mean = sums_[0] / rows;
        return (sums_[2 + 3 * i] - mean * sums_[3 + 3 * i]) / rows / variance(rows);
    }
    double total(std::size_t i, double rows) const { return 0.5 * sums_[4 + 3 * i] / rows / variance(rows); }

  private:
    std::size_t factors_;
    std::vector<double> sums_;
};

void set_interval(IntervalEstimate& estimate, std::vector<double>& replicates, double confidence) {
    std::sort(replicates.begin(), replicates.end());
    estimate.low = order_statistic(replicates, 0.5 - 0.5 * confidence);
    estimate.high = order_statistic(replicates, 0.5 + 0.5 * confidence);
}

} // namespace

std::vector<SobolIndex> sobol_indices(const std::vector<double>& values, std::size_t factors, double confidence,
                                      std::uint64_t seed) {
    const std::size_t width = factors + 2;
    if (factors == 0 || values.size() % width != 0)
        throw std::invalid_argument("sobol_indices: values do not fill the rows of a design");
    const std::size_t rows = values.size() / width;
    const auto n = static_cast<double>(rows);
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    std::vector<SobolIndex> indices(factors, SobolIndex{{nan, nan, nan}, {nan, nan, nan}});

    double mean = 0.0;
    for (std::size_t row = 0; row < rows; ++row) mean += 0.5 * (values[row * width] + values[row * width + 1]) / n;
    double largest = 0.0;
    for (const double value : values) largest = std::max(largest, std::fabs(value));
    std::vector<RowSums> of_row(rows, RowSums(factors));
    RowSums all(factors);
    for (std::size_t row = 0; row < rows; ++row) {
        of_row[row].add(values.data() + row * width, mean);
        all.add(of_row[row]);
    }
    // A variance of rounding errors is none; the comparison is false for NaN too.
    constexpr double rounding = 1e-12;
    if (rows < 2 || !(std::sqrt(all.variance(n)) > rounding * largest)) return indices;

    std::vector<std::vector<double>> first(factors);
    std::vector<std::vector<double>> total(factors);
    RowSums resample(factors);
    for (std::size_t r = 0; r < resamples; ++r) {
        PhiloxEngine engine(StreamKey{.seed = seed, .stream = Stream::design, .lane = bootstrap_lane},
                            static_cast<std::uint32_t>(r));
        resample.clear();
        for (std::size_t row = 0; row < rows; ++row)
            resample.add(of_row[static_cast<std::size_t>(draw_uniform(engine) * n)]);
        if (!(std::sqrt(resample.variance(n)) > rounding * largest)) continue; // all rows alike: it says nothing
        for (std::size_t i = 0; i < factors; ++i) {
            first[i].push_back(resample.first_order(i, n));
            total[i].push_back(resample.total(i, n));
        }
    }
    for (std::size_t i = 0; i < factors; ++i) {
        indices[i].first_order.point = all.first_order(i, n);
        indices[i].total.point = all.total(i, n);
        set_interval(indices[i].first_order, first[i], confidence);
        set_interval(indices[i].total, total[i], confidence);
    }
    return indices;
}

} // namespace plunge
