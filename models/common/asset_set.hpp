// Assets to go through in order: those that an account may hold, of many that it does not.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace plunge {

/// Bits, one an asset; beyond as many assets as there are bits, all of them.
using AssetBits = std::uint64_t;
inline constexpr AssetBits every_asset = ~AssetBits{0};

/// The bit of an asset.
inline AssetBits asset_bit(std::size_t asset) { return AssetBits{1} << (asset % 64); }

/// Goes through the assets of some bits.
class AssetSet {
  public:
    AssetSet(AssetBits bits, std::size_t assets)
        : left_{assets > 64   ? assets
                : assets < 64 ? bits & (asset_bit(assets) - 1)
                              : bits},
          counts_{assets > 64} {}

    struct End {};
    class Iterator {
      public:
        Iterator(std::uint64_t left, bool counts) : left_{left}, counts_{counts} {}
        std::size_t operator*() const { return counts_ ? at_ : static_cast<std::size_t>(std::countr_zero(left_)); }
        Iterator& operator++() {
            left_ = counts_ ? left_ - 1 : left_ & (left_ - 1);
            if (counts_) ++at_;
            return *this;
        }
        bool operator!=(End) const { return left_ != 0; }

      private:
        std::uint64_t left_; // bits, or how many
        std::size_t at_ = 0;
        bool counts_;
    };
    Iterator begin() const { return {left_, counts_}; }
    static End end() { return {}; }

  private:
    std::uint64_t left_;
    bool counts_;
};

} // namespace plunge
