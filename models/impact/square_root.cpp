#include "models/impact/square_root.hpp"

#include <algorithm>
#include <cmath>

#include "models/common/quadrature.hpp"

namespace plunge {
namespace {

struct Integrals {
    double money = 0.0; // integral of |y| e^y dy
    double base = 0.0;  // integral of |y| dy
};

// Both integrals over one side of zero. Quantity consumed has density proportional to |y|, so their ratio is a mean of
// e^y with positive weights: it lies between the prices at the ends whatever the rounding.
Integrals one_side(double from, double to) {
    const int panels = 1 + static_cast<int>(std::min(std::fabs(to - from), 64.0));
    const double sign = to > from ? 1.0 : -1.0;
    return {sign * gauss_legendre(from, to, panels, [](double y) { return std::fabs(y) * det_exp(y); }),
            0.5 * std::fabs(to - from) * std::fabs(to + from)};
}

} // namespace

double SquareRootImpact::mean_relative_price(std::size_t /*asset*/, double y_before, double y_after) const {
    if (y_before == y_after) return det_exp(y_before);
    Integrals sum;
    if (y_before * y_after < 0.0) {
        sum = one_side(y_before, 0.0);
        const Integrals other = one_side(0.0, y_after);
        sum.money += other.money;
        sum.base += other.base;
    } else {
        sum = one_side(y_before, y_after);
    }
    // So small a trade that its quantity underflows happens at the price there is.
    return sum.base > 0.0 ? sum.money / sum.base : det_exp(y_before);
}

} // namespace plunge
