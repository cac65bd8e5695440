#include "sim/cli/size_words.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/stats/summary.hpp"

namespace plunge {

std::string money(double value) { return format_number(value) + " USD"; }

std::string percent(double share) { return fmt::format("{:.6g} %", 100.0 * share); }

// A fund that no world's losses leave anything of is none.
std::string fund_text(double value) { return std::isfinite(value) ? format_number(value) : "none"; }

std::string range(double low, double high) {
    return fmt::format("{} - {}", fund_text(std::max(0.0, low)), std::isfinite(high) ? format_number(high) : "?");
}

std::string without(FundEvent event) {
    switch (event) {
    case FundEvent::adl:
        return "without auto-deleveraging";
    case FundEvent::uncovered:
        return "without uncovered losses";
    case FundEvent::socialized:
        return "without socialized losses";
    }
    return "";
}

} // namespace plunge
