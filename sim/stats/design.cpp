#include "sim/stats/design.hpp"

#include <stdexcept>
#include <utility>

#include <boost/random/sobol.hpp>

#include "models/random/philox.hpp"
#include "models/random/variates.hpp"

namespace plunge {
namespace {

// What the draws of a design are for: lanes of one stream.
enum Lane : std::uint8_t { strata = 0, places = 1, shifts = 2 };

PhiloxEngine draws(std::uint64_t seed, Lane lane, std::size_t factor) {
    return PhiloxEngine{StreamKey{.seed = seed, .stream = Stream::design, .lane = lane},
                        static_cast<std::uint32_t>(factor)};
}

// The middle of one of 2^52 cells, as the project's other uniforms.
double inside_unit(std::uint64_t bits) {
    return uniform_open(static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32U));
}

} // namespace

Design latin_hypercube(std::size_t points, std::size_t factors, std::uint64_t seed) {
    Design design{points, factors, std::vector<double>(points * factors)};
    std::vector<std::size_t> stratum(points);
    for (std::size_t f = 0; f < factors; ++f) {
        for (std::size_t i = 0; i < points; ++i) stratum[i] = i;
        PhiloxEngine order = draws(seed, strata, f);
        for (std::size_t left = points; left > 1; --left) {
            const auto chosen = static_cast<std::size_t>(draw_uniform(order) * static_cast<double>(left));
            std::swap(stratum[chosen], stratum[left - 1]);
        }
        PhiloxEngine place = draws(seed, places, f);
        for (std::size_t i = 0; i < points; ++i)
            design.values[i * factors + f] = (static_cast<double>(stratum[i]) + draw_uniform(place)) /
                                             static_cast<double>(points);
    }
    return design;
}

Design shifted_sobol(std::size_t points, std::size_t factors, std::uint64_t seed) {
    if (factors == 0 || factors > max_sobol_factors) throw std::invalid_argument("shifted_sobol: number of factors");
    std::vector<std::uint64_t> shift(factors);
    for (std::size_t f = 0; f < factors; ++f) {
        PhiloxEngine engine = draws(seed, shifts, f);
        const std::uint64_t low = engine();
        shift[f] = static_cast<std::uint64_t>(engine()) << 32U | low;
    }
    Design design{points, factors, std::vector<double>(points * factors)};
    boost::random::sobol sequence(factors);
    static_assert(boost::random::sobol::max() == ~std::uint64_t{0});
    for (std::size_t i = 0; i < points; ++i)
        for (std::size_t f = 0; f < factors; ++f)
            design.values[i * factors + f] = inside_unit((i == 0 ? 0 : sequence()) + shift[f]); // wraps around at one
    return design;
}

Design saltelli_design(std::size_t rows, std::size_t factors, std::uint64_t seed) {
    const Design both = shifted_sobol(rows, 2 * factors, seed);
    Design design{rows * (factors + 2), factors, {}};
    design.values.reserve(design.points * factors);
    for (std::size_t row = 0; row < rows; ++row) {
        const auto a = [&](std::size_t f) { return both.coordinate(row, f); };
        const auto b = [&](std::size_t f) { return both.coordinate(row, factors + f); };
        for (std::size_t f = 0; f < factors; ++f) design.values.push_back(a(f));
        for (std::size_t f = 0; f < factors; ++f) design.values.push_back(b(f));
        for (std::size_t changed = 0; changed < factors; ++changed)
            for (std::size_t f = 0; f < factors; ++f) design.values.push_back(f == changed ? b(f) : a(f));
    }
    return design;
}

} // namespace plunge
