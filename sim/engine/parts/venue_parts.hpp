// All that a venue consists of in one world: parts that own state. What happens to them is the acts' (sim/engine/acts).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/engine/lineage.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/parts/accounts.hpp"
#include "sim/engine/parts/books.hpp"
#include "sim/engine/parts/depletion.hpp"
#include "sim/engine/parts/inventory.hpp"
#include "sim/engine/parts/ledger.hpp"
#include "sim/engine/parts/losses.hpp"
#include "sim/engine/parts/margins.hpp"
#include "sim/engine/parts/now.hpp"
#include "sim/engine/parts/record.hpp"
#include "sim/engine/parts/session.hpp"

namespace plunge {

/// What one act tells the others.
enum class Signal { halt, margin_raise };

struct VenueParts {
    VenueParts(const Market& of_market, std::uint32_t number, Search search);
    VenueParts(const VenueParts&) = delete; // they point at one another
    VenueParts& operator=(const VenueParts&) = delete;

    /// \param population, world_lineage, institutions  as they start the world; must outlive it
    void begin_world(const Population& population, const Lineage& world_lineage, bool impact,
                     std::vector<InstitutionState>& institutions);

    /// Announces something that has happened in step `t`; acts hear of it before the next act.
    void announce(std::size_t t, Signal signal) { signals.push_back({t, signal}); }

    /// The turn that has been traded is over: marks move, losses and income are settled.
    void end_turn(const Now& now);

    /// What the venue has earned, or lost, on something that it carried.
    void note_carried_profit(std::size_t asset, double profit) {
        ledger.pay(Party::carried, Party::clearing, profit);
        losses.note_carried(asset, profit);
        record.metrics.inventory_profit += profit;
    }

    double open_interest() const;      ///< at the marks [quote], the larger side of every asset
    double inventory_notional() const; ///< what the venue carries, at its marks, long and short added up
    double fund_balance() const { return losses.waterfall().fund_balance(); }

    /// Looks at what accounts have together and at what stands behind them: of a step as it ended, of steps looked at.
    void watch(std::size_t t) {
        depletion.observe(t, accounts, books.mark(), losses.waterfall().balance(), record.metrics.top_up_amount);
    }
    void watch_quiet(std::size_t t, std::size_t count, const LookAhead& ahead) {
        depletion.observe_quiet(t, count, ahead, accounts, losses.waterfall().balance(), record.metrics.top_up_amount);
    }

    /// What is known only at the end of a world: losses that are still open, and what sums and shares are made of.
    void end_world(std::size_t steps, const IndexPath& path);

    /// What a row has less than at the start, deposits counted in, at traded prices; negative is a gain.
    double loss_of(std::uint32_t row) const {
        return accounts.initial_wealth(row) + accounts.paid_in(row) - accounts.wealth(row, books.price());
    }

    /// Adds what this venue's accounts have met with to their cohorts; at the end.
    void add_to_cohorts(std::vector<CohortMetrics>& cohorts) const;

    /// What a cohort's accounts lose if the venue's debt falls on those it owes, pro rata to wealth; at the end.
    double lost_with_venue(std::size_t cohort) const;

    /// Largest difference between what parties hold and what the ledger says, relative to what has moved.
    double ledger_error() const;
    /// Whether nothing is left between two parties and accounts have what the ledger says: true after every act.
    bool is_balanced() const;

    struct Announcement {
        std::size_t step;
        Signal signal;
    };

    const Market& market;
    const VenueModel& model;
    const std::uint32_t venue; ///< its number
    const std::size_t assets;
    const Lineage* lineage = nullptr;

    Accounts accounts;
    Margins margins;
    Books books;
    Ledger ledger;
    Losses losses;
    Inventory inventory;
    Record record;
    Session session;
    Depletion depletion;
    std::vector<Announcement> signals;

  private:
    void count_open_losses(std::size_t steps, const IndexPath& path);

    std::vector<std::uint32_t> open_; // rows that may be insolvent
    const Population* population_ = nullptr;
    std::uint64_t population_world_ = 0; // that it was drawn for
};

} // namespace plunge
