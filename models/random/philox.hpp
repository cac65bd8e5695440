// Counter-based random numbers: every draw is a pure function of (seed, world, stream, step, index).
//
// Philox4x32-10, Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11. The scalar
// engine is Random123's; the block kernel in normal_block.cpp computes the same function four counters at a time.
#pragma once

#include <array>
#include <cstdint>
#include <istream>
#include <limits>
#include <ostream>

#include <Random123/philox.h>

namespace plunge {

/// What a stream of draws is for. The numbers are part of every result's identity: never reuse or reorder them.
enum class Stream : std::uint8_t {
    diffusion = 0,   ///< step = time step, index = asset
    tail_mixing = 1, ///< the common chi-squared variate of the Student-t copula; step = time step
    jump_time = 2,   ///< index = jump component, + 2^16 * (asset + 1) where assets jump apart; step = arrival number
    jump_size = 3,   ///< index = jump component * 2^16 + asset; step = arrival number
    population = 4,  ///< index = account within its cohort; see population_stream()
    behaviour = 5,   ///< step = time step, index = account
    basis = 6,       ///< step = time step, index = wrapped asset
    branching = 7,   ///< which world a branch is taken from
    scrambling = 8,  ///< of Sobol points: world = replication, index = dimension
    design = 128,    ///< which points a sweep looks at; no world's. index = factor
};

/// Numbers of worlds are below this: what the counter has room for.
inline constexpr std::uint64_t worlds_of_a_stream = std::uint64_t{1} << 48U;

/// Names one sequence of draws. `lane` separates sequences of one stream that share an index (cohorts).
struct StreamKey {
    std::uint64_t seed = 0;
    std::uint64_t world = 0; ///< below worlds_of_a_stream
    Stream stream = Stream::diffusion;
    std::uint8_t lane = 0;
};

/// The four random words of one counter.
using PhiloxWords = std::array<std::uint32_t, 4>;

inline std::uint32_t philox_top_word(const StreamKey& key) {
    return static_cast<std::uint32_t>(key.stream) << 24U | static_cast<std::uint32_t>(key.lane) << 16U |
           static_cast<std::uint32_t>(key.world >> 32U & 0xFFFFU);
}

/// The words of (seed, world, stream, step, index).
inline PhiloxWords philox_words(const StreamKey& key, std::uint32_t step, std::uint32_t index) {
    const r123::Philox4x32::ctr_type counter{
        {step, index, static_cast<std::uint32_t>(key.world), philox_top_word(key)}};
    const r123::Philox4x32::key_type k{
        {static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32U)}};
    const auto words = r123::Philox4x32{}(counter, k);
    return {words[0], words[1], words[2], words[3]};
}

/// A double strictly inside (0, 1) from two words: the top 52 bits, centred in their cell.
inline double uniform_open(std::uint32_t low, std::uint32_t high) {
    const std::uint64_t bits = (static_cast<std::uint64_t>(high) << 32U | low) >> 12U;
    return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

/// The sequence of draws of one (key, index), for the distributions of Boost.Random and the standard library.
/// Models the standard's random number engine; `step` counts blocks of four words.
class PhiloxEngine {
  public:
    using result_type = std::uint32_t;
    static constexpr result_type default_seed = 0;
    static constexpr bool has_fixed_range = false;

    PhiloxEngine() = default;
    explicit PhiloxEngine(result_type seed_value) { seed(seed_value); }
    explicit PhiloxEngine(const StreamKey& key, std::uint32_t index = 0) : key_{key}, index_{index} {}

    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

    void seed(result_type value = default_seed) { *this = PhiloxEngine{StreamKey{.seed = value}}; }

    result_type operator()() {
        if (used_ == 4) {
            words_ = philox_words(key_, step_++, index_);
            used_ = 0;
        }
        return words_[used_++];
    }

    void discard(unsigned long long count) {
        while (count > 0 && used_ < 4) {
            ++used_;
            --count;
        }
        step_ += static_cast<std::uint32_t>(count / 4);
        for (count %= 4; count > 0; --count) (*this)();
    }

    friend bool operator==(const PhiloxEngine& a, const PhiloxEngine& b) {
        return a.key_.seed == b.key_.seed && a.key_.world == b.key_.world && a.key_.stream == b.key_.stream &&
               a.key_.lane == b.key_.lane && a.index_ == b.index_ && a.position() == b.position();
    }

    friend std::ostream& operator<<(std::ostream& out, const PhiloxEngine& e) {
        return out << e.key_.seed << ' ' << e.key_.world << ' ' << static_cast<unsigned>(e.key_.stream) << ' '
                   << static_cast<unsigned>(e.key_.lane) << ' ' << e.index_ << ' ' << e.position();
    }

    friend std::istream& operator>>(std::istream& in, PhiloxEngine& e) {
        StreamKey key;
        unsigned stream = 0;
        unsigned lane = 0;
        std::uint32_t index = 0;
        std::uint64_t position = 0;
        if (in >> key.seed >> key.world >> stream >> lane >> index >> position) {
            key.stream = static_cast<Stream>(stream);
            key.lane = static_cast<std::uint8_t>(lane);
            e = PhiloxEngine{key, index};
            e.discard(position);
        }
        return in;
    }

  private:
    std::uint64_t position() const { return 4ULL * step_ - (4U - used_); }

    StreamKey key_{};
    std::uint32_t index_ = 0;
    std::uint32_t step_ = 0; // of the next block
    std::uint32_t used_ = 4; // words of the current block already given out
    PhiloxWords words_{};
};

} // namespace plunge
