// Digests of a scenario, section by section: what tells a baseline that a result is of another model, and where.
#pragma once

#include <string>
#include <vector>

#include "models/common/values.hpp"

namespace plunge {

struct SectionDigest {
    std::string section; ///< run, asset, ...; `inputs` for the files that the scenario names
    std::string digest;  ///< sixteen hexadecimal digits

    friend bool operator==(const SectionDigest& a, const SectionDigest& b) = default;
};

/// Digests of what makes a scenario the model that it is. Comments, layout, the order of keys and how numbers are
/// written do not count, nor does what only chooses worlds, names and records: [scenario], run.worlds, run.seed,
/// run.population_seed where every world draws its accounts, record.traces, record.quantiles, record.cascades,
/// record.cascade_threshold and record.contagion.
/// \param effective  TOML with presets and overrides applied
/// \throws SyntaxError
std::vector<SectionDigest> section_digests(const std::string& effective, const std::vector<InputFile>& inputs);

/// Whether another seed means other accounts in all worlds: one population for all of them, with accounts that are
/// drawn. \throws SyntaxError
bool seed_draws_population(const std::string& effective);

} // namespace plunge
