// How near a world has come to a rare event: what splitting sends its branches after.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "models/common/values.hpp"

namespace plunge {

/// What is counted towards the event, from the start of the world on. None of it ever falls.
enum class RareQuantity { shortfall, uncovered, adl, fund_draw, liquidated, price_move };
template <> struct EnumNames<RareQuantity> {
    static constexpr std::array<std::string_view, 6> value{"shortfall", "uncovered",  "adl",
                                                           "fund_draw", "liquidated", "price_move"};
};

/// Where prices go on the way to the event.
enum class Toward { fall, rise, either };
template <> struct EnumNames<Toward> {
    static constexpr std::array<std::string_view, 3> value{"fall", "rise", "either"};
};

/// The event that a quantity reaches a threshold, and the score of a world on its way there.
///
/// While the quantity is zero the score is the mean of two running maxima below one: how far prices have moved, weighted
/// by `weight`, and liquidated notional L over L plus the open interest at the start. Once it is above zero the score is
/// 1 + quantity / threshold. Any score makes splitting unbiased; a good one makes it precise.
struct RareEvent {
    RareQuantity quantity = RareQuantity::shortfall;
    double threshold = 0.0; ///< reached or passed; zero: the quantity is above zero at all
    std::optional<std::size_t> venue; ///< all venues together where left out
    Toward toward = Toward::fall;
    std::vector<double> weight;  ///< [A], of the assets' relative price moves; sums to one
    double open_interest = 0.0;  ///< at the start [quote]

    /// The score of a world in which the event has come about.
    static constexpr double reached = 2.0;

    /// \param move        running maximum of the weighted relative price move, not negative
    /// \param quantity    so far
    /// \param liquidated  notional so far [quote]
    double score(double move, double quantity_so_far, double liquidated) const {
        if (quantity == RareQuantity::price_move) return reached * move / threshold;
        if (quantity_so_far > 0.0) return threshold > 0.0 ? 1.0 + quantity_so_far / threshold : reached;
        const double moved = move / (1.0 + move);
        const double part = liquidated > 0.0 ? liquidated / (liquidated + open_interest) : 0.0;
        return 0.5 * (moved + part);
    }

    /// How far `relative` (the weighted mean of price over price at the start) is on its way.
    double move(double relative) const {
        const double change = relative - 1.0;
        return toward == Toward::fall ? -change : toward == Toward::rise ? change : change < 0.0 ? -change : change;
    }
};

/// The running maximum of a world's score: the steps in which it rose.
class ScoreRecord {
  public:
    struct Rise {
        std::uint32_t step;
        double score;
    };

    void begin_world() { rises_.clear(); }
    void observe(std::size_t step, double score) {
        if (score > highest()) rises_.push_back({static_cast<std::uint32_t>(step), score});
    }
    double highest() const { return rises_.empty() ? 0.0 : rises_.back().score; }
    /// The first step in which the score was above `level`, which it must have been.
    std::size_t first_above(double level) const {
        std::size_t i = 0;
        while (!(rises_[i].score > level)) ++i;
        return rises_[i].step;
    }

  private:
    std::vector<Rise> rises_;
};

} // namespace plunge
