#include "sim/stats/step_bands.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <immintrin.h>

namespace plunge {
namespace {

struct CodeRange {
    std::uint16_t low = std::numeric_limits<std::uint16_t>::max();
    std::uint16_t high = 0;

    void widen(std::uint16_t code) {
        low = std::min(low, code);
        high = std::max(high, code);
    }
};

// The least and the greatest code of all histories in `count` steps from `first` on.
CodeRange range_of(std::span<const std::uint16_t* const> histories, std::size_t first, std::size_t count) {
    constexpr std::size_t lanes = 16;
    CodeRange range;
    __m256i low = _mm256_set1_epi16(-1);
    __m256i high = _mm256_setzero_si256();
    const std::size_t whole = count / lanes * lanes;
    for (const std::uint16_t* history : histories) {
        const std::uint16_t* code = history + first;
        __builtin_prefetch(code + count);
        for (std::size_t k = 0; k < whole; k += lanes) {
            const __m256i codes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(code + k));
            low = _mm256_min_epu16(low, codes);
            high = _mm256_max_epu16(high, codes);
        }
        for (std::size_t k = whole; k < count; ++k) range.widen(code[k]);
    }
    std::array<std::uint16_t, 2 * lanes> ends{};
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(ends.data()), low);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(ends.data() + lanes), high);
    range.low = std::min(range.low, *std::min_element(ends.begin(), ends.begin() + lanes));
    range.high = std::max(range.high, *std::max_element(ends.begin() + lanes, ends.end()));
    return range;
}

} // namespace

// Makes room for all codes between two that are neither zero nor the atom; for every code in between, its count is at
// [code].
std::uint32_t* ValueHistogram::counts_between(std::size_t low, std::size_t high) {
    if (count_.empty()) first_ = low;
    // No more room than is needed: there are many histograms, and each soon stops growing.
    count_.reserve(std::max(first_ + count_.size(), high + 1) - std::min(first_, low));
    if (low < first_) {
        count_.insert(count_.begin(), first_ - low, 0);
        first_ = low;
    }
    if (high - first_ >= count_.size()) count_.resize(high - first_ + 1);
    return count_.data() - static_cast<std::ptrdiff_t>(first_);
}

void ValueHistogram::add(std::uint16_t code, std::int64_t change) {
    std::uint32_t& count = code == ValueScale::zero   ? zeros_
                           : code == ValueScale::atom ? atoms_
                                                      : counts_between(code, code)[code];
    count += static_cast<std::uint32_t>(change);
}

template <class Count> void ValueHistogram::add(std::size_t first, std::span<const Count> counts) {
    if (counts.empty()) return;
    std::uint32_t* count = counts_between(first, first + counts.size() - 1) + first;
    for (std::size_t i = 0; i < counts.size(); ++i) count[i] += counts[i];
}

std::uint64_t ValueHistogram::counted() const {
    std::uint64_t total = zeros_;
    for (const std::uint32_t count : count_) total += count;
    return total;
}

void ValueHistogram::complete(std::uint64_t total) { atoms_ = static_cast<std::uint32_t>(total - counted()); }

void ValueHistogram::append_quantiles(const ValueScale& scale, const std::vector<double>& probabilities,
                                      std::vector<double>& result) const {
    const std::uint64_t total = counted() + atoms_;
    const std::size_t first_result = result.size();
    result.resize(first_result + probabilities.size(), 0.0);
    if (total == 0) return;
    // Ranks of the order statistics, from 1, ascending, so that one pass over the cells answers all.
    std::vector<std::pair<std::uint64_t, std::size_t>> wanted;
    wanted.reserve(probabilities.size());
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
        const double rank = std::ceil(probabilities[i] * static_cast<double>(total) - 1e-9);
        wanted.emplace_back(std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::max(1.0, rank)), 1, total), i);
    }
    std::sort(wanted.begin(), wanted.end());
    auto next = wanted.begin();
    std::uint64_t passed = 0;
    // Answers all that lie among the next `count` values; their value is value(rank among these).
    const auto pass = [&](std::uint64_t count, const auto& value) {
        for (; next != wanted.end() && next->first <= passed + count; ++next) {
            result[first_result + next->second] = value(static_cast<double>(next->first - passed));
        }
        passed += count;
    };
    pass(zeros_, [](double) { return 0.0; });
    bool atom_passed = atoms_ == 0;
    const auto pass_atom = [&] {
        pass(atoms_, [&](double) { return scale.atom_value(); });
        atom_passed = true;
    };
    for (auto cell = static_cast<std::int64_t>(first_) - 1; const std::uint32_t count : count_) {
        ++cell;
        if (count == 0) continue;
        if (next == wanted.end()) break;
        if (!atom_passed && cell >= scale.cell_of_atom()) pass_atom();
        pass(count, [&](double rank) {
            const double low = scale.lower_edge(cell);
            return low + (scale.lower_edge(cell + 1) - low) * (rank - 0.5) / count;
        });
    }
    if (!atom_passed) pass_atom();
}

