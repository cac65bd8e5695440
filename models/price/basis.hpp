// The premium of a wrapped asset over its underlying: a mean-reverting log basis.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>

#include "models/common/values.hpp"

namespace plunge {

/// log p = log p_underlying + log rate + b, with db = -kappa b dt + sigma dW, kappa = ln 2 / half_life, taken exactly
/// at the step: b(t + 1) = phi b(t) + sqrt(sigma^2 (1 - phi^2) / (2 kappa)) Z, phi = 2^(-dt / half_life).
///
/// The log basis, not the price ratio, has mean zero: left to itself the asset is worth exp(sigma^2 / (4 kappa)) times
/// its parity on average, and its price is a martingale only as far as its basis is at rest.
/// Source: Uhlenbeck & Ornstein (1930), Phys. Rev. 36, 823; exact at any step: Gillespie (1996), Phys. Rev. E 54, 2084.
/// Gaussian: no runs on the redemption of the wrapped asset; script those as a shock of it alone.
class Basis {
  public:
    static constexpr std::string_view name = "ornstein_uhlenbeck";
    static constexpr std::string_view equation =
        "log p = log p_underlying + log rate + b, db = -kappa b dt + sigma dW, kappa = ln 2 / half_life";
    static constexpr std::string_view source =
        "Uhlenbeck & Ornstein (1930), Phys. Rev. 36, 823; exact at the step: Gillespie (1996), Phys. Rev. E 54, 2084";

    struct Params {
        double volatility = 0.0;
        double half_life_seconds = seconds_per_day;
        double start = 0.0;
        static constexpr auto fields() {
            return std::tuple{
                required_field("volatility", &Params::volatility, Unit::per_year, not_negative,
                               "annualised volatility of the log basis, mean reversion aside"),
                required_field("half_life", &Params::half_life_seconds, Unit::duration, positive,
                               "time in which half of a deviation from parity is gone"),
                optional_field("start", &Params::start, Unit::log_return, any_number,
                               "log basis that the prices at the start hold: -0.01 starts 1 % below parity")};
        }
    };

    static constexpr auto fields() { return Params::fields(); }

    Basis(const Params& params, double step_seconds);

    /// b(0)
    double start() const { return start_; }

    /// Adds b(t) - b(0) to the log moves of steps in a row.
    /// \param normals  of these steps
    /// \param before   b of the step before them
    /// \param out      log moves of these steps
    /// \return b of the last one
    double add_to(const double* normals, std::size_t steps, double before, double* out) const;

  private:
    double keep_;        // phi
    double step_stddev_; // of a step's innovation
    double start_;
};

} // namespace plunge
