#include "sim/cli/size_words.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/scenario/durations.hpp"
#include "sim/scenario/randomness.hpp"
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

std::string amount_name(FundEvent event) {
    switch (event) {
    case FundEvent::adl:
        return "mean ADL";
    case FundEvent::uncovered:
        return "mean uncovered";
    case FundEvent::socialized:
        return "mean haircuts";
    }
    return "";
}

std::string size_in_words(const SizeInWords& answer) {
    const Scenario& scenario = answer.scenario;
    const double horizon = scenario.run.horizon_seconds;
    const std::string time = format_duration(horizon);
    const bool none = !std::isfinite(answer.fund.point);
    std::string text = fmt::format(
        "How large must the insurance fund of {} be at the start, for {} to pass {} with a probability of {}? ",
        scenario.venues[answer.question.venue].name, time, without(answer.question.event), percent(answer.survive));
    text += none ? "No fund is enough in so many worlds" : fmt::format("{} USD", format_number(answer.fund.point));
    if (std::isfinite(answer.fund.high))
        text += fmt::format("; between {} and {} with {} confidence", format_number(std::max(0.0, answer.fund.low)),
                            format_number(answer.fund.high), percent(answer.confidence));
    else
        text += fmt::format("; at least {} with {} confidence, and no upper end can be given",
                            fund_text(std::max(0.0, answer.fund.low)), percent(answer.confidence));
    if (answer.extrapolated)
        text += fmt::format("; a tail fitted to the worst worlds puts it at {} ({}), by extrapolation",
                            format_number(answer.extrapolated->point),
                            range(answer.extrapolated->low, answer.extrapolated->high));
    text += fmt::format(". It rests on {}. The probability is per {} from the state that the scenario describes, not "
                        "per year",
                        answer.rests_on, time);
    constexpr double year = 365.25 * 86400.0;
    if (horizon < year && !none)
        text += fmt::format(": were a year a row of such periods, independent and each begun anew, the fund would be "
                            "enough in all of them with a probability of {:.3g} %",
                            100.0 * std::pow(answer.survive, year / horizon));
    text += ". In the interval is the chance of which worlds were drawn; not in it is whether the scenario is right: "
            "volatility, depth, margins and behaviour are taken as written (--stress changes some).";
    const std::optional<std::string> accounts = left_out_of_intervals(scenario);
    return accounts ? text + " " + *accounts : text;
}

} // namespace plunge
