// How near a world has come to a rare event: what splitting sends its branches after.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
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
/// With q the quantity over its threshold, m how far prices have moved, weighted by `weight`, l liquidated notional L
/// as L / (L + open interest at the start), and u = m + 2.5 s sqrt(1 - t / T) the move that may still come, s being
/// that of one standard deviation over the whole time T, the score of a step is
///
///   q + (1 - q) (u / (u + s) + l) / 2,   below one,
///
/// and `reached` once q is. Of a price move itself it is 1 / (1 + c), c the standard deviations that are missing.
/// A world with the same move and less time left is further from the event. Any score makes splitting unbiased; a good
/// one makes it precise.
struct RareEvent {
    RareQuantity quantity = RareQuantity::shortfall;
    double threshold = 0.0;           ///< reached or passed; zero: the quantity is above zero at all
    std::optional<std::size_t> venue; ///< all venues together where left out
    Toward toward = Toward::fall;
    std::vector<double> weight; ///< [A], of the assets' relative price moves; sums to one
    double open_interest = 0.0; ///< at the start [quote]
    double typical_move = 1.0;  ///< s: standard deviation of the weighted move over the horizon

    /// The score of a world in which the event has come about.
    static constexpr double reached = 2.0;

    /// \param move        weighted relative price move now
    /// \param time_left   share of the horizon
    /// \param so_far      the quantity so far
    /// \param liquidated  notional so far [quote]
    double score(double move, double time_left, double so_far, double liquidated) const {
        const double spread = typical_move * std::sqrt(time_left);
        if (quantity == RareQuantity::price_move) {
            if (move >= threshold) return reached;
            return spread > 0.0 ? spread / (spread + threshold - move) : 0.0;
        }
        if (threshold > 0.0 ? so_far >= threshold : so_far > 0.0) return reached;
        const double share = threshold > 0.0 ? so_far / threshold : 0.0;
        constexpr double may_come = 2.5; // standard deviations: the last stretch before a rare event is about as long
        const double ahead = std::max(0.0, move + may_come * spread);
        const double moved = ahead / (ahead + typical_move);
        const double part = liquidated > 0.0 ? liquidated / (liquidated + open_interest) : 0.0;
        return share + (1.0 - share) * 0.5 * (moved + part);
    }

    /// How far `relative` (the weighted mean of price over price at the start) has moved.
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

    void begin_world() {
        rises_.clear();
        quantity_ = highest_move_ = 0.0;
        rise_ = false;
    }
    void observe_move(double move, bool rise) {
        if (!(move > highest_move_)) return;
        highest_move_ = move;
        rise_ = rise;
    }
    void observe(std::size_t step, double score) {
        if (score > highest()) rises_.push_back({static_cast<std::uint32_t>(step), score});
    }
    void set_quantity(double so_far) { quantity_ = so_far; }
    /// The event's quantity at the end of the world; not of a price move.
    double quantity() const { return quantity_; }
    /// The furthest that prices have moved on the way; not below zero.
    double highest_move() const { return highest_move_; }
    bool rose() const { return rise_; } ///< there
    double highest() const { return rises_.empty() ? 0.0 : rises_.back().score; }
    /// The first step in which the score was above `level`, which it must have been.
    std::size_t first_above(double level) const {
        std::size_t i = 0;
        while (!(rises_[i].score > level)) ++i;
        return rises_[i].step;
    }

  private:
    std::vector<Rise> rises_;
    double quantity_ = 0.0;
    double highest_move_ = 0.0;
    bool rise_ = false;
};

} // namespace plunge
