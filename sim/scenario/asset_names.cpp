#include "sim/scenario/asset_names.hpp"

namespace plunge {

std::optional<NamedAsset> find_named(const std::vector<Asset>& assets, std::string_view name) {
    for (std::size_t a = 0; a < assets.size(); ++a) {
        if (assets[a].symbol == name) return NamedAsset{a, 1.0};
        for (const AssetAlias& alias : assets[a].aliases.list) {
            if (alias.name == name) return NamedAsset{a, alias.scale};
        }
    }
    return std::nullopt;
}

std::vector<std::string> names_of(const Asset& asset) {
    std::vector<std::string> names{asset.symbol};
    for (const AssetAlias& alias : asset.aliases.list) names.push_back(alias.name);
    return names;
}

} // namespace plunge
