// How worlds are computed. No bit of any result depends on it: that is what the options are there to show.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plunge {

/// How accounts that are short of margin are found.
enum class Search : std::uint8_t {
    planes, ///< only those whose slack may reach zero are looked at
    brute,  ///< all of them, in every step
};

struct EngineOptions {
    Search search = Search::planes;
    std::size_t longest_look = 96; ///< steps worked out ahead at most, up to LookAhead::longest
};

} // namespace plunge
