// The sections of a scenario file that are more than a table of fields.
#pragma once

#include <string>

#include "sim/scenario/document.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/scenario/scenario.hpp"

namespace plunge {

/// [prices] and [[prices.shock]]. Reads a replay's CSV into its table. \return whether there was no mistake.
bool read_prices(ReadContext& context, const Node& table, const std::string& path, const RunSettings& run,
                 Scenario& scenario);

/// One [[venue]] with its impact, margin, liquidation, waterfall. \return whether there was no mistake.
bool read_venue(ReadContext& context, const Node& table, const std::string& path, const RunSettings& run,
                const std::vector<Asset>& assets, Venue& out);

/// One [[cohort]]. Reads its CSV of accounts where it names one. \return whether there was no mistake.
bool read_cohort(ReadContext& context, const Node& table, const std::string& path, const Scenario& scenario,
                 Cohort& out);

/// Names first, as anything may refer to them; then one [[institution]] each; its cohort once cohorts are known.
void read_institution_names(ReadContext& context, const Node& list);
bool read_institution(ReadContext& context, const Node& table, const std::string& path, Scenario& scenario);
void read_institution_cohort(ReadContext& context, const Node& table, const std::string& path, const Scenario& scenario,
                             Institution& out);
/// What an institution gives to default funds is its own.
void check_contributions(ReadContext& context, const Node& table, const std::string& path, const Scenario& scenario,
                         std::size_t institution);

/// The whole document; what was wrong keeps its defaults, so that every other mistake is found too.
Scenario read_scenario(ReadContext& context, const Node& root);

} // namespace plunge
