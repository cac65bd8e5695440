// What all result files have in common: who made them from what, the inputs inside, and how the finished file comes to
// the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/common/values.hpp"
#include "output/hdf5.hpp"
#include "output/result_info.hpp"
#include "output/storage.hpp"

namespace plunge {

/// Root attributes of every file. \param content  what it holds instead of one run; of a run empty
void write_identity(hid_t root, const ResultInfo& info, const std::string& content);

/// 0, 1, ..., n - 1: values of a scale that only counts.
std::vector<std::uint64_t> count_up(std::size_t n);

/// Files that a scenario names, byte by byte, in /inputs: a result can be run again from nothing else.
void write_inputs(hid_t root, const std::vector<InputFile>& inputs);

/// Makes a file in memory, then writes it with its last line, brings it to the disk and renames it: it is whole or it
/// is not there. \param fill  writes the content. \throws OutputError
void write_result_file(const std::string& path, bool overwrite, Storage storage,
                       const std::function<void(hid_t root)>& fill);

} // namespace plunge
