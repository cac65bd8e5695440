// What a test can see: the shift that it finds with a given probability, and the worlds that a smaller one takes.
#pragma once

namespace plunge {

/// The difference that a two-sided test at level `alpha` finds with probability `power`:
///     (t_(1 - alpha / 2) + z_power) e,  e the standard error of the difference.
/// Source: the normal approximation of any text on sample size, e.g. Gelman, Hill & Vehtari (2020), Regression and
/// Other Stories, section 16.3, whose 2.8 standard errors are alpha = .05 and power = .8.
double detectable_difference(double standard_error, double alpha, double power, double degrees_of_freedom);

/// As many times the worlds as a shift of `wanted` takes, where `detectable` is found with the worlds at hand: standard
/// errors fall with the root of their number. Infinite where nothing is wanted.
double worlds_factor(double detectable, double wanted);

} // namespace plunge
