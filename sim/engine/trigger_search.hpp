// Finds the accounts that are short of margin without looking at all of them.
//
// Over a box of prices a row's slack lies above a plane (models/margin/slack.hpp): where the plane is positive the row
// cannot trigger. Boxes are nested: over the rest of the run, then over ever shorter stretches of steps; each level
// keeps the planes of the rows that its own box does not clear, so the innermost list is short. Lists stay true for as
// long as prices stay inside their box, whenever that is: a box is only a guess at where prices will go, and every look
// checks it and rebuilds from the first level that still holds. Whom the planes do not clear is asked exactly, so the
// answer is that of a look at every row.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "models/margin/family.hpp"
#include "sim/engine/engine_options.hpp"
#include "sim/engine/path.hpp"
#include "sim/engine/population.hpp"
#include "sim/engine/safe_radii.hpp"
#include "sim/engine/slack_planes.hpp"

namespace plunge {

/// What the search is told about where marks may go; only its speed depends on it.
struct Outlook {
    std::vector<double> settled; ///< [A] mark over index once transient displacement has decayed
    double keep = 1.0;           ///< share of the transient displacement that a step leaves
};

/// Marks over some steps, and the box that they lie in.
struct MarkStretch {
    const double* const* mark; ///< [A][steps]
    const double* low;         ///< [A]
    const double* high;
};

class TriggerSearch {
  public:
    explicit TriggerSearch(Search kind = Search::planes) : brute_{kind == Search::brute} {}

    /// Everything referred to must outlive the search. \param radii  without rows: nothing is known about any, and
    /// every row is asked when the outermost lists are made
    void bind(const MarginRule& rule, double multiple, const SafeRadii& radii, const std::vector<double>& initial_price,
              const std::vector<double>& typical_move, std::size_t steps);

    /// Multiplies the test's multiple from now on. Above one the population's radii say nothing, and every row is asked
    /// when the outermost lists are made.
    void set_factor(double factor);

    /// Forgets the last world.
    void begin_world();

    /// Whether the lists answer for marks in [low, high]; if not, rebuild() must come before find() or first_step().
    bool ready(std::size_t step, const double* low, const double* high) const {
        return brute_ || holds(levels_[depth - 1], step, low, high);
    }

    /// Makes the lists answer for marks in [low, high], from the first level whose box does not hold it.
    /// \param now      [A] mark at `step`
    /// \param changed  rows whose cash, position or collateral differ from the population's
    void rebuild(std::size_t step, const double* low, const double* high, const double* now, const IndexPath& path,
                 const Outlook& outlook, const AccountRows& rows, const std::vector<std::uint32_t>& changed);

    /// Rows with a position and E < multiple * M at `mark`, in ascending order.
    void find(const double* mark, const AccountRows& rows, std::vector<std::uint32_t>& found);

    /// The first k < limit at whose marks a row with a position has E < multiple * M; `limit` where there is none.
    /// \param passed_over  per row, bits: rows with any of `mask` are not looked at
    std::size_t first_step(const MarkStretch& marks, std::size_t limit, const AccountRows& rows,
                           const std::vector<std::uint8_t>& passed_over, std::uint8_t mask);

    /// Must be called after every change of a row.
    void row_changed(const AccountRows& rows, std::uint32_t row);

  private:
    // Steps that a level looks ahead; 0: the rest of the run.
    static constexpr std::array<std::size_t, 3> block_steps{0, 480, 96};
    static constexpr std::size_t depth = block_steps.size();
    static constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

    struct Level {
        bool built = false;
        std::size_t last_step = 0;
        std::vector<double> low; // [A]
        std::vector<double> high;
        SlackPlanes planes;
        std::vector<std::uint32_t> place; // per row: where in `planes`, or nowhere
    };

    bool asks_all_rows() const { return factor_ > 1.0 || radii_->radius.empty(); }
    bool holds(const Level& level, std::size_t step, const double* low, const double* high) const;
    void choose_box(std::size_t index, std::size_t step, const double* low, const double* high, const double* now,
                    const IndexPath& path, const Outlook& outlook);
    double radius_of(const Level& level) const;
    void clear(Level& level);
    void fill_first(const AccountRows& rows, const std::vector<std::uint32_t>& changed);
    void fill_from_rows(const AccountRows& rows);
    void fill_from(const SlackPlanes& parent, Level& level);
    void note_places(Level& level);
    void forget(Level& level, std::uint32_t row);
    void ask_plane(const Level& level, const AccountRows& rows, std::uint32_t row);
    bool keep_plane(Level& level, std::uint32_t row);
    void consider(Level& level, const AccountRows& rows, std::uint32_t row);
    bool is_in_breach(const AccountRows& rows, std::uint32_t row, const double* mark) const;

    bool brute_;
    const MarginRule* rule_ = nullptr;
    double multiple_ = 1.0; // as bound, times
    double factor_ = 1.0;
    const SafeRadii* radii_ = nullptr;
    const std::vector<double>* initial_price_ = nullptr;
    const std::vector<double>* typical_move_ = nullptr;
    std::size_t assets_ = 0;
    std::size_t steps_ = 0;
    std::array<Level, depth> levels_;
    std::vector<double> found_at_;     // [A] marks of the last find(); empty: nobody was looked for yet
    std::vector<std::uint32_t> found_; // by it
    std::vector<std::uint32_t> changed_since_;
    std::vector<std::uint32_t> candidates_; // scratch
    double base_ = 0.0;                     // of the plane asked for last, and its slopes
    std::vector<double> slope_;
    std::vector<double> mark_;
    std::vector<double> steepest_;   // [3 x A], scratch
    std::vector<float> marks_ahead_; // [A x steps looked at, and room for a vector more]
};

} // namespace plunge
