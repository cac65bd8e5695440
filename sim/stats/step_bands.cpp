#include "sim/stats/step_bands.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace plunge {

StepBands::StepBands(const std::vector<Place>& places) {
    constexpr int double_mantissa_bits = 52;
    places_.reserve(places.size());
    for (const Place& place : places) {
        Cells cells;
        cells.atom = place.atom;
        cells.dropped_bits = double_mantissa_bits - place.mantissa_bits;
        places_.push_back(std::move(cells));
    }
}

std::uint32_t& StepBands::Cells::count_of(std::int64_t cell) {
    if (count.empty()) first = cell;
    if (cell < first) {
        count.insert(count.begin(), static_cast<std::size_t>(first - cell), 0);
        first = cell;
    }
    const auto i = static_cast<std::size_t>(cell - first);
    if (i >= count.size()) count.resize(i + 1);
    return count[i];
}

void StepBands::add(std::size_t place, std::span<const double> values) {
    Cells& cells = places_[place];
    std::uint32_t atoms = 0;
    std::uint32_t zeros = 0;
    for (const double value : values) {
        if (value == cells.atom) {
            ++atoms;
        } else if (!(value > 0.0)) {
            ++zeros;
        } else {
            const std::int64_t cell = cells.cell_of(value);
            const auto i = static_cast<std::size_t>(cell - cells.first);
            ++(i < cells.count.size() ? cells.count[i] : cells.count_of(cell));
        }
    }
    cells.atoms += atoms;
    cells.zeros += zeros;
}

void StepBands::merge(const StepBands& other) {
    for (std::size_t place = 0; place < places_.size(); ++place) {
        const Cells& from = other.places_[place];
        Cells& into = places_[place];
        into.zeros += from.zeros;
        into.atoms += from.atoms;
        if (from.count.empty()) continue;
        into.count_of(from.first); // grow once, at both ends
        into.count_of(from.first + static_cast<std::int64_t>(from.count.size()) - 1);
        for (std::size_t i = 0; i < from.count.size(); ++i) {
            if (from.count[i] > 0) into.count_of(from.first + static_cast<std::int64_t>(i)) += from.count[i];
        }
    }
}

std::vector<double> StepBands::quantiles(std::size_t place, const std::vector<double>& probabilities) const {
    const Cells& cells = places_[place];
    const double atom = cells.atom;
    const std::int64_t atom_cell = cells.atoms > 0 ? cells.cell_of(atom) : std::numeric_limits<std::int64_t>::max();
    std::uint64_t total = std::uint64_t{cells.zeros} + cells.atoms;
    for (const std::uint32_t count : cells.count) total += count;
    std::vector<double> result;
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
        bool found = total == 0 || pass(cells.zeros);
        bool atom_seen = cells.atoms == 0;
        for (std::size_t i = 0; i < cells.count.size() && !found; ++i) {
            const std::int64_t cell = cells.first + static_cast<std::int64_t>(i);
            if (!atom_seen && cell >= atom_cell) {
                atom_seen = true;
                value = atom;
                found = pass(cells.atoms);
                if (found) break;
            }
            const double low = cells.lower_edge(cell);
            const double width = cells.lower_edge(cell + 1) - low;
            if (cells.count[i] == 0) continue;
            value = low + width * (static_cast<double>(rank) - 0.5) / cells.count[i];
            found = pass(cells.count[i]);
        }
        if (!found && !atom_seen) value = atom;
        result.push_back(value);
    }
    return result;
}

} // namespace plunge
