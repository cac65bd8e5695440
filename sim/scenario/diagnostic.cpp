#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/scenario/diagnostic.hpp"

namespace plunge {
namespace {

std::string all_formatted(const std::vector<Diagnostic>& diagnostics) {
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics) text += diagnostic.format() + "\n";
    const std::size_t count = diagnostics.size();
    return text + fmt::format("{} mistake{}: nothing was run", count, count == 1 ? "" : "s");
}

} // namespace

std::string Diagnostic::format() const {
    std::string text = file;
    if (line > 0) text += fmt::format(":{}:{}", line, column);
    text += ": error: ";
    if (!key.empty()) text += value.empty() ? key + ": " : fmt::format("{} = {}: ", key, value);
    std::size_t begin = 0;
    for (bool first = true; begin <= message.size(); first = false) {
        const std::size_t end = std::min(message.find('\n', begin), message.size());
        const std::string_view part = std::string_view(message).substr(begin, end - begin);
        text += first ? std::string(part) : fmt::format("\n    ({})", part);
        begin = end + 1;
    }
    return text;
}

ScenarioError::ScenarioError(std::vector<Diagnostic> diagnostics)
    : std::runtime_error(all_formatted(diagnostics)), diagnostics_{std::make_shared<const std::vector<Diagnostic>>(
                                                          std::move(diagnostics))} {}

} // namespace plunge
