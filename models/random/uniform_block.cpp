#include "models/random/uniform_block.hpp"

#include <algorithm>
#include <array>

#include "models/random/lanes.hpp"
#include "models/random/uniform_kernel.hpp"
#include "models/random/wide.hpp"

namespace plunge {
namespace {

bool is_wide() {
    static const bool available = wide::available(); // the bits are the same
    return available;
}

} // namespace

double normal_quantile_anywhere(double p) { return normal_quantile_of(p); }

void fill_uniforms(const StreamKey& key, std::uint32_t step, const std::uint32_t* index, std::size_t count,
                   double* first, double* second) {
    constexpr std::size_t eight = 8;
    constexpr std::size_t four = FourLanes::count;
    const NormalStream stream{static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32U), 0,
                              static_cast<std::uint32_t>(key.world), philox_top_word(key)};
    std::size_t i = 0;
    if (is_wide()) {
        wide::fill_uniforms(stream, step, index, count / eight, first, second);
        i = count / eight * eight;
    }
    uniform_vectors<FourLanes>(stream, step, index + i, (count - i) / four, first + i, second + i);
    i += (count - i) / four * four;
    if (i == count) return;
    std::array<std::uint32_t, four> last{};
    std::array<double, four> u{};
    std::array<double, four> v{};
    std::copy(index + i, index + count, last.begin());
    uniform_vectors<FourLanes>(stream, step, last.data(), 1, u.data(), v.data());
    std::copy_n(u.begin(), count - i, first + i);
    std::copy_n(v.begin(), count - i, second + i);
}

void fill_normal_quantiles(const double* p, std::size_t count, double* out) {
    constexpr std::size_t eight = 8;
    constexpr std::size_t four = FourLanes::count;
    std::size_t i = 0;
    if (is_wide()) {
        wide::fill_normal_quantiles(p, count / eight, out);
        i = count / eight * eight;
    }
    normal_quantile_vectors<FourLanes>(p + i, (count - i) / four, out + i);
    i += (count - i) / four * four;
    for (; i < count; ++i) out[i] = normal_quantile_of(p[i]);
}

} // namespace plunge
