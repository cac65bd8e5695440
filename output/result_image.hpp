// What all result files have in common: the inputs inside, and how the finished file comes to the disk.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/common/values.hpp"
#include "output/hdf5.hpp"

namespace plunge {

/// Files that a scenario names, byte by byte, in /inputs: a result can be run again from nothing else.
void write_inputs(hid_t root, const std::vector<InputFile>& inputs);

/// Makes a file in memory, then writes it with its last line, brings it to the disk and renames it: it is whole or it
/// is not there. \param fill  writes the content. \throws OutputError
void write_result_file(const std::string& path, bool overwrite, const std::function<void(hid_t root)>& fill);

} // namespace plunge
