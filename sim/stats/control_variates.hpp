// Means with less variance, from other quantities of the same worlds whose means are known better.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/stats/difference.hpp"
#include "sim/stats/observations.hpp"

namespace plunge {

/// Quantities known of every world, whose means are estimated from other worlds: many, for which nothing else is worked
/// out.
struct Controls {
    std::vector<std::vector<double>> values; ///< [controls][worlds]
    std::vector<std::vector<double>>
        elsewhere;            ///< [controls][observations], independent of one another and of `values`
    std::vector<double> mean; ///< [controls], from elsewhere
};

/// \param elsewhere   [controls][worlds] of the other worlds
/// \param dependence  of the other worlds
Controls make_controls(std::vector<std::vector<double>> values, const std::vector<std::vector<double>>& elsewhere,
                       Dependence dependence);

struct ControlledMean {
    MeanEstimate estimate;                    ///< with the standard error of both parts
    std::vector<double> observations;         ///< of y - b' (c - mu): worlds, pairs, replications
    std::vector<double> control_observations; ///< of b' c elsewhere
};

/// A mean by regression on controls:
///     mean(y - b' (c - mu)),  b = S_cc^-1 S_cy,
/// with the standard error of the mean of y - b' (c - mu), and of b' mu, which is an estimate of its own worlds.
/// Source: Lavenberg & Welch (1981), Management Science 27, 322; Glasserman (2003), Monte Carlo Methods in Financial
/// Engineering, section 4.1. Because b is estimated from the same worlds the mean has a bias of order 1 / worlds, small
/// beside its standard error, and the latter is too small by a share of the order of controls over worlds.
/// \param values      of y, one per world, none missing
/// \param dependence  of the worlds
ControlledMean controlled_mean(const std::vector<double>& values, const Controls& controls, Dependence dependence);

} // namespace plunge
