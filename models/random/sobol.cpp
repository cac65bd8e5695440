#include "models/random/sobol.hpp"

#include <bit>

#include <boost/random/sobol.hpp>

#include "models/random/philox.hpp"

namespace plunge {
namespace {

// Columns of the generator matrices, [digits x dimensions]. Consecutive points in the order of a Gray code differ by
// one column, and point 2^j - 1 comes before point 2^j, which brings in column j.
std::vector<std::uint32_t> generator_columns(std::size_t digits, std::size_t dimensions) {
    std::vector<std::uint32_t> columns(digits * dimensions);
    boost::random::sobol_engine<std::uint32_t, 32> sequence(dimensions);
    std::vector<std::uint32_t> before(dimensions, 0);
    // Boost leaves out point 0: a seed of n is followed by point n + 1.
    for (std::size_t j = 0; j < digits; ++j) {
        const std::uint32_t power = std::uint32_t{1} << j;
        if (j > 0) {
            sequence.seed(power - 2U);
            for (std::uint32_t& coordinate : before) coordinate = sequence();
        }
        sequence.seed(power - 1U);
        for (std::size_t d = 0; d < dimensions; ++d) columns[j * dimensions + d] = sequence() ^ before[d];
    }
    return columns;
}

} // namespace

static_assert(ScrambledSobol::max_dimensions == boost::random::default_sobol_table::max_dimension);

ScrambledSobol::ScrambledSobol(std::uint64_t seed, std::size_t replications, std::size_t dimensions)
    : replications_{replications}, dimensions_{dimensions}, columns_(replications * digits * dimensions),
      shift_(replications * dimensions), below_(replications * dimensions) {
    const std::vector<std::uint32_t> generator = generator_columns(digits, dimensions);
    for (std::size_t r = 0; r < replications; ++r) {
        const StreamKey stream{.seed = seed, .world = r, .stream = Stream::scrambling};
        for (std::size_t d = 0; d < dimensions; ++d) {
            PhiloxEngine random(stream, static_cast<std::uint32_t>(d));
            shift_[r * dimensions + d] = random();
            below_[r * dimensions + d] = random();
            for (std::size_t row = 0; row < digits; ++row) { // from the highest digit on
                const std::uint32_t diagonal = std::uint32_t{1} << (digits - 1 - row);
                const std::uint32_t higher = ~((diagonal << 1U) - 1U); // none above the first
                const std::uint32_t mask = (random() & higher) | diagonal;
                for (std::size_t j = 0; j < digits; ++j) {
                    const auto ones = static_cast<unsigned>(std::popcount(generator[j * dimensions + d] & mask));
                    if (ones % 2 != 0) columns_[(r * digits + j) * dimensions + d] |= diagonal;
                }
            }
        }
    }
}

void ScrambledSobol::point(std::size_t replication, std::uint32_t index, double* out) const {
    thread_local std::vector<std::uint32_t> digits_of;
    const auto* shift = shift_.data() + replication * dimensions_;
    digits_of.assign(shift, shift + dimensions_);
    // In the order of a Gray code, as usual: the first 2^m points are the same ones in any order.
    for (std::uint32_t code = index ^ (index >> 1U); code != 0; code &= code - 1U) {
        const auto j = static_cast<std::size_t>(std::countr_zero(code));
        const std::uint32_t* column = columns_.data() + (replication * digits + j) * dimensions_;
        for (std::size_t d = 0; d < dimensions_; ++d) digits_of[d] ^= column[d];
    }
    const std::uint32_t* below = below_.data() + replication * dimensions_;
    for (std::size_t d = 0; d < dimensions_; ++d) out[d] = uniform_open(below[d], digits_of[d]);
}

} // namespace plunge
