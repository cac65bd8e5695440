// What must hold between the values of a scenario, beyond the range of each.
//
// `check` is called for a struct whose own values were all read without a mistake; each overload reports what is wrong
// and says whether nothing was. Structs without an overload of their own have nothing to check; models and what belongs
// to them check themselves (models/common/check.hpp).
#pragma once

#include <string>

#include "sim/scenario/document.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/scenario/scenario.hpp"

namespace plunge {

template <class Anything>
bool check(ReadContext& /*context*/, const Node& /*table*/, const std::string& /*path*/, const Anything& /*value*/) {
    return true;
}

bool check(ReadContext& context, const Node& table, const std::string& path, const ScenarioHeader& header);
bool check(ReadContext& context, const Node& table, const std::string& path, const RunSettings& run);
bool check(ReadContext& context, const Node& table, const std::string& path, const RecordSettings& record);
bool check(ReadContext& context, const Node& table, const std::string& path, const Shock& shock);
bool check(ReadContext& context, const Node& table, const std::string& path, const UniformDistribution& d);
bool check(ReadContext& context, const Node& table, const std::string& path, const LogUniformDistribution& d);
bool check(ReadContext& context, const Node& table, const std::string& path, const NormalDistribution& d);
bool check(ReadContext& context, const Node& table, const std::string& path, const LogNormalDistribution& d);
bool check(ReadContext& context, const Node& table, const std::string& path, const ParetoDistribution& d);

/// A name that stands in file names, metrics and paths: letters, digits, `_`, and `also`.
bool is_identifier(std::string_view text, std::string_view also = "");

/// A name for people: not empty, one line, no control characters.
bool is_one_line(std::string_view text);

} // namespace plunge
