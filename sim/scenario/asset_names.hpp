// The names that files have for a scenario's assets: symbols and aliases.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace plunge {

/// An asset as a file calls it.
struct NamedAsset {
    std::size_t asset = 0;
    double scale = 1.0; ///< units of the asset in one of what the file calls so
};

std::optional<NamedAsset> find_named(const std::vector<Asset>& assets, std::string_view name);

/// The symbol, then its aliases.
std::vector<std::string> names_of(const Asset& asset);

} // namespace plunge
