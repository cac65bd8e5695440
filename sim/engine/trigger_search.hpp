// Finds the accounts that are short of margin without looking at all of them.
//
// A row whose slack is bounded away from zero over a box of prices cannot trigger while the mark stays inside. Boxes
// are nested: over the rest of the run, then over ever shorter blocks of steps; each level keeps the rows that its own
// box does not clear, so the innermost list is short. A box is only a guess at where prices will go, made from the
// index path and today's displacement: every look checks that the mark lies inside, and rebuilds from the first level
// that still holds it. The answer is therefore exact whatever the guess was worth.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/margin/registry.hpp"
#include "sim/engine/path.hpp"
#include "sim/engine/population.hpp"

namespace plunge {

/// Rows sorted by how far prices can move before the row could possibly be short: the radius, in units of each asset's
/// typical move, of the largest log-price box of a grid around the initial prices that the slack bound clears.
struct SafeRadii {
    std::vector<double> radius;     ///< ascending
    std::vector<std::uint32_t> row; ///< in the same order
};

/// \param multiple      the test is E < multiple * M
/// \param typical_move  [A] scale of the log box
SafeRadii safe_radii(const MarginRule& rule, const AccountRows& rows, double multiple,
                     const std::vector<double>& initial_price, const std::vector<double>& typical_move);

/// What the search is told about where marks may go; only its speed depends on it.
struct Outlook {
    std::vector<double> settled; ///< [A] mark over index once transient displacement has decayed
    double keep = 1.0;           ///< share of the transient displacement that a step leaves
};

class TriggerSearch {
  public:
    /// Everything referred to must outlive the search.
    void bind(const MarginRule& rule, double multiple, const SafeRadii& radii, const std::vector<double>& initial_price,
              const std::vector<double>& typical_move, std::size_t steps);

    /// Forgets the last world.
    void begin_world();

    /// Whether the innermost list answers for `mark`; if not, rebuild() must come before find().
    bool ready(std::size_t step, const double* mark) const { return holds(levels_[depth - 1], step, mark); }

    /// Makes the lists answer for `mark`, from the first level whose box does not hold it.
    /// \param changed  rows whose cash, position or collateral differ from the population's
    void rebuild(std::size_t step, const double* mark, const IndexPath& path, const Outlook& outlook,
                 const AccountRows& rows, const std::vector<std::uint32_t>& changed);

    /// Rows with a position and E < multiple * M at `mark`, in ascending order.
    void find(const double* mark, const AccountRows& rows, std::vector<std::uint32_t>& found) const;

    /// Must be called after every change of a row.
    void row_changed(const AccountRows& rows, std::uint32_t row);

  private:
    // Steps that a level looks ahead; 0: the rest of the run.
    static constexpr std::array<std::size_t, 5> block_steps{0, 480, 96, 24, 6};
    static constexpr std::size_t depth = block_steps.size();

    struct Level {
        bool built = false;
        std::size_t last_step = 0;
        std::vector<double> low; // [A]
        std::vector<double> high;
        std::vector<std::uint32_t> rows;
    };

    bool holds(const Level& level, std::size_t step, const double* mark) const;
    void choose_box(std::size_t index, std::size_t step, const double* mark, const IndexPath& path,
                    const Outlook& outlook);
    template <class Rule>
    void fill_level(const Rule& rule, std::size_t index, const AccountRows& rows,
                    const std::vector<std::uint32_t>& changed);
    template <class Rule>
    bool may_trigger(const Rule& rule, const Level& level, const AccountRows& rows, std::uint32_t row) const;

    const MarginRule* rule_ = nullptr;
    double multiple_ = 1.0;
    const SafeRadii* radii_ = nullptr;
    const std::vector<double>* initial_price_ = nullptr;
    const std::vector<double>* typical_move_ = nullptr;
    std::size_t assets_ = 0;
    std::size_t steps_ = 0;
    std::array<Level, depth> levels_;
    std::vector<std::uint8_t> member_of_; // per row: it is in this many levels, from the outermost
};

} // namespace plunge
