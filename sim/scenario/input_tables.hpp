// The CSV files that a scenario may name: explicit accounts, and prices.
#pragma once

#include <string>
#include <vector>

#include "models/common/check.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/scenario/scenario.hpp"

namespace plunge {

/// Accounts of a cohort, a row each or a row for each position; scenarios/README.md says which columns there are.
/// Mistakes are reported with the CSV's line and column. \return whether there was none.
bool read_accounts_csv(ReadContext& context, const InputFile& file, const std::vector<Asset>& assets,
                       const Cohort& cohort, ExplicitAccounts& out);

/// Columns: a time, and one close per asset, by its symbol or an alias; others are ignored.
/// \return whether there was no mistake.
bool read_prices_csv(ReadContext& context, const InputFile& file, const HistoryReading& reading,
                     const std::vector<Asset>& assets, PriceTable& out);

/// One line on what a file of prices holds. \param start  where a path begins in it; NaN: nowhere
std::string history_line(const std::string& name, const PriceTable& table, double start, double step_seconds,
                         const std::vector<std::string>& symbols, const std::vector<Asset>& assets);

/// What a model may know when it completes the parameters that stand in `table` from files that they name.
InputContext input_context(ReadContext& context, const Node& table, const RunSettings& run,
                           const std::vector<Asset>& assets);

} // namespace plunge
