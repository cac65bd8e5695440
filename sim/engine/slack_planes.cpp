#include "sim/engine/slack_planes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <type_traits>

#include <immintrin.h>

namespace plunge {
namespace {

constexpr std::size_t lanes = SlackPlanes::lanes;

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

__m256 all(double x) { return _mm256_set1_ps(static_cast<float>(x)); }

// For any set of lanes their numbers, ascending, a byte each. Packing lanes to the front without a branch matters:
// which planes are found is as good as random to the processor.
constexpr auto numbers_of_lanes = [] {
    std::array<std::uint64_t, 1U << lanes> result{};
    for (unsigned set = 0; set < result.size(); ++set) {
        unsigned packed = 0;
        for (std::uint64_t lane = 0; lane < lanes; ++lane) {
            if ((set >> lane & 1U) != 0) result[set] |= lane << (8 * packed++);
        }
    }
    return result;
}();

__m256i packed_lanes(unsigned set) {
    return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<long long>(numbers_of_lanes[set])));
}

// Where write_lanes() may write up to `count` numbers.
std::uint32_t* room_for(std::size_t count, std::vector<std::uint32_t>& memory) {
    if (memory.size() < count + lanes) memory.resize(count + lanes);
    return memory.data();
}

// Writes first + (number of every lane in `set`) to `out`, and something up to a whole vector; returns the end.
std::uint32_t* write_lanes(unsigned set, std::size_t first, std::uint32_t* out) {
    const __m256i number = _mm256_add_epi32(packed_lanes(set), _mm256_set1_epi32(static_cast<int>(first)));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), number);
    return out + std::popcount(set);
}

} // namespace

void SlackPlanes::set_assets(std::size_t assets) {
    if (assets == assets_) return clear();
    assets_ = assets;
    size_ = capacity_ = 0;
    column_.clear();
    row_.clear();
}

void SlackPlanes::clear() {
    std::fill_n(column_.begin(), size_, nobody);
    size_ = 0;
}

void SlackPlanes::reserve(std::size_t count) {
    if (count + lanes <= capacity_) return;
    const std::size_t capacity = (std::max(count, 2 * capacity_) + 2 * lanes - 1) / lanes * lanes;
    std::vector<float> column((1 + assets_) * capacity, 0.0F);
    std::fill_n(column.begin(), capacity, nobody);
    for (std::size_t c = 0; c <= assets_; ++c) {
        std::copy_n(column_.data() + c * capacity_, size_, column.data() + c * capacity);
    }
    column_ = std::move(column);
    row_.resize(capacity);
    capacity_ = capacity;
}

void SlackPlanes::push_back(std::uint32_t row, double base, const double* slope) {
    reserve(size_ + 1);
    row_[size_] = row;
    replace(size_++, base, slope);
}

void SlackPlanes::replace(std::size_t i, double base, const double* slope) {
    const auto keep = [&](double unit) {
        column_[i] = static_cast<float>(base * unit);
        for (std::size_t a = 0; a < assets_; ++a) {
            column_[(a + 1) * capacity_ + i] = static_cast<float>(slope[a] * unit);
        }
    };
    double largest = std::fabs(base);
    for (std::size_t a = 0; a < assets_; ++a) largest = std::max(largest, std::fabs(slope[a]));
    // Only a plane's sign is asked for: where single precision has few digits left its numbers are put in the middle.
    if ((largest > 1e-20 && largest < 1e20) || largest == 0.0) {
        keep(1.0);
    } else {
        keep(1.0 / std::clamp(largest, 1e-300, 1e300));
    }
}

// Calls visit(assets, first, set) for every vector of planes, `set` being the lanes that are not positive all over the
// box.
template <class Visit>
void SlackPlanes::visit_over(const double* low, const double* high, std::size_t count, const Visit& visit) const {
    with_assets(assets_, [&](auto assets) {
        for (std::size_t i = 0; i < count; i += lanes) {
            __m256 value = _mm256_loadu_ps(base() + i);
            for (std::size_t a = 0; a < assets; ++a) {
                const __m256 s = _mm256_loadu_ps(slope(a) + i);
                value = _mm256_add_ps(value,
                                      _mm256_min_ps(_mm256_mul_ps(s, all(low[a])), _mm256_mul_ps(s, all(high[a]))));
            }
            const unsigned set = not_positive(value);
            visit(assets, i, count - i < lanes ? set & ((1U << (count - i)) - 1U) : set);
        }
    });
}

void SlackPlanes::append_over(const SlackPlanes& from, const double* low, const double* high, std::size_t count) {
    reserve(size_ + count);
    std::size_t end = size_;
    from.visit_over(low, high, count, [&](auto assets, std::size_t i, unsigned set) {
        const __m256i order = packed_lanes(set);
        for (std::size_t c = 0; c <= assets; ++c) {
            const __m256 column = _mm256_loadu_ps(from.column_.data() + c * from.capacity_ + i);
            _mm256_storeu_ps(column_.data() + c * capacity_ + end, _mm256_permutevar8x32_ps(column, order));
        }
        const __m256i row = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from.row_.data() + i));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(row_.data() + end), _mm256_permutevar8x32_epi32(row, order));
        end += static_cast<std::size_t>(std::popcount(set));
    });
    std::fill_n(column_.begin() + static_cast<std::ptrdiff_t>(end), lanes, nobody); // what the last vector left over
    size_ = end;
}

std::span<const std::uint32_t> SlackPlanes::find_at(const double* mark, std::vector<std::uint32_t>& memory) const {
    std::uint32_t* end = room_for(size_, memory);
    with_assets(assets_, [&](auto assets) {
        for (std::size_t i = 0; i < size_; i += lanes) {
            __m256 value = _mm256_loadu_ps(base() + i);
            for (std::size_t a = 0; a < assets; ++a) {
                value = _mm256_fmadd_ps(_mm256_loadu_ps(slope(a) + i), all(mark[a]), value);
            }
            end = write_lanes(not_positive(value), i, end);
        }
    });
    return {memory.data(), end};
}

std::span<const std::uint32_t> SlackPlanes::find_over(const double* low, const double* high,
                                                      std::vector<std::uint32_t>& memory) const {
    std::uint32_t* end = room_for(size_, memory);
    visit_over(low, high, size_, [&](auto, std::size_t i, unsigned set) { end = write_lanes(set, i, end); });
    return {memory.data(), end};
}

std::size_t SlackPlanes::first_at(std::size_t i, const float* mark, std::size_t stride, std::size_t from,
                                  std::size_t limit) const {
    return with_assets(assets_, [&](auto assets) {
        for (std::size_t k = from; k < limit; k += lanes) {
            __m256 value = _mm256_set1_ps(base()[i]);
            for (std::size_t a = 0; a < assets; ++a) {
                value = _mm256_fmadd_ps(_mm256_set1_ps(slope(a)[i]), _mm256_loadu_ps(mark + a * stride + k), value);
            }
            if (const unsigned set = not_positive(value); set != 0) {
                return std::min(limit, k + static_cast<std::size_t>(std::countr_zero(set)));
            }
        }
        return limit;
    });
}

} // namespace plunge
