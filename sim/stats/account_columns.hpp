// What is kept of the accounts that a scenario lists, over all worlds.
#pragma once

#include <tuple>

#include "sim/engine/result_columns.hpp"
#include "sim/stats/run_result.hpp"

namespace plunge {

constexpr auto account_columns() {
    using M = AccountSummary;
    return std::tuple{
        column("liquidated_worlds", &M::liquidated_worlds, "1", "worlds with a liquidation", "count of worlds",
               "worlds in which a position of the account was closed by force; over all worlds it is the probability"),
        column("liquidations", &M::liquidations, "1", "liquidation events", "count of (row, round), all worlds",
               "forced orders of the account that closed something, all worlds together"),
        column("deleveraged_worlds", &M::deleveraged_worlds, "1", "worlds with ADL", "count of worlds",
               "worlds in which the account was auto-deleveraged, or charged with others' losses"),
        column("mean_loss", &M::mean_loss, "USD", "mean loss if liquidated",
               "mean over worlds of W(0) + paid in - W(T)",
               "mean loss in the worlds in which the account was liquidated, of its rows that were liquidated, "
               "deleveraged, charged or frozen; to a millionth of a unit of money; NaN where it never was"),
        column("largest_loss", &M::largest_loss, "USD", "largest loss if liquidated",
               "max over worlds of W(0) + paid in - W(T)",
               "largest of these losses; NaN where the account was never liquidated"),
    };
}
static_assert(std::tuple_size_v<decltype(account_columns())> * sizeof(double) + sizeof(std::size_t) ==
              sizeof(AccountSummary));

} // namespace plunge
