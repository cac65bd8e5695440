#include "sim/stats/step_bands.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace plunge {
namespace {

inline void widen(const std::uint16_t* code, std::size_t count, std::uint16_t* low, std::uint16_t* high) {
    for (std::size_t k = 0; k < count; ++k) {
        low[k] = std::min(low[k], code[k]);
        high[k] = std::max(high[k], code[k]);
    }
}

} // namespace

std::uint32_t* ValueHistogram::counts_between(std::uint16_t low, std::uint16_t high) {
    if (count_.empty()) first_ = low;
    // No more room than is needed: there are many histograms, and each soon stops growing.
    const std::size_t begin = std::min<std::size_t>(first_, low);
    count_.reserve(std::max<std::size_t>(first_ + count_.size(), high + std::size_t{1}) - begin);
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

void ValueHistogram::merge(const ValueHistogram& other) {
    zeros_ += other.zeros_;
    atoms_ += other.atoms_;
    if (other.count_.empty()) return;
    const std::size_t last = other.first_ + other.count_.size() - 1;
    std::uint32_t* count = counts_between(static_cast<std::uint16_t>(other.first_), static_cast<std::uint16_t>(last)) +
                           other.first_;
    for (std::size_t i = 0; i < other.count_.size(); ++i) count[i] += other.count_[i];
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
    for (std::size_t i = 0; i < count_.size() && next != wanted.end(); ++i) {
        const auto cell = static_cast<std::int64_t>(first_ + i);
        if (!atom_passed && cell >= scale.cell_of_atom()) pass_atom();
        if (count_[i] == 0) continue;
        pass(count_[i], [&](double rank) {
            const double low = scale.lower_edge(cell);
            return low + (scale.lower_edge(cell + 1) - low) * (rank - 0.5) / count_[i];
        });
    }
    if (!atom_passed) pass_atom();
}

// A few steps at a time over all histories: whole cache lines of a history are used, and a histogram, once it is
// fetched, is counted up for all of them.
void StepBands::add(std::span<const std::uint16_t* const> histories) {
    constexpr std::size_t tile = 32;
    if (histories.empty()) return;
    std::array<std::uint16_t, tile> low{};
    std::array<std::uint16_t, tile> high{};
    std::array<std::uint32_t*, tile> count{};
    for (std::size_t first = 0; first < places_.size(); first += tile) {
        const std::size_t steps = std::min(tile, places_.size() - first);
        for (std::size_t k = first + tile; k < std::min(first + 2 * tile, places_.size()); ++k) places_[k].prefetch();
        low.fill(std::numeric_limits<std::uint16_t>::max());
        high.fill(0);
        for (const std::uint16_t* history : histories) {
            __builtin_prefetch(history + first + tile);
            if (steps == tile) { // a constant, for the compiler
                widen(history + first, tile, low.data(), high.data());
            } else {
                widen(history + first, steps, low.data(), high.data());
            }
        }
        bool plain = true; // neither zeros nor atoms, as almost always
        for (std::size_t k = 0; k < steps; ++k)
            plain = plain && low[k] != ValueScale::zero && high[k] != ValueScale::atom;
        if (!plain) {
            for (const std::uint16_t* history : histories) {
                for (std::size_t k = 0; k < steps; ++k) places_[first + k].add(history[first + k]);
            }
            continue;
        }
        for (std::size_t k = 0; k < steps; ++k) count[k] = places_[first + k].counts_between(low[k], high[k]);
        for (const std::uint16_t* history : histories) {
            for (std::size_t k = 0; k < steps; ++k) ++count[k][history[first + k]];
        }
    }
}

void StepBands::merge(const StepBands& other) {
    for (std::size_t step = 0; step < places_.size(); ++step) places_[step].merge(other.places_[step]);
}

std::vector<double> StepBands::quantiles(std::size_t step, const std::vector<double>& probabilities) const {
    std::vector<double> result;
    places_[step].append_quantiles(scale_, probabilities, result);
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

void RunBands::merge(const RunBands& other) {
    for (std::size_t step = 0; step < steps_.size(); ++step) {
        for (const auto& [code, by] : other.steps_[step].change) steps_[step].add(code, by);
    }
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
