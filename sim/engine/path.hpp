// The index path of one world, produced in blocks before the world is stepped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace plunge {

class Market;

/// Steps per block of the path's price ranges.
inline constexpr std::size_t range_block = 16;

/// Index prices of one world and their ranges, [T+1 x A] row-major with t = 0 the initial prices.
class IndexPath {
  public:
    /// Fills the path of `world`, reusing the memory of the last one.
    void generate(const Market& market, std::uint64_t world);

    const double* log_move(std::size_t step) const { return log_move_.data() + step * assets_; } ///< since t = 0
    const double* price(std::size_t step) const { return price_.data() + step * assets_; }

    /// Smallest and largest index price of every asset over steps [first, last].
    void range(std::size_t first, std::size_t last, double* low, double* high) const;

    /// 1 - trough / peak before it, per asset, over the whole path.
    std::vector<double> max_drawdown() const;

    /// Builds a path from given log moves, [T+1 x A], for tests and counterfactuals.
    void assign(const std::vector<double>& log_moves, const std::vector<double>& initial_price);

  private:
    void price_from_log(const std::vector<double>& initial_price);

    std::size_t assets_ = 0;
    std::size_t steps_ = 0;
    std::vector<double> log_move_;
    std::vector<double> price_;
    std::vector<double> block_low_; // [blocks x A], over steps [16 b, 16 b + 15]
    std::vector<double> block_high_;
};

} // namespace plunge
