#include "sim/stats/generalized_pareto.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/roots.hpp>

namespace plunge {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Maximum {
    double place = 0.0;
    double value = -infinity;
};

// The largest value of `function` on [low, high]: the best of evenly spaced places, then between its neighbours.
template <class Function> Maximum maximize(double low, double high, int places, const Function& function) {
    const double spacing = (high - low) / (places - 1);
    Maximum best;
    for (int i = 0; i < places; ++i) {
        const double place = i + 1 < places ? low + i * spacing : high;
        const double value = function(place);
        if (value > best.value) best = {place, value};
    }
    constexpr int bits = std::numeric_limits<double>::digits / 2; // no more can be told of a smooth maximum
    constexpr double lowest = std::numeric_limits<double>::lowest();
    const auto [place, negative] = boost::math::tools::brent_find_minima(
        [&](double x) { return -std::max(function(x), lowest); }, std::max(low, best.place - spacing),
        std::min(high, best.place + spacing), bits);
    return -negative > best.value ? Maximum{place, -negative} : best;
}

// Where a continuous function that is positive at `inside` and negative at `outside` is zero.
template <class Function> double crossing(double inside, double outside, const Function& function) {
    const double at_inside = function(inside);
    const double at_outside = function(outside);
    if (!(at_inside > 0.0)) return inside;
    if (!(at_outside < 0.0)) return outside;
    std::uintmax_t most_steps = 200;
    const boost::math::tools::eps_tolerance<double> close(40);
    const bool upwards = inside < outside;
    const auto [low, high] =
        upwards
            ? boost::math::tools::toms748_solve(function, inside, outside, at_inside, at_outside, close, most_steps)
            : boost::math::tools::toms748_solve(function, outside, inside, at_outside, at_inside, close, most_steps);
    return 0.5 * (low + high);
}

double half_chi_squared(double confidence) {
    return 0.5 * quantile(boost::math::chi_squared_distribution<double>(1.0), confidence);
}

} // namespace

ExcessLikelihood::ExcessLikelihood(std::vector<double> excesses) : excess_{std::move(excesses)} {
    double sum = 0.0;
    for (const double y : excess_) {
        if (!(y > 0.0) || !std::isfinite(y)) throw std::invalid_argument("excesses must be positive and finite");
        sum += y;
    }
    if (excess_.empty()) throw std::invalid_argument("there are no excesses");
    unit_ = sum / static_cast<double>(excess_.size());
    for (double& y : excess_) y /= unit_;
    const auto [smallest, largest] = std::minmax_element(excess_.begin(), excess_.end());
    smallest_ = *smallest;
    largest_ = *largest;
    if (!(largest_ > smallest_)) throw std::invalid_argument("all excesses are alike: there is no spread to fit");
}

double ExcessLikelihood::operator()(const GeneralizedPareto& parameters) const {
    const double xi = parameters.xi;
    const double beta = parameters.beta / unit_;
    const double ratio = xi / beta;
    if (!(beta > 0.0) || !(1.0 + ratio * largest_ > 0.0)) return -infinity;
    double sum = 0.0;
    if (xi == 0.0) {
        for (const double y : excess_) sum += y / beta;
    } else {
        for (const double y : excess_) sum += std::log1p(ratio * y);
        sum *= 1.0 + 1.0 / xi;
    }
    return -static_cast<double>(excess_.size()) * std::log(parameters.beta) - sum;
}

// The score of the scale is zero where the mean of (1 + xi) y / (beta + xi y) is one; that mean falls with beta from
// above one, where beta is below all values, to below one, where it is above them.
double ExcessLikelihood::best_scale(double xi) const {
    if (xi == 0.0) return unit_; // the mean
    const auto n = static_cast<double>(excess_.size());
    const auto score = [&](double log_beta) {
        const double beta = std::exp(log_beta);
        double sum = 0.0;
        for (const double y : excess_) sum += y / (beta + xi * y);
        return (1.0 + xi) * sum / n - 1.0;
    };
    double low = smallest_;
    if (xi < 0.0) { // the support must reach the largest value; close to that its term alone is above n
        const double room = 0.5 * std::min(1.0, (1.0 + xi) / (-xi * n));
        low = std::max(low, -xi * largest_ * (1.0 + room));
    }
    return unit_ * std::exp(crossing(std::log(low), std::log(largest_), score));
}

ParetoFit ExcessLikelihood::fit() const {
    constexpr int places = 56; // a tenth apart
    const Maximum best = maximize(smallest_shape, largest_shape, places, [&](double xi) { return at_best_scale(xi); });
    constexpr double margin = 1e-4;
    return {{best.place, best_scale(best.place)},
            best.value,
            excess_.size(),
            best.place < smallest_shape + margin || best.place > largest_shape - margin};
}

IntervalEstimate ExcessLikelihood::shape_interval(const ParetoFit& fit, double confidence) const {
    const double least = fit.log_likelihood - half_chi_squared(confidence);
    const auto above = [&](double xi) { return at_best_scale(xi) - least; };
    const double xi = fit.parameters.xi;
    return {xi, crossing(xi, smallest_shape, above), crossing(xi, largest_shape, above)};
}

IntervalEstimate ExcessLikelihood::multiple_interval(const ParetoFit& fit,
                                                     const std::function<double(double)>& multiple, double below_shape,
                                                     double confidence) const {
    const double least = fit.log_likelihood - half_chi_squared(confidence);
    // Shapes are looked at by the logarithm of their distance to the end: as a quantity grows, the shape that bears it
    // best comes as close to the end as one likes.
    const double end = std::min(below_shape, largest_shape + 1.0);
    const double farthest = std::log(end - smallest_shape);
    const double closest = std::log(below_shape <= largest_shape ? 1e-9 : 1.0);
    constexpr int places = 48;
    const auto above = [&](double log_quantity) {
        const double quantity = std::exp(log_quantity);
        const Maximum best = maximize(closest, farthest, places, [&](double distance) {
            const double xi = end - std::exp(distance);
            return (*this)({xi, quantity / multiple(xi)});
        });
        return best.value - least;
    };
    IntervalEstimate estimate{infinity, 0.0, infinity};
    double start = 0.0; // the log of a quantity that is not rejected
    if (fit.parameters.xi < below_shape) {
        estimate.point = fit.parameters.beta * multiple(fit.parameters.xi);
        start = std::log(estimate.point);
    } else {
        // The best of the shapes with a finite quantity, close to the end, if that is good enough.
        const double xi = end - std::exp(closest);
        if (at_best_scale(xi) < least) return {infinity, infinity, infinity};
        start = std::log(best_scale(xi) * multiple(xi));
    }
    constexpr double widest = 60.0; // in the logarithm
    const auto outwards = [&](double direction) {
        for (double step = 0.25; step < widest; step *= 2.0) {
            if (above(start + direction * step) < 0.0) return crossing(start, start + direction * step, above);
        }
        return direction * infinity;
    };
    estimate.low = std::exp(outwards(-1.0));
    const bool bounded = below_shape > largest_shape || at_best_scale(below_shape) < least;
    if (bounded) estimate.high = std::exp(outwards(1.0));
    return estimate;
}

} // namespace plunge
