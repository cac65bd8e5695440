// Draws from a scenario's distributions: uniforms go in, values come out.
#pragma once

#include <cstddef>
#include <variant>

#include "models/common/values.hpp"
#include "models/random/philox.hpp"

namespace plunge {

/// One of a scenario's distributions, ready to draw many values by its inverse distribution function. Between bounds it
/// is the inverse of the truncated distribution, the law of values that are drawn again until they lie inside: a value
/// takes one uniform, and the value rises (beyond the median of what bounds leave below: falls) with it.
class Sampler {
  public:
    explicit Sampler(const Distribution& distribution);

    /// Turns uniforms inside (0, 1) into draws, in place.
    void fill(double* value, std::size_t count) const;

  private:
    struct Linear {
        double offset;
        double scale;
    };
    struct Exponential { // factor e^(rate u)
        double factor;
        double rate;
    };
    struct Power { // factor (1 - mass u)^exponent
        double factor;
        double mass;
        double exponent;
    };
    // Standard normals between two bounds: Phi^-1 of from + width u, times a sign. The side is that of the lower tail,
    // where small probabilities keep their digits.
    struct BoundedNormal {
        double from;
        double width;
        double sign;

        BoundedNormal(double lowest, double highest);
        void fill(double* value, std::size_t count) const;
    };
    struct Normal {
        BoundedNormal normal;
        double mean;
        double stddev;
    };
    struct LogNormal {
        BoundedNormal normal;
        double median;
        double sigma;
    };

    std::variant<Linear, Exponential, Power, Normal, LogNormal> inverse_;
    double min_; // bounds, which rounding may pass; what holds nearly no probability ends there too
    double max_;
};

/// Shares that sum to one, from a symmetric Dirichlet distribution. \param share  [count], written
void draw_dirichlet(PhiloxEngine& engine, double concentration, std::size_t count, double* share);

} // namespace plunge
