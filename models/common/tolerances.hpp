// Where rounding ends: amounts, shares and quantities below which something is nothing. All of them are part of the
// contract in sim/README.md, to which each refers; the slow implementation in tests/differential has its own.
#pragma once

namespace plunge::tolerance {

/// Wealth of less than this share of the gross notional is none: the asset before, or a fee, may have taken all but
/// the last bits. "A round at one venue", 2, of an account between two slices; 4, of opposite accounts and of winners.
inline constexpr double wealth = 1e-12;

/// Missing this share of what is asked for, or of an integer number of contracts, is missing nothing; finding less than
/// it is finding nothing. "A round at one venue", 4, of contracts, of what winners leave over and of opposite accounts.
inline constexpr double quantity = 1e-12;

/// What pots may lack for the book's share of orders, as a share of the notional of the turn; twice that is dust.
/// "A round at one venue", 4, of `K`; "What a venue does by itself", `dust`.
inline constexpr double allowance = 1e-12;

/// A share of orders or of loans below this is zero: only the allowance would trade. "A round at one venue", 2 and 4.
inline constexpr double share = 1e-9;

/// Of such a share that was sought, this much of it is left out: what is bought and sold may cancel at it, and rounding
/// would ask an empty side of a book for the rest. "A round at one venue", 2 and 4.
inline constexpr double share_found = 1e-12;

/// A drawdown of the insurance funds this close to a threshold has reached it: what winners bear is found by halving.
/// "A round at one venue", 4, of `K`.
inline constexpr double drawdown = 1e-9;

/// A side of a book on which less than this share of what it holds is left is empty: what is left is a difference of
/// large numbers. "A round at one venue", 4.
inline constexpr double empty_side = 1e-6;

/// Where a book lacks this share of what is asked of it at most, nothing is missing; where it has less than this,
/// nothing is there. "A round at one venue", 4.
inline constexpr double unfilled = 1e-9;

/// The same while a share of orders or of loans is sought that it can fill: what is found is filled then, whatever its
/// last bits. "A round at one venue", 2 and 4.
inline constexpr double unfilled_sought = 5e-10;

/// A fraction of a row's positions below this is no order: the margin that was missing was rounding.
/// "A round at one venue", 2.
inline constexpr double order = 1e-9;

/// Keepers who miss this share of what they repay take all the same. "A round at one venue", 2.
inline constexpr double keepers_profit = 1e-9;

/// A debt below this share of the collateral behind it is left standing: selling it off would take rounds for nothing.
/// "A round at one venue", 3.
inline constexpr double standing_debt = 1e-9;

/// Where less than this share of the collateral would be left, all is sold: whether a row without wealth has the last
/// bits of it left is rounding. "A round at one venue", 3.
inline constexpr double collateral_left = 1e-12;

/// Wealth that a partial close leaves out of account, as a share of the gross notional: rounding would find the
/// restored row short again in the next round. Of the policy, `models/liquidation/partial.hpp`, in "A round", 2.
inline constexpr double restored_margin = 1e-12;

/// Durations are decimal multiples of the step, which a division may miss by an ulp: this part of a step too much is
/// nothing. "The order of a step", at its beginning.
inline constexpr double step = 1e-9;

/// A top-up of less than this share of the maintenance margin is nothing. "The order of a step", 5.
inline constexpr double top_up = 1e-9;

/// A transient log displacement below this is zero. "The order of a step", 2.
inline constexpr double displacement = 1e-14;

/// A fund that has paid out what it took in again differs from its start by rounding: this share of it used is none.
/// "The order of a step", 7.
inline constexpr double fund_use = 1e-9;

/// A margin factor that rises by less than this share of itself has not been raised. "The order of a step", 7.
inline constexpr double margin_raise = 1e-9;

/// A loss on an asset of less than this share of the gross notional is none: which assets a row has lost in is then
/// rounding. "Contagion".
inline constexpr double lost = 1e-9;

/// Wealth below zero by less than this share of what the row holds and has started from is rounding. "The end of a
/// world".
inline constexpr double open_debt = 1e-12;

/// An institution that lacks less than this share of what it owes pays in full. "The end of a world".
inline constexpr double payment = 1e-12;

/// Sums of money and contracts that should be equal differ by at most this share of gross flows. "Invariants".
inline constexpr double balance = 1e-9;

} // namespace plunge::tolerance
