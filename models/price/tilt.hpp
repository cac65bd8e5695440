// A change of the law that paths are drawn from, and the likelihood ratio that undoes it: importance sampling.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace plunge {

/// What the likelihood ratio of a path depends on; counted while it is drawn, whatever the law.
struct PathMoments {
    /// Arrivals of jumps that come together.
    struct Clock {
        double expected = 0.0; ///< arrivals under the scenario's law
        double arrivals = 0.0;
        std::vector<double> size_sum; ///< [assets] of the standard normals that their sizes are made of
    };
    double steps = 0.0;
    std::vector<double> normal_sum; ///< [assets] of the standard normals of the diffusion, before correlation
    std::vector<Clock> clocks;
};

/// Moves the means of the diffusion's normals, the intensities of jumps and the means of the normals of their sizes.
/// Empty: the scenario's own law.
struct PathTilt {
    struct Clock {
        double rate_factor = 1.0;       ///< intensity over the scenario's; positive
        std::vector<double> size_shift; ///< [assets]
    };
    std::vector<double> shift; ///< [assets] per step
    std::vector<Clock> clocks;

    double shift_of(std::size_t asset) const { return shift.empty() ? 0.0 : shift[asset]; }
    double rate_factor(std::size_t clock) const { return clocks.empty() ? 1.0 : clocks[clock].rate_factor; }
    double size_shift(std::size_t clock, std::size_t asset) const {
        return clocks.empty() ? 0.0 : clocks[clock].size_shift[asset];
    }

    /// log dQ/dP of a path, Q the tilted law and P the scenario's. With S, N, Z the moments of the path, T its steps,
    /// L the expected arrivals, theta, f, eta the tilt:
    ///
    ///   sum_a (theta_a S_a - theta_a^2 T / 2) + sum_c (N_c log f_c - L_c (f_c - 1) + sum_a (eta_ca Z_ca - eta_ca^2 N_c
    ///   / 2))
    ///
    /// Source: Glasserman (2003), Monte Carlo Methods in Financial Engineering, section 4.6: exponential change of
    /// measure of normals and of Poisson counts.
    double log_likelihood_ratio(const PathMoments& path) const {
        double sum = 0.0;
        for (std::size_t a = 0; a < shift.size(); ++a) {
            sum += shift[a] * (path.normal_sum[a] - 0.5 * shift[a] * path.steps);
        }
        for (std::size_t c = 0; c < clocks.size(); ++c) {
            const PathMoments::Clock& clock = path.clocks[c];
            sum += clock.arrivals * std::log(clocks[c].rate_factor) - clock.expected * (clocks[c].rate_factor - 1.0);
            for (std::size_t a = 0; a < clock.size_sum.size(); ++a) {
                const double eta = clocks[c].size_shift[a];
                sum += eta * (clock.size_sum[a] - 0.5 * eta * clock.arrivals);
            }
        }
        return sum;
    }
};

/// How a path is to be drawn, and where its moments are added up.
struct Tilting {
    const PathTilt& tilt;
    PathMoments& moments;
};

} // namespace plunge
