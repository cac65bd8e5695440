// The CSV files that a scenario may name: explicit accounts, and prices to replay.
#pragma once

#include <string>
#include <vector>

#include "models/common/check.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/scenario/scenario.hpp"

namespace plunge {

/// Columns: `account`, `equity`, one per asset symbol (signed base quantity; blank or absent: none), and optionally
/// `entry_SYM` (entry price; the scenario's price where blank or absent) and `collateral_SYM` (base). Mistakes are
/// reported with the CSV's line and column.
/// \return whether there was none.
bool read_accounts_csv(ReadContext& context, const InputFile& file, const std::vector<Asset>& assets,
                       ExplicitAccounts& out);

/// Columns: `time` (or `timestamp`, `date`, `datetime`, `open_time`), and one close per asset symbol; others are
/// ignored. \return whether there was no mistake.
bool read_prices_csv(ReadContext& context, const InputFile& file, PriceTable& out);

/// What a model may know when it completes the parameters that stand in `table` from files that they name.
InputContext input_context(ReadContext& context, const Node& table, const RunSettings& run);

/// Seconds since 1970 of an ISO 8601 time (UTC where it names no offset), or of a number: seconds, or milliseconds
/// from 1e11 on, which as seconds would be the year 5138. Nothing where it is neither.
std::optional<double> parse_time(std::string_view text);

} // namespace plunge
