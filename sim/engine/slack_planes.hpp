// Planes below the slack of accounts, kept as columns so that many can be looked at in one go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace plunge {

/// Per row a plane: slack >= base + sum_a slope_a mark_a inside some box (models/margin/slack.hpp). The looks below are
/// filters and no part of any result: single precision will do, which the planes' margin allows for.
class SlackPlanes {
  public:
    void set_assets(std::size_t assets);
    void clear();
    void push_back(std::uint32_t row, double base, const double* slope);
    void append(const SlackPlanes& from, std::span<const std::uint32_t> which);
    void blank(std::size_t i) { column_[i] = nobody; } ///< never found again

    std::size_t size() const { return row_.size(); }
    std::uint32_t row(std::size_t i) const { return row_[i]; }
    const std::vector<std::uint32_t>& rows() const { return row_; }

    /// Which planes are not positive at `mark`.
    void find_at(const double* mark, std::vector<std::uint32_t>& found) const;

    /// Which of the first `count` planes are not positive all over the box.
    void find_over(const double* low, const double* high, std::size_t count, std::vector<std::uint32_t>& found) const;

    /// The first k in [from, limit) at which plane i is not positive; `limit` where it always is.
    /// \param mark  [A][limit]
    std::size_t first_at(std::size_t i, const double* const* mark, std::size_t from, std::size_t limit) const;

  private:
    static constexpr float nobody = std::numeric_limits<float>::infinity();

    const float* base() const { return column_.data(); }
    const float* slope(std::size_t asset) const { return column_.data() + (asset + 1) * capacity_; }
    void reserve(std::size_t count);

    std::size_t assets_ = 0;
    std::size_t capacity_ = 0;  // a multiple of the lanes of a vector
    std::vector<float> column_; // [1 + A][capacity]: base, slopes; beyond the last row base is infinite
    std::vector<std::uint32_t> row_;
};

} // namespace plunge
