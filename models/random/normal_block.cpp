#include "models/random/normal_block.hpp"

#include "models/random/lanes.hpp"
#include "models/random/normal_kernel.hpp"
#include "models/random/wide.hpp"

namespace plunge {

static_assert(group_steps == normal_group);

void fill_normals(const StreamKey& key, std::uint32_t index, std::size_t first_group, std::size_t groups, double* out) {
    static const bool is_wide = wide::available();
    const NormalStream stream{static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32U), index,
                              static_cast<std::uint32_t>(key.world), philox_top_word(key)};
    const std::size_t done = is_wide ? wide::fill_normals(stream, first_group, groups, out)
                                     : 0; // the bits are the same
    fill_groups<FourLanes>(stream, first_group, done, groups, out);
}

} // namespace plunge
