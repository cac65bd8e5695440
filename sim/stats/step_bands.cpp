#include "sim/stats/step_bands.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace plunge {

ValueHistogram::ValueHistogram(const Resolution& resolution)
    : atom_{resolution.atom}, dropped_bits_{std::numeric_limits<double>::digits - 1 - resolution.mantissa_bits} {}

std::uint32_t& ValueHistogram::count_of(std::int64_t cell) {
    if (count_.empty()) first_ = cell;
    if (cell < first_) {
        count_.insert(count_.begin(), static_cast<std::size_t>(first_ - cell), 0);
        first_ = cell;
    }
    const auto i = static_cast<std::size_t>(cell - first_);
    if (i >= count_.size()) count_.resize(i + 1);
    return count_[i];
}

void ValueHistogram::add(std::span<const double> values) {
    std::uint32_t atoms = 0;
    std::uint32_t zeros = 0;
    for (const double value : values) {
        if (value == atom_) {
            ++atoms;
        } else if (!(value > 0.0)) {
            ++zeros;
        } else {
            const std::int64_t cell = cell_of(value);
            const auto i = static_cast<std::size_t>(cell - first_);
            ++(i < count_.size() ? count_[i] : count_of(cell));
        }
    }
    atoms_ += atoms;
    zeros_ += zeros;
}

void ValueHistogram::change(double value, std::int32_t change) {
    (value > 0.0 ? count_of(cell_of(value)) : zeros_) += static_cast<std::uint32_t>(change);
}

void ValueHistogram::merge(const ValueHistogram& other) {
    zeros_ += other.zeros_;
    atoms_ += other.atoms_;
    if (other.count_.empty()) return;
    count_of(other.first_); // grow once, at both ends
    count_of(other.first_ + static_cast<std::int64_t>(other.count_.size()) - 1);
    std::uint32_t* into = &count_of(other.first_);
    for (std::size_t i = 0; i < other.count_.size(); ++i) into[i] += other.count_[i];
}

std::uint64_t ValueHistogram::counted() const {
    std::uint64_t total = zeros_;
    for (const std::uint32_t count : count_) total += count;
    return total;
}

void ValueHistogram::complete(std::uint64_t total) { atoms_ = static_cast<std::uint32_t>(total - counted()); }

void ValueHistogram::append_quantiles(const std::vector<double>& probabilities, std::vector<double>& result) const {
    const std::int64_t atom_cell = atoms_ > 0 ? cell_of(atom_) : std::numeric_limits<std::int64_t>::max();
    const std::uint64_t total = counted() + atoms_;
    for (const double probability : probabilities) {
        // The rank of the order statistic, from 1.
        const double wanted = std::ceil(probability * static_cast<double>(total) - 1e-9);
        std::uint64_t rank = static_cast<std::uint64_t>(std::max(1.0, wanted));
        double value = 0.0;
        const auto pass = [&](std::uint64_t count) {
            if (rank <= count) return true;
            rank -= count;
            return false;
        };
        bool found = total == 0 || pass(zeros_);
        bool atom_seen = atoms_ == 0;
        for (std::size_t i = 0; i < count_.size() && !found; ++i) {
            const std::int64_t cell = first_ + static_cast<std::int64_t>(i);
            if (!atom_seen && cell >= atom_cell) {
                atom_seen = true;
                value = atom_;
                found = pass(atoms_);
                if (found) break;
            }
            if (count_[i] == 0) continue;
            const double low = lower_edge(cell);
            const double width = lower_edge(cell + 1) - low;
            value = low + width * (static_cast<double>(rank) - 0.5) / count_[i];
            found = pass(count_[i]);
        }
        if (!found && !atom_seen) value = atom_;
        result.push_back(value);
    }
}

void StepBands::merge(const StepBands& other) {
    for (std::size_t place = 0; place < places_.size(); ++place) places_[place].merge(other.places_[place]);
}

std::vector<double> StepBands::quantiles(std::size_t place, const std::vector<double>& probabilities) const {
    std::vector<double> result;
    places_[place].append_quantiles(probabilities, result);
    return result;
}

RunBands::RunBands(const Resolution& resolution, std::size_t steps)
    : resolution_{resolution}, change_(steps, ValueHistogram(resolution)) {}

void RunBands::add(std::size_t first, std::size_t last, double value) {
    if (value == resolution_.atom || first >= last) return;
    change_[first].change(value, 1);
    if (last < change_.size()) change_[last].change(value, -1);
}

void RunBands::merge(const RunBands& other) {
    for (std::size_t step = 0; step < change_.size(); ++step) change_[step].merge(other.change_[step]);
    worlds_ += other.worlds_;
}

std::vector<double> RunBands::quantiles(const std::vector<double>& probabilities) const {
    ValueHistogram now(resolution_);
    std::vector<double> result;
    for (const ValueHistogram& change : change_) {
        now.merge(change);
        now.complete(worlds_);
        now.append_quantiles(probabilities, result);
    }
    return result;
}

} // namespace plunge
