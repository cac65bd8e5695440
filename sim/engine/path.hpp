// The index path of one world, produced in blocks before the world is stepped.
#pragma once

#include <any>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/price/innovations.hpp"

namespace plunge {

class Lineage;
class Market;

/// Steps per block of the path's price ranges.
inline constexpr std::size_t range_block = 16;

/// Index prices of one world and their ranges. Asset after asset: a price over time is contiguous.
class IndexPath {
  public:
    /// Fills the path of a world, reusing the memory of the last one.
    /// \param tilting  draws an ordinary world, no branch of others, from another law; what assets that follow others
    ///                 have of their own is not tilted
    void generate(const Market& market, const Lineage& lineage, Tilting* tilting = nullptr);

    /// Builds a path from given log moves since t = 0, [A x T+1], for tests and comparisons.
    void assign(const std::vector<double>& log_moves, const std::vector<double>& initial_price);

    /// Prices of one asset at t = 0, 1, ..., T.
    const double* prices(std::size_t asset) const { return price_.data() + asset * stride_; }
    double price(std::size_t asset, std::size_t step) const { return prices(asset)[step]; }

    /// Smallest and largest index price of every asset over the blocks that steps [first, last] are in.
    void range(std::size_t first, std::size_t last, double* low, double* high) const;

    /// 1 - trough / peak before it, over the whole path.
    double max_drawdown(std::size_t asset) const;

  private:
    void set_size(std::size_t assets, std::size_t steps);
    void accumulate(std::size_t rows);
    void draw_returns(const Market& market, const Lineage& lineage, Tilting* tilting);
    void follow_underlyings(const Market& market);
    template <std::size_t Assets> void sum_up(double* move) const;
    void price_from_log(const std::vector<double>& initial_price);

    std::size_t assets_ = 0;
    std::size_t steps_ = 0;
    std::size_t stride_ = 0; // from one asset to the next
    std::size_t blocks_ = 0;
    std::vector<double> log_move_; // [A x stride]
    std::vector<double> price_;
    std::vector<double> block_low_; // [A x blocks], over steps [16 b, 16 b + 15]
    std::vector<double> block_high_;
    Innovations innovations_;
    std::any states_; // what each process remembers on its way; kept for its memory
};

} // namespace plunge
