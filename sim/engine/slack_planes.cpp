#include "sim/engine/slack_planes.hpp"

#include <algorithm>
#include <bit>
#include <type_traits>

#include <immintrin.h>

namespace plunge {
namespace {

constexpr std::size_t lanes = 8;

// Calls f with the number of assets as a constant where it is small, so that loops over assets unroll.
template <class Function> auto with_assets(std::size_t assets, Function&& f) {
    switch (assets) {
    case 1:
        return f(std::integral_constant<std::size_t, 1>{});
    case 2:
        return f(std::integral_constant<std::size_t, 2>{});
    case 3:
        return f(std::integral_constant<std::size_t, 3>{});
    case 4:
        return f(std::integral_constant<std::size_t, 4>{});
    default:
        return f(assets);
    }
}

// The lanes in which x is not positive, as bits.
unsigned not_positive(__m256 x) {
    return static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_NGT_UQ)));
}
unsigned not_positive(__m256d x) {
    return static_cast<unsigned>(_mm256_movemask_pd(_mm256_cmp_pd(x, _mm256_setzero_pd(), _CMP_NGT_UQ)));
}

__m256 all(double x) { return _mm256_set1_ps(static_cast<float>(x)); }

// Writes first + (number of every set bit) to `out`; returns its new end.
std::uint32_t* write_bits(unsigned bits, std::size_t first, std::uint32_t* out) {
    for (; bits != 0; bits &= bits - 1) {
        *out++ = static_cast<std::uint32_t>(first) + static_cast<std::uint32_t>(std::countr_zero(bits));
    }
    return out;
}

} // namespace

void SlackPlanes::set_assets(std::size_t assets) {
    assets_ = assets;
    capacity_ = 0;
    column_.clear();
    row_.clear();
}

void SlackPlanes::clear() {
    std::fill_n(column_.begin(), row_.size(), nobody);
    row_.clear();
}

void SlackPlanes::reserve(std::size_t count) {
    if (count <= capacity_) return;
    const std::size_t capacity = (std::max(count, 2 * capacity_) + lanes - 1) / lanes * lanes;
    std::vector<float> column((1 + assets_) * capacity, 0.0F);
    std::fill_n(column.begin(), capacity, nobody);
    for (std::size_t c = 0; c <= assets_ && capacity_ > 0; ++c) {
        std::copy_n(column_.data() + c * capacity_, row_.size(), column.data() + c * capacity);
    }
    column_ = std::move(column);
    capacity_ = capacity;
}

void SlackPlanes::push_back(std::uint32_t row, double base, const double* slope) {
    const std::size_t i = row_.size();
    reserve(i + 1);
    column_[i] = static_cast<float>(base);
    for (std::size_t a = 0; a < assets_; ++a) column_[(a + 1) * capacity_ + i] = static_cast<float>(slope[a]);
    row_.push_back(row);
}

void SlackPlanes::append(const SlackPlanes& from, std::span<const std::uint32_t> which) {
    const std::size_t size = row_.size();
    reserve(size + which.size());
    for (std::size_t c = 0; c <= assets_; ++c) {
        float* to = column_.data() + c * capacity_ + size;
        const float* column = from.column_.data() + c * from.capacity_;
        for (std::size_t j = 0; j < which.size(); ++j) to[j] = column[which[j]];
    }
    for (const std::uint32_t i : which) row_.push_back(from.row_[i]);
}

void SlackPlanes::find_at(const double* mark, std::vector<std::uint32_t>& found) const {
    found.resize(row_.size());
    std::uint32_t* end = found.data();
    with_assets(assets_, [&](auto assets) {
        for (std::size_t i = 0; i < row_.size(); i += lanes) {
            __m256 value = _mm256_loadu_ps(base() + i);
            for (std::size_t a = 0; a < assets; ++a) {
                value = _mm256_fmadd_ps(_mm256_loadu_ps(slope(a) + i), all(mark[a]), value);
            }
            end = write_bits(not_positive(value), i, end);
        }
    });
    found.resize(static_cast<std::size_t>(end - found.data()));
}

void SlackPlanes::find_over(const double* low, const double* high, std::size_t count,
                            std::vector<std::uint32_t>& found) const {
    found.resize((count + lanes - 1) / lanes * lanes);
    std::uint32_t* end = found.data();
    with_assets(assets_, [&](auto assets) {
        for (std::size_t i = 0; i < count; i += lanes) {
            __m256 value = _mm256_loadu_ps(base() + i);
            for (std::size_t a = 0; a < assets; ++a) {
                const __m256 s = _mm256_loadu_ps(slope(a) + i);
                value = _mm256_add_ps(value,
                                      _mm256_min_ps(_mm256_mul_ps(s, all(low[a])), _mm256_mul_ps(s, all(high[a]))));
            }
            end = write_bits(not_positive(value), i, end);
        }
    });
    while (end != found.data() && end[-1] >= count) --end; // the last vector may reach beyond
    found.resize(static_cast<std::size_t>(end - found.data()));
}

std::size_t SlackPlanes::first_at(std::size_t i, const double* const* mark, std::size_t from, std::size_t limit) const {
    constexpr std::size_t steps = 4; // at a time, in double precision as marks are
    return with_assets(assets_, [&](auto assets) {
        const __m256d start = _mm256_set1_pd(static_cast<double>(base()[i]));
        std::size_t k = from;
        for (; k + steps <= limit; k += steps) {
            __m256d value = start;
            for (std::size_t a = 0; a < assets; ++a) {
                value = _mm256_fmadd_pd(_mm256_set1_pd(static_cast<double>(slope(a)[i])), _mm256_loadu_pd(mark[a] + k),
                                        value);
            }
            if (const unsigned bits = not_positive(value); bits != 0) {
                return k + static_cast<std::size_t>(std::countr_zero(bits));
            }
        }
        for (; k < limit; ++k) {
            double value = static_cast<double>(base()[i]);
            for (std::size_t a = 0; a < assets; ++a) value += static_cast<double>(slope(a)[i]) * mark[a][k];
            if (!(value > 0.0)) return k;
        }
        return limit;
    });
}

} // namespace plunge
