#include "sim/cli/size_tail.hpp"

#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/cli/size_words.hpp"
#include "sim/scenario/durations.hpp"
#include "sim/stats/exceedance.hpp"
#include "sim/stats/json.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/text.hpp"

namespace plunge {
namespace {

using nlohmann::ordered_json;

// Few worlds beyond the answer: its interval rests on their weights.
constexpr double few = 100.0;

struct CurvePoint {
    double fund;
    IntervalEstimate probability;
};

// Funds that one world in two needs more of, in five, in ten, ... down to a tenth of what was asked for.
std::vector<CurvePoint> curve_of(const TailSizing& sizing) {
    const WeightedTail tail(sizing.critical);
    const double confidence = sizing.options.confidence;
    const double rarest = 0.1 * (1.0 - sizing.options.survive);
    std::vector<CurvePoint> points{{0.0, tail.exceedance(0.0, confidence)}};
    for (double decade = 1.0; decade > rarest; decade /= 10.0) {
        for (const double part : {0.5, 0.2, 0.1}) {
            const double share = part * decade;
            if (share < rarest * (1.0 - 1e-9)) continue;
            const double fund = tail.quantile(1.0 - share, confidence).point;
            if (!std::isfinite(fund) || !(fund > points.back().fund)) continue;
            points.push_back({fund, tail.exceedance(fund, confidence)});
        }
    }
    return points;
}

std::string in_words(const Scenario& scenario, const TailSizing& sizing) {
    return size_in_words(
        {scenario, sizing.options.question, sizing.options.survive, sizing.options.confidence, sizing.fund,
         fmt::format("{} worlds drawn from laws under which large draws are common; those that need "
                     "more say as much as {} of equal weight",
                     with_separators(sizing.critical.size()), format_number(std::floor(sizing.effective_worlds)))});
}

} // namespace

std::string format_tail_sizing(const LoadedScenario& loaded, const TailSizing& sizing, bool colour) {
    const SizingOptions& options = sizing.options;
    std::string text;
    const auto line = [&]<class... Values>(fmt::format_string<Values...> format, Values&&... values) {
        text += fmt::format(format, std::forward<Values>(values)...) + "\n";
    };
    const auto title = [&](const std::string& words) { text += "\n" + heading("  " + words, colour) + "\n"; };
    const std::string worlds = with_separators(sizing.critical.size()) + " worlds";
    text += heading(loaded.scenario.header.name + "\n  " + worlds, colour) + "\n";
    line("  {}: {} {}", loaded.scenario.venues[options.question.venue].name, percent(options.survive),
         without(options.question.event));
    line("  over {}, seed {}, by importance sampling: {} laws, found with {} worlds",
         format_duration(loaded.scenario.run.horizon_seconds), loaded.scenario.run.seed,
         sizing.laws.mixture.laws().size(), with_separators(sizing.laws.worlds));

    title("insurance fund at the start");
    line("    {:<34}{:>14}", "needed", std::isfinite(sizing.fund.point) ? money(sizing.fund.point) : "none");
    line("    {:<34}{:>14}", percent(options.confidence) + " interval", range(sizing.fund.low, sizing.fund.high));
    if (options.precision > 0.0) {
        const double half_width = 0.5 * (sizing.fund.high - sizing.fund.low);
        line("      half-width {}, {} asked for: {}",
             sizing.fund.point > 0.0 ? percent(half_width / sizing.fund.point) : "0 %", percent(options.precision),
             sizing.precise ? "reached" : "not reached within --max-worlds");
    }
    if (std::isfinite(sizing.relative_error)) {
        line("      worlds beyond it say as much as {} of equal weight; their share is known",
             format_number(std::floor(sizing.effective_worlds)));
        line("      to {:.2g} %, for which counting would need {} worlds", 100.0 * sizing.relative_error,
             format_number(worlds_by_counting(1.0 - options.survive, sizing.relative_error)));
    }
    if (!sizing.laws.reached) {
        line("      The search for laws did not get so far: the interval may be too narrow.");
    } else if (sizing.effective_worlds < few) {
        line("      A few worlds carry the answer: more --worlds.");
    }
    if (sizing.interrupted) line("      interrupted: not verified");

    for (const WeightedFundCheck& check : sizing.checks) {
        title("run again with that fund, the same worlds");
        line("    {} worlds, P(event) {:.4g} for {:.4g} asked for", with_separators(check.run), check.probability,
             1.0 - options.survive);
        line("    {}", check.differing == 0
                           ? std::string("every world did what its critical fund says")
                           : fmt::format("{} worlds did not do what their critical funds say: use --method crude",
                                         with_separators(check.differing)));
    }
    title(fmt::format("worlds that need more than x            {} band, at each x", percent(options.confidence)));
    for (const CurvePoint& point : curve_of(sizing)) {
        line("    {:<34}{:>14}   {:.3g} - {:.3g}", format_number(point.fund),
             fmt::format("{:.3g}", point.probability.point), point.probability.low, point.probability.high);
    }
    title(fmt::format("tail of the fund needed at {}", percent(options.survive)));
    line("    {:<34}{:>14}", "expected shortfall",
         money(WeightedTail(sizing.critical).expected_shortfall(options.survive)));
    title("in words");
    return text + wrap_sentence(in_words(loaded.scenario, sizing));
}

std::string tail_sizing_json(const LoadedScenario& loaded, const TailSizing& sizing, const Provenance& from) {
    const SizingOptions& options = sizing.options;
    const Scenario& scenario = loaded.scenario;
    ordered_json json{
        {"title", scenario.header.name},
        {"scenario", loaded.path},
        {"venue", scenario.venues[options.question.venue].name},
        {"event", EnumNames<FundEvent>::value.at(static_cast<std::size_t>(options.question.event))},
        {"method", "importance"},
        {"horizon_seconds", scenario.run.horizon_seconds},
        {"survive", options.survive},
        {"confidence", options.confidence},
        {"worlds", sizing.critical.size()},
        {"search_worlds", sizing.laws.worlds},
        {"search_reached", sizing.laws.reached},
        {"laws", sizing.laws.mixture.laws().size()},
        {"interrupted", sizing.interrupted},
        {"fund", json_interval(sizing.fund)},
        {"relative_error", json_number(sizing.relative_error)},
        {"effective_worlds", sizing.effective_worlds},
        {"precision", options.precision > 0.0 ? ordered_json(options.precision) : nullptr},
        {"precise", sizing.precise},
        {"ample_fund", sizing.ample},
        {"expected_shortfall", json_number(WeightedTail(sizing.critical).expected_shortfall(options.survive))},
        {"in_words", in_words(scenario, sizing)},
        {"checks", ordered_json::array()},
        {"exceedance", ordered_json::array()},
        {"critical_funds", ordered_json::array()},
        {"weights", ordered_json::array()}};
    for (const WeightedFundCheck& check : sizing.checks) {
        json["checks"].push_back({{"fund", check.fund},
                                  {"worlds_run", check.run},
                                  {"probability", check.probability},
                                  {"differing_worlds", check.differing}});
    }
    for (const CurvePoint& point : curve_of(sizing)) {
        json["exceedance"].push_back({{"fund", point.fund},
                                      {"probability", point.probability.point},
                                      {"low", point.probability.low},
                                      {"high", point.probability.high}});
    }
    for (const WeightedValue& world : sizing.critical) {
        json["critical_funds"].push_back(json_number(world.value));
        json["weights"].push_back(world.weight);
    }
    return json_text(json, from);
}

} // namespace plunge
