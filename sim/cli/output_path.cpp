#include "sim/cli/output_path.hpp"

#include <cstdio>

#include "output/atomic_file.hpp"
#include "output/errors.hpp"

namespace plunge {

bool is_stdout(const std::string& path) { return path == "-"; }

void check_result_path(const std::string& path, bool overwrite) {
    if (is_stdout(path))
        throw OutputError(path,
                          "a result file is read from its middle and does not go to standard output; name a file (./- "
                          "is one of this name)",
                          Fault::request);
    check_output_path(path, overwrite);
}

void check_text_path(const std::string& path, bool overwrite) {
    if (!is_stdout(path)) check_output_path(path, overwrite);
}

void write_text(const std::string& path, const std::string& text, bool overwrite) {
    if (is_stdout(path)) {
        std::fwrite(text.data(), 1, text.size(), stdout); // whether it could be written is asked at the program's end
        return;
    }
    AtomicFile file(path, overwrite);
    file.write(text.data(), text.size());
    file.commit();
}

} // namespace plunge
