// What becomes of the accounts of a table over many worlds: which were liquidated, how often, at what loss.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/engine/world.hpp"
#include "sim/stats/run_result.hpp"

namespace plunge {

/// The explicit accounts of a scenario, cohort by cohort. Sums are of whole numbers, losses in millionths of the quote
/// currency, so that they do not depend on the order of worlds or on who has added them up.
class AccountTallies {
  public:
    /// \param market  must outlive it
    explicit AccountTallies(const Market& market);

    bool empty() const { return tallies_.empty(); }

    /// A world that the engine has just run.
    void observe(const WorldEngine& engine);

    /// Adds what another has counted.
    void add(const AccountTallies& other);

    /// What was counted, in the order of cohorts and their tables.
    std::vector<AccountSummary> read() const;

  private:
    __extension__ typedef __int128 Wide;

    // Accounts of one cohort: neighbours among the owners of their venue.
    struct Range {
        std::uint32_t first_owner;
        std::uint32_t count;
        std::size_t first; ///< place in tallies_
    };
    struct Tally {
        std::uint64_t liquidated_worlds = 0;
        std::uint64_t liquidations = 0;
        std::uint64_t deleveraged_worlds = 0;
        Wide loss = 0; ///< in worlds in which it was liquidated
        double largest_loss = not_a_number;
    };
    // Of the world at hand.
    struct Hit {
        bool listed = false;
        bool liquidated = false;
        bool deleveraged = false;
        double loss = 0.0;
    };

    // The place of an owner's account; tallies_.size() where it comes from no table.
    std::size_t place(std::size_t venue, std::uint32_t owner) const;
    Hit& hit(std::size_t place);

    std::vector<std::vector<Range>> ranges_; // [V] by owner
    std::vector<std::size_t> cohort_;        // of every account
    std::vector<Tally> tallies_;
    std::vector<Hit> hits_;
    std::vector<std::size_t> listed_; // places of hits
};

} // namespace plunge
