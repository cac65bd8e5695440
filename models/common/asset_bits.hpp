// Assets to go through in order: those that an account may hold, of many that it does not.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace plunge {

/// Bits, one an asset of the first 64.
using AssetBits = std::uint64_t;
inline constexpr AssetBits every_asset = ~AssetBits{0};

/// The bit of an asset; any one of those beyond the first 64, for there everybody may hold everything.
inline AssetBits asset_bit(std::size_t asset) { return AssetBits{1} << (asset % 64); }

/// Whether to look at bits at all: a few assets are gone through faster than picked from.
inline bool picks(std::size_t assets) { return assets > 4 && assets <= 64; }

/// Calls visit(asset) in ascending order for all assets of `bits`, and perhaps for others.
template <class Visit> void for_each_asset(AssetBits bits, std::size_t assets, Visit&& visit) {
    if (!picks(assets)) {
        for (std::size_t a = 0; a < assets; ++a) visit(a);
        return;
    }
    if (assets < 64) bits &= asset_bit(assets) - 1;
    for (; bits != 0; bits &= bits - 1) visit(static_cast<std::size_t>(std::countr_zero(bits)));
}

} // namespace plunge
