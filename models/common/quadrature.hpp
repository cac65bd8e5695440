// Gauss-Legendre quadrature, ten points.
#pragma once

#include <array>
#include <cstddef>

namespace plunge {

/// Integral of `f` over [from, to] by `panels` panels of ten Gauss-Legendre points.
/// Source of nodes and weights: Abramowitz & Stegun (1964), table 25.4.
template <class Function> double gauss_legendre(double from, double to, int panels, Function&& f) {
    constexpr std::array<double, 5> node{0.1488743389816312, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845,
                                         0.9739065285171717};
    constexpr std::array<double, 5> weight{0.2955242247147529, 0.2692667193099963, 0.2190863625159820,
                                           0.1494513491505806, 0.0666713443086881};
    double sum = 0.0;
    for (int panel = 0; panel < panels; ++panel) {
        const double low = from + (to - from) * panel / panels;
        const double high = from + (to - from) * (panel + 1) / panels;
        const double centre = 0.5 * (low + high);
        const double half = 0.5 * (high - low);
        for (std::size_t i = 0; i < node.size(); ++i) {
            sum += half * weight[i] * (f(centre - half * node[i]) + f(centre + half * node[i]));
        }
    }
    return sum;
}

} // namespace plunge
