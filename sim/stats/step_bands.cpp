#include "sim/stats/step_bands.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace plunge {
namespace {

constexpr int dropped_bits = 52 - StepBands::mantissa_bits;

} // namespace

StepBands::StepBands(std::size_t places, std::vector<double> atoms) : atoms_{std::move(atoms)}, places_(places) {}

std::int64_t StepBands::cell_of(double value) { return std::bit_cast<std::int64_t>(value) >> dropped_bits; }

double StepBands::lower_edge(std::int64_t cell) { return std::bit_cast<double>(cell << dropped_bits); }

std::uint32_t& StepBands::count_of(Cells& cells, std::int64_t cell) {
    if (cells.count.empty()) cells.first = cell;
    if (cell < cells.first) {
        cells.count.insert(cells.count.begin(), static_cast<std::size_t>(cells.first - cell), 0);
        cells.first = cell;
    }
    const auto i = static_cast<std::size_t>(cell - cells.first);
    if (i >= cells.count.size()) cells.count.resize(i + 1);
    return cells.count[i];
}

void StepBands::add(std::size_t place, double value) {
    Cells& cells = places_[place];
    if (!(value > 0.0)) {
        ++cells.zeros;
    } else if (value == atoms_[place]) {
        ++cells.atoms;
    } else {
        ++count_of(cells, cell_of(value));
    }
}

void StepBands::merge(const StepBands& other) {
    for (std::size_t place = 0; place < places_.size(); ++place) {
        const Cells& from = other.places_[place];
        Cells& into = places_[place];
        into.zeros += from.zeros;
        into.atoms += from.atoms;
        if (from.count.empty()) continue;
        count_of(into, from.first); // grow once, at both ends
        count_of(into, from.first + static_cast<std::int64_t>(from.count.size()) - 1);
        for (std::size_t i = 0; i < from.count.size(); ++i) {
            if (from.count[i] > 0) count_of(into, from.first + static_cast<std::int64_t>(i)) += from.count[i];
        }
    }
}

std::vector<double> StepBands::quantiles(std::size_t place, const std::vector<double>& probabilities) const {
    const Cells& cells = places_[place];
    const double atom = atoms_[place];
    const std::int64_t atom_cell = cells.atoms > 0 ? cell_of(atom) : std::numeric_limits<std::int64_t>::max();
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
            const double low = lower_edge(cell);
            const double width = lower_edge(cell + 1) - low;
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
