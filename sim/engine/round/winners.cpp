#include "sim/engine/round/winners.hpp"

#include <algorithm>
#include <cmath>

namespace plunge {
namespace {

// Of sums of what candidates give, beside what is needed.
constexpr double rounding_room = 1.0 + 1e-9;

// Looks below the last cut-off, so that one look is mostly enough.
constexpr double below_cutoff = 0.9;

template <class Ranked> Ranked pop(std::vector<Ranked>& heap) {
    std::pop_heap(heap.begin(), heap.end());
    const Ranked top = heap.back();
    heap.pop_back();
    return top;
}

} // namespace

void Winners::observe(const VenueParts& venue) {
    if (is_new_) {
        is_new_ = false;
        bounds_.begin_world(venue.accounts.size());
        edits_seen_ = venue.accounts.edited().size();
        std::fill(cutoff_.begin(), cutoff_.end(), 0.0);
    }
    bounds_.observe(venue.books.mark());
}

// What is known of rows that have been edited since is not true any more.
void Winners::forget_changed(const Accounts& accounts) {
    const std::vector<std::uint32_t>& edited = accounts.edited();
    for (; edits_seen_ < edited.size(); ++edits_seen_) bounds_.forget(edited[edits_seen_]);
}

const std::vector<AdlCandidate>& Winners::find(VenueParts& venue, const Round& round, const ClosedSide& closed) {
    forget_changed(venue.accounts);
    if (venue.losses.waterfall().adl()->ranks_by_leverage()) {
        double least = below_cutoff * cutoff(closed.asset, closed.side);
        while (!rank(venue, round, closed, least) && least > 0.0) {
            constexpr double too_low = 1e-3; // then everybody may as well be asked
            least = least > too_low ? 0.6 * least : 0.0;
        }
        std::sort(candidates_.begin(), candidates_.end(),
                  [](const AdlCandidate& x, const AdlCandidate& y) { return x.account < y.account; });
        return candidates_;
    }
    candidates_.clear();
    for (const std::uint32_t row : venue.accounts.holders(closed.asset, -closed.side).row) {
        if (const auto candidate = ask(venue, round, closed, row)) candidates_.push_back(*candidate);
    }
    return candidates_;
}

// Those who rank first, until they give what is needed; false if those with a score of at least `least` do not.
bool Winners::rank(VenueParts& venue, const Round& round, const ClosedSide& closed, double least) {
    const double enough = closed.needed * rounding_room;
    double offered = 0.0;
    candidates_.clear();
    asked_.clear();
    bounds_.list(venue.accounts, closed.asset, -closed.side, least, waiting_);
    std::make_heap(waiting_.begin(), waiting_.end());
    for (;;) {
        // Nobody who was not asked comes before these; where scores are equal, the row decides, so they wait.
        while (!asked_.empty() &&
               (waiting_.empty() ? asked_.front().score >= least : asked_.front().score > waiting_.front().score)) {
            candidates_.push_back(pop(asked_).candidate);
            offered += candidates_.back().quantity;
            if (offered >= enough) return true;
        }
        if (waiting_.empty()) return false;
        const WinnerBounds::Bound next = pop(waiting_);
        if (venue.accounts.position(next.row, closed.asset) * -closed.side <= 0.0) {
            bounds_.drop(closed.asset, -closed.side, next.place);
            continue;
        }
        const auto candidate = ask(venue, round, closed, next.row);
        if (!candidate) continue;
        asked_.push_back({AutoDeleveraging::score_of(*candidate), *candidate});
        std::push_heap(asked_.begin(), asked_.end());
    }
}

// What a holder is as a candidate, if it is one.
std::optional<AdlCandidate> Winners::ask(const VenueParts& venue, const Round& round, const ClosedSide& closed,
                                         std::uint32_t row) {
    const double winning = -closed.side;
    const double mark = venue.books.mark()[closed.asset];
    const double entry = venue.accounts.entry(row, closed.asset);
    const double q = venue.accounts.position(row, closed.asset);
    const Accounts::Worth worth = venue.accounts.worth(row, venue.books.mark());
    bounds_.note(venue.accounts, row, worth);
    const bool has_left = Accounts::has_left(worth); // or the asset before has taken all there was
    const bool wins = q * winning > 0.0 && LinearContract::profit(winning, entry, mark) > 0.0;
    if (!wins || !has_left || round.has(row)) return {};
    const double cost = LinearContract::profit(closed.side, mark, closed.price); // that it loses per unit of base
    const double size = std::fabs(q);
    const double bearable = cost > 0.0 ? std::min(size, worth.wealth / cost) : size;
    const double profit = LinearContract::profit(q, entry, mark);
    return AdlCandidate{row, venue.losses.waterfall().adl()->most_of(size, bearable), size,
                        profit / LinearContract::notional(size, entry), worth.gross / worth.wealth};
}

} // namespace plunge
