// One trade against the books of all assets of a venue: new displacements and average prices.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "models/common/quadrature.hpp"
#include "models/common/tolerances.hpp"
#include "models/common/values.hpp"
#include "models/impact/family.hpp"
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

/// How much of a trade books fill that hold so much and no more.
struct Filled {
    std::vector<double> share;    ///< [A] of the quantity
    std::vector<double> quantity; ///< [A] that is traded [signed base]
    double missing = 0.0;         ///< of the asset that lacks most, the share that is not there

    bool everything() const { return missing == 0.0; }
};

/// What of `quantity` (signed base, buy positive) books with `resting` base on each side (section "A round at one
/// venue" of sim/README.md, 4) fill; all of it where that is empty.
template <class Shape>
void fill(const Shape& shape, const PerAsset& resting, const BookState& book, const std::vector<double>& quantity,
          Filled& filled) {
    filled.quantity = quantity;
    filled.share.assign(quantity.size(), 1.0);
    filled.missing = 0.0;
    for (std::size_t a = 0; a < resting.size(); ++a) {
        if (quantity[a] == 0.0) continue;
        const double asked = std::fabs(quantity[a]);
        const double consumed = shape.consumed(a, book.transient[a]);
        const double left = quantity[a] > 0.0 ? resting[a] - consumed : resting[a] + consumed;
        const double room = left < tolerance::empty_side * resting[a] ? 0.0 : book.depth_multiplier[a] * left;
        if (room >= asked) continue;
        const double missing = (asked - room) / asked;
        filled.missing = std::max(filled.missing, missing);
        if (missing <= tolerance::unfilled) continue;
        filled.share[a] = 1.0 - missing < tolerance::unfilled ? 0.0 : room / asked;
        filled.quantity[a] = filled.share[a] * quantity[a];
    }
}

namespace detail {

/// A point u where the integrand is not smooth.
struct LineKink {
    double at;
    bool is_root; ///< like a square root; else like some other power
};

/// Integral over u in [0, 1] of f, which behaves like a power of the distance at the points `kinks` (inside or
/// outside). Around its nearest kink every piece is taken in s: u = kink + s |s| makes a square root smooth, u = kink +
/// s |s|^7 makes any power smooth enough for the quadrature.
template <class Function> double integrate_with_kinks(std::vector<LineKink> kinks, Function&& f) {
    constexpr int panels = 2; // of a smooth stretch; powers other than a root take twice as many
    constexpr double same_kink = 1e-12;
    // A root far from [0, 1] is smooth there, and the substitution would lose as many digits as it is away.
    std::erase_if(kinks, [](const LineKink& kink) { return !(std::fabs(kink.at) < 100.0); });
    if (kinks.empty()) return gauss_legendre(0.0, 1.0, panels, f);
    std::sort(kinks.begin(), kinks.end(), [](const LineKink& a, const LineKink& b) { return a.at < b.at; });
    double sum = 0.0;
    for (std::size_t k = 0; k < kinks.size(); ++k) {
        const double kink = kinks[k].at;
        const bool is_root = kinks[k].is_root;
        const double from = k == 0 ? 0.0 : std::clamp(0.5 * (kinks[k - 1].at + kink), 0.0, 1.0);
        const double to = k + 1 == kinks.size() ? 1.0 : std::clamp(0.5 * (kink + kinks[k + 1].at), 0.0, 1.0);
        const auto unfolded = [&](double distance) { // s of a distance from the kink
            const double s = std::sqrt(distance);
            return is_root ? s : std::sqrt(std::sqrt(s));
        };
        const auto root = [&](double u) { return std::copysign(unfolded(std::fabs(u - kink)), u - kink); };
        // In s the next kink is a singularity a root of the distance away, at either side: panels grow from that
        // length.
        double grain = std::numeric_limits<double>::infinity();
        for (const LineKink& other : kinks) {
            const double distance = std::fabs(other.at - kink);
            if (distance > same_kink) grain = std::min(grain, unfolded(distance));
        }
        const auto piece = [&](double s_from, double s_to) { // on one side of the kink
            const double sign = s_from < 0.0 ? -1.0 : 1.0;
            double low = std::min(std::fabs(s_from), std::fabs(s_to));
            const double end = std::max(std::fabs(s_from), std::fabs(s_to));
            double integral = 0.0;
            while (low < end) {
                const double high = std::min(end, std::max(grain, 2.0 * low));
                integral += gauss_legendre(low, high, is_root ? panels : 2 * panels, [&](double s) {
                    if (is_root) return f(kink + sign * s * s) * 2.0 * s;
                    const double fourth = s * s * (s * s);
                    return f(kink + sign * fourth * fourth) * 8.0 * fourth * (s * s) * s;
                });
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
    std::vector<detail::LineKink> kinks;
    for (std::size_t b = 0; b < assets; ++b) {
        if (quantity[b] == 0.0) continue;
        for (const ShapeKink& kink : shape.kinks(b)) {
            const double away = kink.consumed - shape.consumed(b, book.transient[b]);
            kinks.push_back({book.depth_multiplier[b] * away / quantity[b], kink.order == 0.5});
        }
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
