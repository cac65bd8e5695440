// Where a command puts what it has found: files, and `-`, which is standard output.
#pragma once

#include <string>

namespace plunge {

/// `-` is standard output, where a text goes.
bool is_stdout(const std::string& path);

/// To be asked before the work. \throws OutputError where a file cannot be written there; of a result file also where
/// it is standard output.
void check_result_path(const std::string& path, bool overwrite);
void check_text_path(const std::string& path, bool overwrite);

/// Writes a whole file or none, or to standard output. \throws OutputError
void write_text(const std::string& path, const std::string& text, bool overwrite);

} // namespace plunge
