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
    void reserve(std::size_t count);
    void push_back(std::uint32_t row, double base, const double* slope);
    void replace(std::size_t i, double base, const double* slope);
    void blank(std::size_t i) { column_[i] = nobody; } ///< never found again

    /// Appends those of the first `count` planes of `from` that are not positive all over the box.
    void append_over(const SlackPlanes& from, const double* low, const double* high, std::size_t count);

    std::size_t size() const { return size_; }
    std::uint32_t row(std::size_t i) const { return row_[i]; }
    std::span<const std::uint32_t> rows() const { return {row_.data(), size_}; }

    /// Which planes are not positive at `mark`, ascending. \param memory  of the result; grows as it has to
    std::span<const std::uint32_t> find_at(const double* mark, std::vector<std::uint32_t>& memory) const;

    /// Which planes are not positive all over the box.
    std::span<const std::uint32_t> find_over(const double* low, const double* high,
                                             std::vector<std::uint32_t>& memory) const;

    /// The first k in [from, limit) at which plane i is not positive; `limit` where it always is.
    /// \param mark  [A x stride], asset after asset; up to `lanes` more than `limit` are read of each
    std::size_t first_at(std::size_t i, const float* mark, std::size_t stride, std::size_t from,
                         std::size_t limit) const;

    static constexpr std::size_t lanes = 8; ///< of a vector

  private:
    static constexpr float nobody = std::numeric_limits<float>::infinity();

    const float* base() const { return column_.data(); }
    const float* slope(std::size_t asset) const { return column_.data() + (asset + 1) * capacity_; }
    template <class Visit>
    void visit_over(const double* low, const double* high, std::size_t count, const Visit& visit) const;

    std::size_t assets_ = 0;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;       // a multiple of the lanes, and room for that many more than `size_`
    std::vector<float> column_;      // [1 + A][capacity]: base, slopes; beyond the last row base is infinite
    std::vector<std::uint32_t> row_; // [capacity]
};

} // namespace plunge
