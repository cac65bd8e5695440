// The average price of a trade with cross impact by brute force: nothing is known of where a shape is not smooth.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "models/common/quadrature.hpp"
#include "models/impact/trade.hpp"

namespace plunge::test {

/// Integral of f over [from, to]: halved until both halves agree with the whole.
template <class Function> double halving_integral(const Function& f, double from, double to, int depth = 0) {
    const double whole = gauss_legendre(from, to, 1, f);
    const double middle = 0.5 * (from + to);
    const double halves = gauss_legendre(from, middle, 1, f) + gauss_legendre(middle, to, 1, f);
    const double change = std::fabs(whole - halves);
    if (depth > 60 || (depth > 2 && change <= 1e-17 + 4e-15 * std::fabs(halves))) return halves;
    return halving_integral(f, from, middle, depth + 1) + halving_integral(f, middle, to, depth + 1);
}

/// Section 3 of the model for asset `a`: the integral of exp(y_a(u)) over the line, times the undisplaced price.
template <class Shape>
double price_along_line(const Shape& shape, const SquareMatrix& cross, const BookState& book,
                        const std::vector<double>& quantity, std::size_t a) {
    const auto price = [&](double u) {
        double y = book.transient[a];
        for (std::size_t b = 0; b < quantity.size(); ++b) {
            const double consumed = shape.consumed(b, book.transient[b]) + u * quantity[b] / book.depth_multiplier[b];
            y += cross(a, b) * (quantity[b] == 0.0 ? 0.0 : shape.displacement(b, consumed) - book.transient[b]);
        }
        return std::exp(y);
    };
    return book.undisplaced_price[a] * halving_integral(price, 0.0, 1.0);
}

} // namespace plunge::test