// A few steps at a time over all histories: whole cache lines of a history are used, and histograms, once they are
// fetched, are counted up for all of them.
void StepBands::add(std::span<const std::uint16_t* const> histories) {
    if (histories.empty()) return;
    for (std::size_t tile = 0; tile < tiles_.size(); ++tile) add_to(tile, histories);
}

void StepBands::add_to(std::size_t number, std::span<const std::uint16_t* const> histories) {
    Tile& tile = tiles_[number];
    const std::size_t first = first_step(number);
    const std::size_t count = end_step(number) - first;
    const CodeRange range = range_of(histories, first, count);
    const std::lock_guard lock(tile.mutex);
    if (tile.histories + histories.size() > std::numeric_limits<std::uint16_t>::max()) empty(number);
    // Neither zeros nor atoms, as almost always.
    if (range.low != ValueScale::zero && range.high != ValueScale::atom) {
        tile.make_room(range.low, range.high);
        tile.histories += histories.size();
        for (const std::uint16_t* history : histories) {
            std::uint16_t* counted = tile.count.data() - tile.first;
            for (std::size_t k = 0; k < count; ++k, counted += tile.width) ++counted[history[first + k]];
        }
        return;
    }
    for (const std::uint16_t* history : histories) {
        for (std::size_t k = 0; k < count; ++k) histograms_[first + k].add(history[first + k]);
    }
}

// A little more than is needed, because every change of the width moves all counts.
void StepBands::Tile::make_room(std::size_t low, std::size_t high) {
    if (low >= first && high < first + width) return;
    constexpr std::size_t spare = 8;
    constexpr std::size_t greatest = ValueScale::atom - 1;
    low = low > spare ? low - spare : 1;
    high = std::min(high + spare, greatest);
    if (width > 0) {
        low = std::min(low, first);
        high = std::max(high, first + width - 1);
    }
    const std::size_t wider = high + 1 - low;
    std::vector<std::uint16_t> moved(tile_steps * wider);
    for (std::size_t k = 0; k < tile_steps && width > 0; ++k) {
        std::copy_n(count.data() + k * width, width, moved.data() + k * wider + (first - low));
    }
    count = std::move(moved);
    first = low;
    width = wider;
}

// Before a count could be full.
void StepBands::empty(std::size_t number) {
    Tile& tile = tiles_[number];
    for (std::size_t step = first_step(number); step < end_step(number); ++step) {
        histograms_[step].add(tile.first, in_tile(step));
    }
    std::fill(tile.count.begin(), tile.count.end(), std::uint16_t{0});
    tile.histories = 0;
}

std::vector<double> StepBands::quantiles(const std::vector<double>& probabilities) const {
    std::vector<double> result;
    for (std::size_t step = 0; step < histograms_.size(); ++step) {
        ValueHistogram all = histograms_[step];
        all.add(tiles_[tile_of(step)].first, in_tile(step));
        all.append_quantiles(scale_, probabilities, result);
    }
    return result;
}

void RunBands::Changes::add(std::uint16_t code, std::int32_t by) {
    constexpr std::size_t few = 256;
    change.emplace_back(code, by);
    if (change.size() >= std::max(few, 4 * gathered)) gather();
}

void RunBands::Changes::gather() {
    std::sort(change.begin(), change.end());
    std::size_t kept = 0;
    for (const auto& [code, by] : change) {
        if (kept > 0 && change[kept - 1].first == code) {
            change[kept - 1].second += by;
        } else {
            change[kept++] = {code, by};
        }
    }
    change.resize(kept);
    gathered = kept;
}

void RunBands::add(std::size_t first, std::size_t last, double value) {
    const std::uint16_t code = scale_.code(value);
    if (code == ValueScale::atom || first >= last) return;
    steps_[first].add(code, 1);
    if (last < steps_.size()) steps_[last].add(code, -1);
}

std::vector<double> RunBands::quantiles(std::uint64_t worlds, const std::vector<double>& probabilities) const {
    ValueHistogram now;
    std::vector<double> result;
    for (const Changes& changes : steps_) {
        for (const auto& [code, by] : changes.change) now.add(code, by);
        now.complete(worlds);
        now.append_quantiles(scale_, probabilities, result);
    }
    return result;
}

} // namespace plunge
