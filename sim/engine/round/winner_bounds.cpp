#include "sim/engine/round/winner_bounds.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include <immintrin.h>

namespace plunge {
namespace {

constexpr std::size_t lanes = 8;

constexpr float nobody = std::numeric_limits<float>::quiet_NaN();

// Room for the rounding of single precision: relative, and of a share of a price.
constexpr float rounding_room = 1.0F + 1e-5F;
constexpr float rounding_of_profit = 1e-6F;

// Where less than this share of its wealth can be left, a row is asked: what is left is mostly rounding.
constexpr float least_left = 1e-2F;

} // namespace

void WinnerBounds::begin_world(std::size_t rows) {
    exposure_.assign(rows, std::numeric_limits<float>::infinity());
    seen_.assign(rows, 0);
    for (std::vector<double>& marks : seen_at_) marks.clear();
    for (auto* column : {&since_.growth, &since_.longs_lost, &since_.shorts_lost}) column->clear();
    for (Side& side : sides_) side.version = 0;
}

void WinnerBounds::observe(const std::vector<double>& mark) {
    const std::size_t several = columns_ - 1;
    mark_ = mark;
    for (std::size_t a = 0; a < several; ++a) seen_at_[a].push_back(mark[a]);
    const std::size_t epochs = since_.growth.size() / columns_ + 1;
    for (auto* column : {&since_.growth, &since_.longs_lost, &since_.shorts_lost}) column->resize(epochs * columns_);
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
        const std::size_t first = epoch * columns_;
        double farthest = 1.0;
        for (std::size_t a = 0; a < several; ++a) {
            const double ratio = mark[a] / seen_at_[a][epoch];
            farthest = std::max({farthest, ratio, 1.0 / ratio});
            since_.growth[first + a] = static_cast<float>(ratio);
            since_.longs_lost[first + a] = static_cast<float>(1.0 - ratio);
            since_.shorts_lost[first + a] = static_cast<float>(ratio - 1.0);
        }
        since_.growth[first + several] = static_cast<float>(farthest);
        since_.longs_lost[first + several] = since_.shorts_lost[first + several] = static_cast<float>(farthest - 1.0);
    }
}

void WinnerBounds::note(const Accounts& accounts, std::uint32_t row, const Accounts::Worth& worth) {
    const std::size_t several = columns_ - 1;
    std::size_t column = several;
    bool is_one = worth.exposed == worth.gross; // collateral may be of any asset
    for_each_asset(accounts.held(row), several, [&](std::size_t a) {
        if (accounts.position(row, a) == 0.0) return;
        is_one = is_one && column == several;
        column = is_one ? a : several;
    });
    if (worth.exposed > 0.0 && !Accounts::has_left(worth)) return forget(row);
    exposure_[row] = worth.exposed > 0.0 ? static_cast<float>(worth.exposed / worth.wealth) : 0.0F;
    seen_[row] = static_cast<std::int32_t>(since_.growth.size() - columns_ + column);
}

void WinnerBounds::forget(std::uint32_t row) { exposure_[row] = std::numeric_limits<float>::infinity(); }

void WinnerBounds::drop(std::size_t asset, double side, std::uint32_t place) {
    side_of(asset, side).entry[place] = nobody;
}

// Takes over who holds the side, and looks at those of whom nothing is known: in a row, that is cheaper than one by
// one.
void WinnerBounds::take_over(Side& side, const Accounts& accounts, const Holders& holders) {
    const std::size_t count = holders.row.size();
    side.row.assign(count + lanes, 0);
    side.entry.assign(count + lanes, nobody);
    for (std::size_t place = 0; place < count; ++place) {
        const std::uint32_t row = side.row[place] = holders.row[place];
        side.entry[place] = static_cast<float>(holders.entry[place]);
        if (std::isinf(exposure_[row])) note(accounts, row, accounts.worth(row, mark_));
    }
}

void WinnerBounds::list(Accounts& accounts, std::size_t asset, double side, double least, std::vector<Bound>& listed) {
    const Holders& holders = accounts.holders(asset, side);
    Side& those = side_of(asset, side);
    const std::size_t count = holders.row.size();
    if (those.version != accounts.listings()) {
        take_over(those, accounts, holders);
        those.version = accounts.listings();
    }
    const float* lost = side > 0.0 ? since_.longs_lost.data() : since_.shorts_lost.data();
    const __m256 mark = _mm256_set1_ps(static_cast<float>(mark_[asset]));
    const __m256 sign = _mm256_set1_ps(static_cast<float>(side));
    const __m256 one = _mm256_set1_ps(1.0F);
    const __m256 zero = _mm256_setzero_ps();
    const __m256 unknown = _mm256_set1_ps(std::numeric_limits<float>::infinity());
    const __m256 smallest = _mm256_set1_ps(least_left);
    const __m256 limit = _mm256_set1_ps(static_cast<float>(least) / rounding_room);
    listed.clear();
    for (std::size_t first = 0; first < count; first += lanes) {
        const __m256 gain = _mm256_sub_ps(_mm256_div_ps(mark, _mm256_loadu_ps(those.entry.data() + first)), one);
        const __m256 profit = _mm256_fmadd_ps(gain, sign, _mm256_set1_ps(rounding_of_profit));
        const __m256 wins = _mm256_cmp_ps(profit, zero, _CMP_GT_OQ);
        const __m256i row = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(those.row.data() + first));
        const __m256 exposure = _mm256_i32gather_ps(exposure_.data(), row, 4);
        const __m256i seen = _mm256_i32gather_epi32(seen_.data(), row, 4);
        const __m256 growth = _mm256_i32gather_ps(since_.growth.data(), seen, 4);
        const __m256 left = _mm256_fnmadd_ps(exposure, _mm256_i32gather_ps(lost, seen, 4), one);
        const __m256 leverage = _mm256_div_ps(_mm256_mul_ps(exposure, growth), left);
        const __m256 bounded = _mm256_and_ps(_mm256_cmp_ps(exposure, unknown, _CMP_LT_OQ),
                                             _mm256_cmp_ps(left, smallest, _CMP_GT_OQ));
        const __m256 score = _mm256_blendv_ps(unknown, _mm256_mul_ps(profit, leverage), bounded);
        const __m256 over = _mm256_and_ps(wins, _mm256_cmp_ps(score, limit, _CMP_GE_OQ));
        auto set = static_cast<unsigned>(_mm256_movemask_ps(over));
        if (set == 0) continue;
        alignas(32) float scores[lanes];
        _mm256_store_ps(scores, _mm256_mul_ps(score, _mm256_set1_ps(rounding_room)));
        for (; set != 0; set &= set - 1) {
            const auto lane = static_cast<std::size_t>(std::countr_zero(set));
            const auto place = static_cast<std::uint32_t>(first + lane);
            listed.push_back({scores[lane], those.row[place], place});
        }
    }
}

} // namespace plunge
