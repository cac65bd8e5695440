#include "sim/cli/creation_time.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include <fmt/chrono.h>
#include <fmt/core.h>

#include "sim/scenario/load.hpp"

namespace plunge {

CreationTime::CreationTime() {
    const char* given = std::getenv("SOURCE_DATE_EPOCH");
    if (given == nullptr) return;
    const std::string_view text = given;
    constexpr std::time_t last = 253'402'300'799; // of the year 9999
    std::time_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || seconds < 0 || seconds > last)
        throw ScenarioError({{fmt::format("SOURCE_DATE_EPOCH={}", text), 0, 0, "", "",
                              "must be whole seconds since 1970, or not set"}});
    fixed_ = seconds;
}

std::string CreationTime::text() const {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(fixed_.value_or(std::time(nullptr))));
}

} // namespace plunge
