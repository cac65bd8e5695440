#include "tests/differential/quasi_paths.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include <boost/math/distributions/normal.hpp>
#include <boost/random/sobol.hpp>

#include "models/price/registry.hpp"
#include "models/price/student_copula.hpp"
#include "models/random/normal_block.hpp"
#include "models/random/variates.hpp"
#include "tests/differential/by_model.hpp"
#include "tests/differential/oracle_state.hpp"

namespace plunge::oracle {
namespace {

constexpr std::uint64_t replications = 16;
using Digits = std::vector<bool>; // the first one counts one half

Digits digits_of(std::uint32_t word) {
    Digits digits;
    for (int i = 31; i >= 0; --i) digits.push_back((word >> static_cast<unsigned>(i) & 1U) != 0);
    return digits;
}

// The point of this number, from the sequence drawn up to it; its zeroth is the origin.
std::vector<Digits> sobol_point(std::uint64_t number, std::size_t dimensions) {
    std::vector<Digits> point(dimensions, Digits(32, false));
    boost::random::sobol_engine<std::uint32_t, 32> sequence(dimensions);
    for (std::uint64_t i = 1; i <= number; ++i) {
        for (Digits& coordinate : point) coordinate = digits_of(sequence());
    }
    return point;
}

// Every digit becomes itself plus a random choice of those before it, plus a random one; 20 further digits are random.
double scrambled(const Digits& digits, const StreamKey& stream, std::size_t dimension) {
    PhiloxEngine random(stream, static_cast<std::uint32_t>(dimension));
    const Digits shift = digits_of(random());
    const Digits further = digits_of(random());
    double u = 0.0;
    for (std::size_t row = 0; row < 32; ++row) {
        const Digits chosen = digits_of(random());
        bool digit = digits[row] != shift[row];
        for (std::size_t column = 0; column < row; ++column) digit = digit != (chosen[column] && digits[column]);
        if (digit) u += std::ldexp(1.0, -static_cast<int>(row) - 1);
    }
    for (std::size_t i = 0; i < 20; ++i) {
        if (further[i]) u += std::ldexp(1.0, -static_cast<int>(i) - 33);
    }
    return u + std::ldexp(0.5, -52);
}

// Walks W(end of every interval) per driver: a Brownian bridge, halving the widest gaps first.
std::vector<Vector> coarse_walks(const Vector& ends, const Vector& uniform, std::size_t drivers) {
    const std::size_t last = ends.size() - 1;
    std::vector<Vector> walks;
    for (std::size_t d = 0; d < drivers; ++d) {
        std::size_t coordinate = d;
        const auto normal = [&] {
            const double z = boost::math::quantile(boost::math::normal(), uniform[coordinate]);
            coordinate += drivers;
            return z;
        };
        Vector walk(ends.size(), 0.0);
        walk[last] = std::sqrt(ends[last]) * normal();
        std::vector<std::vector<std::size_t>> level{{0, last}};
        while (!level.empty()) {
            std::vector<std::vector<std::size_t>> next;
            for (const auto& gap : level) {
                if (gap[1] - gap[0] < 2) continue;
                const std::size_t middle = (gap[0] + gap[1]) / 2;
                const double a = ends[middle] - ends[gap[0]];
                const double b = ends[gap[1]] - ends[middle];
                walk[middle] = (b * walk[gap[0]] + a * walk[gap[1]]) / (a + b) + std::sqrt(a * b / (a + b)) * normal();
                next.push_back({gap[0], middle});
                next.push_back({middle, gap[1]});
            }
            level = next;
        }
        walks.push_back(walk);
    }
    return walks;
}

std::vector<Vector> cholesky(const DependenceParams& dependence, std::size_t n) {
    std::vector<Vector> factor(n, Vector(n, 0.0));
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double rest = dependence.correlation(i, j);
            for (std::size_t k = 0; k < j; ++k) rest -= factor[i][k] * factor[j][k];
            factor[i][j] = i == j ? std::sqrt(rest) : rest / factor[j][j];
        }
    }
    return factor;
}

// Shifts the normals within every interval so that they sum to the increment of the walk.
void impose(std::vector<Vector>& normals, const Scenario& scenario, std::uint64_t world) {
    const std::size_t drivers = normals.size();
    const std::size_t steps = normals.front().size();
    const std::size_t groups = (steps + 7) / 8;
    const std::size_t intervals = std::min<std::size_t>(16, groups);
    Vector ends; // of intervals, in steps; the start comes first
    for (std::size_t i = 0; i <= intervals; ++i)
        ends.push_back(static_cast<double>(std::min(steps, 8 * (i * groups / intervals))));
    const StreamKey scrambling{.seed = scenario.run.seed, .world = world % replications, .stream = Stream::scrambling};
    const std::vector<Digits> point = sobol_point(world / replications, drivers * intervals);
    Vector uniform;
    for (std::size_t d = 0; d < point.size(); ++d) uniform.push_back(scrambled(point[d], scrambling, d));
    const std::vector<Vector> walks = coarse_walks(ends, uniform, drivers);
    for (std::size_t a = 0; a < drivers; ++a) {
        for (std::size_t i = 0; i < intervals; ++i) {
            const auto begin = static_cast<std::size_t>(ends[i]);
            const auto end = static_cast<std::size_t>(ends[i + 1]);
            double sum = 0.0;
            for (std::size_t t = begin; t < end; ++t) sum += normals[a][t];
            const double wanted = walks[a][i + 1] - walks[a][i];
            for (std::size_t t = begin; t < end; ++t)
                normals[a][t] += (wanted - sum) / static_cast<double>(end - begin);
        }
    }
}

} // namespace

std::vector<Vector> correlated_normals(const Scenario& scenario, const DependenceParams& dependence,
                                       const OracleSteps& of) {
    const std::uint64_t even = scenario.run.antithetic ? of.world & ~std::uint64_t{1} : of.world;
    const double sign = even == of.world ? 1.0 : -1.0;
    const std::size_t last = of.first + of.steps;
    std::vector<Vector> driving;
    for (std::size_t a = 0; a < of.driven; ++a) {
        Vector z(8 * ((last + 7) / 8));
        fill_normals({.seed = scenario.run.seed, .world = even}, static_cast<std::uint32_t>(a), 0, z.size() / 8,
                     z.data());
        z.resize(last);
        driving.push_back(z);
    }
    if (scenario.run.paths == PathSampling::sobol) impose(driving, scenario, of.world);
    const std::vector<Vector> factor = cholesky(dependence, of.driven);
    std::optional<StudentCopula> copula;
    if (dependence.tails) copula.emplace(dependence.tails->dof);
    std::vector<Vector> correlated(of.driven);
    for (std::size_t t = of.first; t < last; ++t) {
        double scale = 1.0;
        if (copula) {
            PhiloxEngine random({.seed = scenario.run.seed, .world = even, .stream = Stream::tail_mixing},
                                static_cast<std::uint32_t>(t));
            scale = std::sqrt(copula->dof() / (2.0 * draw_gamma(random, 0.5 * copula->dof())));
        }
        for (std::size_t a = 0; a < of.driven; ++a) {
            double z = 0.0;
            for (std::size_t b = 0; b <= a; ++b) z += sign * factor[a][b] * driving[b][t];
            correlated[a].push_back(copula ? copula->to_normal(scale * z) : z);
        }
    }
    return correlated;
}

} // namespace plunge::oracle
