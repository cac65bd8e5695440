// Sums of the normals that drive a path, taken from quasi-random points: what a path does at large is quasi-random.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/random/sobol.hpp"

namespace plunge {

class QuasiPaths;

/// What the driving normals of one world's path sum to over the coarse intervals of its horizon.
class ImposedSums {
  public:
    /// Shifts the normals of a driver within every interval, so that they sum to what is imposed:
    ///     z'_i = z_i - mean(z) + S / n.
    /// Given their sum, independent standard normals are the sum's share and their deviations from their mean, and the
    /// two are independent; so with S normal of variance n the z' are independent standard normals again, exactly.
    /// \param first_step  where an interval begins
    /// \param steps       up to where one ends
    /// \param normals     of these steps; shifted in place
    void impose(std::size_t driver, std::size_t first_step, std::size_t steps, double* normals) const;

  private:
    friend class QuasiPaths;
    const QuasiPaths* paths_ = nullptr;
    std::vector<double> mean_;       // [drivers x intervals], S / n
    std::vector<double> coordinate_; // of the point and of a walk: memory that the next draw uses again
    std::vector<double> walk_;
};

/// Quasi-random paths of a whole run. The horizon is cut into coarse intervals, 16 where there are as many groups of
/// eight steps. The walk W of a driver at their ends is a Brownian bridge: first W(T), then the middle of the horizon,
/// then the quarters, and so on, every one from the next coordinate of a scrambled Sobol point; so the first
/// coordinates, which are the most even, decide most. Within intervals, and for drivers beyond the table of 3,667
/// dimensions, normals stay pseudo-random, as everything else does that is not a driving normal: jumps, the mixing
/// variable of the Student-t copula, bases of wrapped assets.
///
/// World k is point k / 16 of replication k mod 16: the worlds of a replication have quasi-random paths, replications
/// are independent of one another, and their means say how large the error is.
/// Source: Caflisch, Morokoff & Owen (1997), J. Comput. Finance 1(1), 27: Brownian bridges reduce the effective
/// dimension. Replications: L'Ecuyer & Lemieux (2002), Recent advances in randomized quasi-Monte Carlo methods.
class QuasiPaths {
  public:
    static constexpr std::size_t replications = 16;
    static constexpr std::size_t most_intervals = 16;

    /// \param drivers  independent normals per step
    QuasiPaths(std::uint64_t seed, std::size_t drivers, std::size_t steps);

    /// The sums of one world.
    void draw(std::uint64_t world, ImposedSums& out) const;

    /// First steps of the intervals, and the number of steps: [intervals + 1].
    const std::vector<std::size_t>& boundaries() const { return boundary_; }
    /// The first step of the interval that a step is of.
    std::size_t interval_begin(std::size_t step) const;
    /// The last step of a whole coarse interval that is at least `steps` after `first_step`, or the end.
    std::size_t end_of_block(std::size_t first_step, std::size_t steps) const;
    /// How many have imposed sums; those after them do not.
    std::size_t drivers() const { return drivers_; }

  private:
    // A point of the bridge: W = share W(left) + (1 - share) W(right) + stddev Z, by numbers of boundaries.
    struct BridgePoint {
        std::size_t at, left, right;
        double share, stddev;
    };

    std::vector<std::size_t> boundary_;
    std::vector<BridgePoint> bridge_; // in the order of coordinates
    std::size_t drivers_;
    ScrambledSobol points_;
};

} // namespace plunge
