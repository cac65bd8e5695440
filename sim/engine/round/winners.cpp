#include "sim/engine/round/winners.hpp"

#include <algorithm>
#include <cmath>

namespace plunge {
namespace {

// Room for the rounding of a bound.
constexpr double rounding_room = 1.0 + 1e-9;

// Looks below the last cut-off, so that one look is mostly enough.
constexpr double below_cutoff = 0.9;

} // namespace

void Winners::observe(const VenueParts& venue) {
    const std::vector<double>& mark = venue.books.mark();
    if (is_new_) {
        is_new_ = false;
        seen_.assign(venue.accounts.size(), {});
        mark_ = mark;
        path_ = 0.0;
        std::fill(cutoff_.begin(), cutoff_.end(), 0.0);
        return;
    }
    double largest = 0.0;
    for (std::size_t a = 0; a < mark.size(); ++a) {
        const double ratio = mark[a] > mark_[a] ? mark[a] / mark_[a] : mark_[a] / mark[a];
        largest = std::max(largest, ratio);
    }
    path_ += (largest - 1.0) * rounding_room; // above the log of the ratio
    mark_ = mark;
}

const std::vector<AdlCandidate>& Winners::find(VenueParts& venue, const Round& round, const ClosedSide& closed) {
    const bool ranks = venue.losses.waterfall().adl()->ranks_by_leverage();
    double least = ranks ? below_cutoff * cutoff(closed.asset, closed.side) : 0.0;
    while (collect(venue, round, closed, least) < closed.needed * rounding_room && least > 0.0) {
        constexpr double too_low = 1e-3; // then everybody may as well be asked
        least = least > too_low ? 0.6 * least : 0.0;
    }
    return candidates_;
}

// Those with a score of at least `least`; returns what they can give together.
double Winners::collect(VenueParts& venue, const Round& round, const ClosedSide& closed, double least) {
    const AutoDeleveraging& rule = *venue.losses.waterfall().adl();
    const std::vector<double>& marks = venue.books.mark();
    const std::size_t asset = closed.asset;
    const double mark = marks[asset];
    const double winning = -closed.side;
    const double cost = LinearContract::profit(closed.side, mark, closed.price); // that a winner loses per unit of base
    const Holders& holders = venue.accounts.holders(asset, winning);
    double offered = 0.0;
    candidates_.clear();
    for (std::size_t j = 0; j < holders.row.size(); ++j) {
        const double unit_profit = LinearContract::profit(winning, holders.entry[j], mark);
        if (!(unit_profit > 0.0)) continue;
        const std::uint32_t row = holders.row[j];
        Seen& seen = seen_[row];
        const double moved = path_ - seen.moved;
        if (moved < 1.0 && seen.edits == venue.accounts.edits(row)) {
            const double share = moved * (1.0 + moved); // above exp(moved) - 1
            const double left = 1.0 - seen.exposure * share;
            const double reach = unit_profit * seen.exposure * (1.0 + share) * rounding_room;
            if (left > 0.0 && reach < least * holders.entry[j] * left) continue;
        }
        const double q = venue.accounts.position(row, asset);
        if (!(q * winning > 0.0) || round.has(row)) continue;
        const Accounts::Worth worth = venue.accounts.worth(row, marks);
        if (!Accounts::has_left(worth)) continue; // the asset before has taken all there was
        seen = {worth.exposed / worth.wealth, path_, venue.accounts.edits(row)};
        const double entry = holders.entry[j];
        const double size = std::fabs(q);
        const double bearable = cost > 0.0 ? std::min(size, worth.wealth / cost) : size;
        const double profit = LinearContract::profit(q, entry, mark);
        const AdlCandidate candidate{row, rule.most_of(size, bearable), size,
                                     profit / LinearContract::notional(size, entry), worth.gross / worth.wealth};
        if (least > 0.0 && AutoDeleveraging::score_of(candidate) < least) continue;
        candidates_.push_back(candidate);
        offered += candidate.quantity;
    }
    return offered;
}

} // namespace plunge
