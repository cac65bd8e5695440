// Reading one value of each type that a field table may have. Each reader reports its own mistakes and says whether
// there was none; `path` is the full key for messages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/common/values.hpp"
#include "models/margin/tiers.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/scenario/scenario.hpp"

namespace plunge {

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field, double& out);
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                std::uint64_t& out);
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field, bool& out);
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                std::string& out);
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                std::vector<double>& out);
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                std::vector<std::uint64_t>& out);
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                std::vector<std::vector<double>>& out);

/// One number for all assets, an array in asset order, or a table by symbol.
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field, PerAsset& out);
/// A matrix, one number for every pair, or a table of pairs `{ BTC-ETH = 0.3 }`; symmetric with unit diagonal.
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                SquareMatrix& out);
/// A table by symbol of brackets `[[from, rate], ...]`, or one list of brackets for all assets.
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                TierTable& out);
/// A table of amounts by institution.
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                PerInstitution& out);
/// A list of institutions.
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                InstitutionList& out);
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                InputFile& out);
/// A list of names, or a table of names and how many of the asset each is.
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                AssetAliases& out);
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                Distribution& out);
/// A mark's name, or a table of its parameters, the first of them called by its name.
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                MarkChoice& out);
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                Positions& out);
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                CollateralMix& out);
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                BehaviourChoice& out);

/// A finite number, whatever its range.
bool read_number(ReadContext& context, const Node& node, const std::string& path, double& out);

/// One of `names`: its index.
std::optional<std::size_t> read_choice(ReadContext& context, const Node& node, const std::string& path,
                                       const KnownKeys& names, std::string_view noun);

/// The node is a table (an array); reported where it is not.
bool expect_table(ReadContext& context, const Node& node, const std::string& path, const std::string& hint = {});
bool expect_array(ReadContext& context, const Node& node, const std::string& path, const std::string& hint = {});

/// Index of an asset; an error at `place` where there is none of that symbol. Nothing is reported where the scenario's
/// assets themselves are missing.
std::optional<std::size_t> find_asset(ReadContext& context, const Place& place, const std::string& path,
                                      const std::string& symbol, const std::string& value);

} // namespace plunge
