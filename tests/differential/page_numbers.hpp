// Where rounding ends, as sim/README.md has it: the oracle's own numbers, written from the page and not from the
// engine.
#pragma once

namespace plunge::oracle::page {

// The order of a step
inline constexpr double part_of_a_step = 1e-9;        ///< a duration is in whole steps but for this
inline constexpr double transient_of_nothing = 1e-14; ///< 2: log displacement
inline constexpr double top_up_of_nothing = 1e-9;     ///< 5: of M
inline constexpr double fund_share_unused = 1e-9;     ///< 7
inline constexpr double factor_not_raised = 1e-9;     ///< 7: of itself

// A round at one venue
inline constexpr double no_order = 1e-9;              ///< 2: fraction of every position
inline constexpr double restored_part = 1e-12;        ///< 2: of G, left out of the equity under `partial`, `slice`
inline constexpr double keepers_forgive = 1e-9;       ///< 2: of what they repay
inline constexpr double loans_left_alone = 1e-9;      ///< 2: largest common share of nothing
inline constexpr double debt_left_standing = 1e-9;    ///< 3: of the collateral's value
inline constexpr double all_but = 1e-12;              ///< 3: from one less this on, all collateral
inline constexpr double wealth_of_nothing = 1e-12;    ///< 4: of gross notional
inline constexpr double allowance = 1e-12;            ///< 4: of the round's notional; twice that is dust
inline constexpr double book_share_of_nothing = 1e-9; ///< 4
inline constexpr double left_out_of_share = 1e-12;    ///< 2, 4: of a share found by halving
inline constexpr double fall_reached = 1e-9;          ///< 4: of a drawdown
inline constexpr double contract_of_nothing = 1e-12;  ///< 4: of a number of contracts
inline constexpr double rest_of_nothing = 1e-12;      ///< 4: of what was asked of winners
inline constexpr double fill_of_nothing = 1e-9; ///< 4: of what a book is asked for: nothing missing, or nothing filled
inline constexpr double offset_of_nothing = 1e-12; ///< 4: of what is ordered
inline constexpr double side_of_nothing = 1e-6;    ///< 4: of what a side of the book holds
inline constexpr double fill_sought = 5e-10;       ///< 2, 4: the same, missing at a share that is sought

// What a venue does by itself
inline constexpr double no_loss_of_cost = 1e-12; ///< 1: what is carried is at what it was taken over for, but for this

// Contagion
inline constexpr double lost_of_nothing = 1e-9; ///< of G

// Metrics
inline constexpr double open_share_that_counts = 0.01; ///< of the open interest at the start
inline constexpr double most_leverage = 1'000.0;

// The end of a world
inline constexpr double debt_of_nothing = 1e-12; ///< of what a row holds and has started from
inline constexpr double owed_of_nothing = 1e-12; ///< of what an institution owes

} // namespace plunge::oracle::page
