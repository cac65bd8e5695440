// How the numbers of a result file lie in it.
#pragma once

namespace plunge {

enum class Storage {
    contiguous, ///< each dataset in one piece
    compressed, ///< in chunks, shuffled and deflated: some three times smaller, and slower to write
};

} // namespace plunge
