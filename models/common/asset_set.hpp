// A set of assets to go through in order: those that an account holds, of many that it does not.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace plunge {

/// Bits, one an asset. Of more assets than there are bits it is the set of all of them.
class AssetSet {
  public:
    /// Nothing of so many assets.
    explicit AssetSet(std::size_t assets) : assets_{assets} {}
    static AssetSet all(std::size_t assets) {
        AssetSet set{assets};
        if (assets > 0) set.bits_ = ~std::uint64_t{0} >> (bits - std::min(assets, bits));
        return set;
    }

    void add(std::size_t asset) { bits_ |= std::uint64_t{1} << asset % bits; }

    class Iterator {
      public:
        Iterator(std::uint64_t left, std::size_t at, bool counts) : left_{left}, at_{at}, counts_{counts} {}
        std::size_t operator*() const { return counts_ ? at_ : static_cast<std::size_t>(std::countr_zero(left_)); }
        Iterator& operator++() {
            counts_ ? static_cast<void>(++at_) : static_cast<void>(left_ &= left_ - 1);
            return *this;
        }
        bool operator!=(const Iterator& other) const { return counts_ ? at_ != other.at_ : left_ != other.left_; }

      private:
        std::uint64_t left_;
        std::size_t at_;
        bool counts_;
    };
    Iterator begin() const { return {bits_, 0, assets_ > bits}; }
    Iterator end() const { return {0, assets_, assets_ > bits}; }

  private:
    static constexpr std::size_t bits = 64;
    std::uint64_t bits_ = 0;
    std::size_t assets_;
};

} // namespace plunge
