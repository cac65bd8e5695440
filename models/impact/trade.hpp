// One trade against the books of all assets of a venue: new displacements and average prices.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "models/common/quadrature.hpp"
#include "models/common/values.hpp"
#include "models/random/elementary.hpp"

namespace plunge {

/// The books that a trade meets.
struct BookState {
    std::vector<double> undisplaced_price; ///< [A] exp(x + m): the price with no transient displacement
    std::vector<double> transient;         ///< [A] y
    std::vector<double> depth_multiplier;  ///< [A] g
};

/// What a trade does.
struct Execution {
    std::vector<double> average_price; ///< [A] quote per base; the current price where nothing is traded
    std::vector<double> transient;     ///< [A] y after the trade
};

namespace detail {

/// Integral over u in [0, 1] of f, where f behaves like a square root at the points `kinks` (inside or outside).
/// Around its nearest kink every piece is taken in s with u = kink + s |s|, which makes the square root smooth.
template <class Function> double integrate_with_kinks(std::vector<double> kinks, Function&& f) {
    constexpr int panels = 2;
    constexpr double same_kink = 1e-12;
    // A root far from [0, 1] is smooth there, and the substitution would lose as many digits as it is away.
    std::erase_if(kinks, [](double kink) { return !(std::fabs(kink) < 100.0); });
    if (kinks.empty()) return gauss_legendre(0.0, 1.0, panels, f);
    std::sort(kinks.begin(), kinks.end());
    double sum = 0.0;
    for (std::size_t k = 0; k < kinks.size(); ++k) {
        const double kink = kinks[k];
        const double from = k == 0 ? 0.0 : std::clamp(0.5 * (kinks[k - 1] + kink), 0.0, 1.0);
        const double to = k + 1 == kinks.size() ? 1.0 : std::clamp(0.5 * (kink + kinks[k + 1]), 0.0, 1.0);
        const auto root = [&](double u) { return std::copysign(std::sqrt(std::fabs(u - kink)), u - kink); };
        // In s the next kink is a singularity sqrt(distance) away, at either side: panels grow from that length.
        double grain = std::numeric_limits<double>::infinity();
        for (const double other : kinks) {
            const double distance = std::fabs(other - kink);
            if (distance > same_kink) grain = std::min(grain, std::sqrt(distance));
        }
        const auto piece = [&](double s_from, double s_to) { // on one side of the kink
            const double sign = s_from < 0.0 ? -1.0 : 1.0;
            double low = std::min(std::fabs(s_from), std::fabs(s_to));
            const double end = std::max(std::fabs(s_from), std::fabs(s_to));
            double integral = 0.0;
            while (low < end) {
                const double high = std::min(end, std::max(grain, 2.0 * low));
                integral += gauss_legendre(low, high, panels,
                                           [&](double s) { return f(kink + sign * s * s) * 2.0 * s; });
                low = high;
            }
            return integral;
        };
        const double s_from = root(from);
        const double s_to = root(to);
        if (s_from < 0.0 && s_to > 0.0) {
            sum += piece(s_from, 0.0) + piece(0.0, s_to);
        } else if (s_from < s_to) {
            sum += piece(s_from, s_to);
        }
    }
    return sum;
}

} // namespace detail

/// Trades `quantity` (signed base, buy positive) in every asset at once, section 3 of the model: along the straight
/// line u Q, y_a(u) = y_a + sum_b C_ab (I_b((z_b + u Q_b) / g_b) - y_b), z_b = g_b I_b^-1(y_b); the average price is
/// the integral of the price over u. Without cross impact the shape's closed form is used. \param cross  C with unit
/// diagonal; empty without cross impact
template <class Shape>
void execute(const Shape& shape, const SquareMatrix& cross, const BookState& book, const std::vector<double>& quantity,
             Execution& result) {
    const std::size_t assets = quantity.size();
    result.average_price.resize(assets);
    result.transient.resize(assets);
    const auto own_displacement = [&](std::size_t a, double u) {
        const double g = book.depth_multiplier[a];
        const double consumed = g * shape.consumed(a, book.transient[a]);
        return shape.displacement(a, (consumed + u * quantity[a]) / g);
    };
    if (cross.empty()) {
        for (std::size_t a = 0; a < assets; ++a) {
            const double y = book.transient[a];
            result.transient[a] = quantity[a] == 0.0 ? y : own_displacement(a, 1.0);
            result.average_price[a] = book.undisplaced_price[a] *
                                      (quantity[a] == 0.0 ? det_exp(y)
                                                          : shape.mean_relative_price(a, y, result.transient[a]));
        }
        return;
    }
    const auto displacement = [&](std::size_t a, double u) {
        double y = book.transient[a];
        for (std::size_t b = 0; b < assets; ++b) {
            if (quantity[b] != 0.0 && cross(a, b) != 0.0)
                y += cross(a, b) * (own_displacement(b, u) - book.transient[b]);
        }
        return y;
    };
    std::vector<double> kinks;
    for (std::size_t b = 0; b < assets && Shape::kinked_at_zero; ++b) {
        if (quantity[b] == 0.0) continue;
        kinks.push_back(-book.depth_multiplier[b] * shape.consumed(b, book.transient[b]) / quantity[b]);
    }
    for (std::size_t a = 0; a < assets; ++a) {
        result.transient[a] = displacement(a, 1.0);
        result.average_price[a] = book.undisplaced_price[a] * (quantity[a] == 0.0
                                                                   ? det_exp(book.transient[a])
                                                                   : detail::integrate_with_kinks(kinks, [&](double u) {
                                                                         return det_exp(displacement(a, u));
                                                                     }));
    }
}

} // namespace plunge
