#include "sim/cli/size_report.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/cli/size_words.hpp"
#include "sim/scenario/durations.hpp"
#include "sim/stats/json.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/text.hpp"

namespace plunge {
namespace {

using nlohmann::ordered_json;

constexpr int width = 80;

std::string ordinal(std::uint64_t rank) {
    const std::uint64_t tens = rank % 100;
    const std::uint64_t ones = rank % 10;
    const bool teen = tens >= 11 && tens <= 13;
    return with_separators(rank) + (teen || ones > 3 || ones == 0 ? "th" : ones == 1 ? "st" : ones == 2 ? "nd" : "rd");
}

// How far `value` lies from `from`, as a share.
std::string change(double value, double from) {
    if (!(from > 0.0) || !std::isfinite(value) || !std::isfinite(from)) return "";
    return fmt::format("{:+.1f} %", 100.0 * (value / from - 1.0));
}

class Text {
  public:
    Text(const SizeReport& report, bool colour) : report_{report}, sizing_{report.sizing}, colour_{colour} {}

    std::string all() {
        header();
        answer();
        verification();
        by_hand();
        curve();
        tail();
        mean();
        funds();
        stresses();
        title("in words");
        text_ += wrap_sentence(report_.in_words);
        return std::move(text_);
    }

  private:
    template <class... Values> void line(fmt::format_string<Values...> format, Values&&... values) {
        text_ += fmt::format(format, std::forward<Values>(values)...) + "\n";
    }
    void title(const std::string& words) { text_ += "\n" + heading("  " + words, colour_) + "\n"; }
    void row(std::string_view label, const std::string& value, const std::string& remark = "") {
        line("    {:<34}{:>14}{}{}", label, value, remark.empty() ? "" : "   ", remark);
    }

    double survive() const { return sizing_.options.survive; }
    std::string confidence() const { return percent(sizing_.options.confidence); }

    void header() {
        const std::string worlds = with_separators(sizing_.critical.size()) + " worlds";
        const bool fits = report_.title.size() + worlds.size() + 2 <= width;
        text_ += heading(fits ? fmt::format("{}{:>{}}", report_.title, worlds, width - report_.title.size())
                              : report_.title + "\n  " + worlds,
                         colour_) +
                 "\n";
        line("  {}: {} {}", report_.venue, percent(survive()), without(sizing_.options.question.event));
        line("  over {}, seed {}, {}", format_duration(report_.horizon_seconds), report_.seed,
             report_.shared_population ? "one population for all worlds" : "a population per world");
    }

    void answer() {
        const QuantileEstimate& answer = sizing_.answer;
        title("insurance fund at the start");
        if (!std::isfinite(answer.value.point)) {
            row("needed", "none", "no fund prevents it in so many worlds");
        } else {
            row("needed", money(answer.value.point));
        }
        row(confidence() + " interval", range(answer.value.low, answer.value.high));
        const std::string from = answer.ranks.low > 0 ? ordinal(answer.ranks.low) : "below the 1st";
        const std::string to = answer.ranks.high > 0 ? ordinal(answer.ranks.high) : "beyond the last";
        line("      {} to {} of {} critical funds; covers {:.2f} %{}", from, to, with_separators(answer.count),
             100.0 * answer.ranks.coverage, sizing_.counted.empty() ? "" : ", before feedback");
        if (sizing_.options.precision > 0.0) {
            const double half_width = 0.5 * (answer.value.high - answer.value.low);
            line("      half-width {}, {} asked for: {}",
                 half_width > 0.0 ? percent(half_width / answer.value.point) : "0 %",
                 percent(sizing_.options.precision), sizing_.precise ? "reached" : "not reached within --max-worlds");
        }
        if (answer.ranks.high == 0) beyond();
        still_open();
        if (sizing_.interrupted) line("      interrupted: not verified");
    }

    void beyond() {
        const std::uint64_t one_sided = sample_for_upper_bound(survive(), 1.0 - sizing_.options.confidence);
        line("      Beyond what {} worlds can say: the interval has no upper end.",
             with_separators(sizing_.answer.count));
        line("      It has one from {} worlds on (an upper bound alone: {}).",
             with_separators(report_.worlds_for_upper_end), with_separators(one_sided));
        if (report_.tail.tail) line("      The fitted tail below reaches so far, by extrapolation.");
    }

    // What no layer was asked for yet when the worlds ended.
    void still_open() {
        std::vector<double> open;
        for (const WorldDraw& draw : sizing_.draws) {
            if (draw.open_loss > 0.0) open.push_back(draw.open_loss);
        }
        if (open.empty()) return;
        line("      In {} worlds losses are open at the end: insolvent accounts, inventory",
             with_separators(open.size()));
        line("      ({} at most). The fund bears them too, at prices as traded.",
             money(*std::max_element(open.begin(), open.end())));
    }

    void verification() {
        if (sizing_.checks.empty()) return;
        title("run again with that fund, the same worlds");
        line("    {:>14}{:>12}{:>12}{:>24}", "fund", "worlds", "events", "by critical funds");
        std::size_t differing = 0;
        for (const FundCheck& check : sizing_.checks) {
            line("    {:>14}{:>12}{:>12}{:>24}", format_number(check.fund), with_separators(check.run),
                 with_separators(check.counted), with_separators(check.predicted));
            differing += check.differing.size();
        }
        if (!sizing_.draw_is_critical) {
            line("    The fund acts back on the market: the critical funds of {} worlds",
                 with_separators(sizing_.searched));
            line("    were searched for, by running them with one fund after the other.");
        }
        if (differing > 0) line("    In {} of these runs a world survives a smaller fund and not a larger.", differing);
        if (sizing_.counted.empty()) return;
        line("    Survival is not monotone in the fund: the answer is read off counted runs.");
        line("    {:>14}{:>12}", "fund", "events");
        for (const CountedFund& counted : sizing_.counted)
            line("    {:>14}{:>12}", format_number(counted.fund), with_separators(counted.events));
    }

    void by_hand() {
        if (!sizing_.naive) return;
        const NaiveSizing& naive = *sizing_.naive;
        const double point = sizing_.answer.value.point;
        title(fmt::format("a single run of {} worlds with the scenario's {} would say", with_separators(naive.worlds),
                          money(naive.fund)));
        row(percent(survive()) + " of fund_used", money(naive.fund_used_quantile),
            change(naive.fund_used_quantile, point));
        row(percent(survive()) + " of shortfall", money(naive.shortfall_quantile),
            change(naive.shortfall_quantile, point));
        line("    fund_used stops where the fund is empty, shortfall leaves out what flows in");
        line("    and what never reaches the book. Worlds with the event: {}, and by critical",
             with_separators(naive.events));
        line("    funds {}.", with_separators(naive.predicted));
    }

    void curve() {
        title(fmt::format("worlds that need more than x            {} band, at each x", confidence()));
        for (const Exceedance& point : report_.curve) {
            row(format_number(point.level), fmt::format("{:.4f} %", 100.0 * point.probability),
                fmt::format("{:.4f} - {:.4f}", 100.0 * point.low, 100.0 * point.high));
        }
    }

    void tail() {
        const TailEstimate& tail = report_.tail;
        title(fmt::format("tail of the fund needed at {}", percent(survive())));
        if (tail.tail) {
            if (tail.extrapolated())
                row("value at risk, extrapolated", money(tail.value_at_risk.point),
                    range(tail.value_at_risk.low, tail.value_at_risk.high));
            row(fmt::format("expected shortfall{}", tail.extrapolated() ? ", extrapolated" : ""),
                std::isfinite(tail.expected_shortfall.point) ? money(tail.expected_shortfall.point) : "infinite",
                range(tail.expected_shortfall.low, tail.expected_shortfall.high));
            const IntervalEstimate shape = tail.tail->shape(sizing_.options.confidence);
            row("shape xi", fmt::format("{:.3f}", shape.point), fmt::format("{:.3f} - {:.3f}", shape.low, shape.high));
        }
        text_ += wrap_sentence(tail_sentence(tail, "worlds"));
        if (!tail.tail && !tail.extrapolated() && std::isfinite(tail.sample_shortfall))
            text_ += wrap_sentence(
                fmt::format("The worlds beyond the fund needed took {} USD on average, in this sample; "
                            "without a tail that fits no interval can be given to it.",
                            format_number(tail.sample_shortfall)));
        text_ += threshold_lines(tail);
    }

    void mean() {
        if (!report_.mean || report_.mean->mean == 0.0) return;
        const MeanChecks& mean = *report_.mean;
        title("mean of the fund needed");
        row("mean", money(mean.mean), fmt::format("s.e. {}", format_number(mean.standard_error)));
        std::string failed;
        for (const MeanCheck& check : mean.checks) {
            if (!check.passed) failed += fmt::format("\n      {}: {:.3g}, not {}", check.name, check.value, check.rule);
        }
        line("    figure of merit {:.3g}/s; {}{}", mean.figure_of_merit(sizing_.seconds),
             failed.empty() ? "all checks passed" : "checks that failed:", failed);
    }

    void funds() {
        if (sizing_.curve.empty()) return;
        const FundEvent event = sizing_.options.question.event;
        constexpr double million = 1e6;
        title("with a fund of another size, the same worlds");
        line("    {:>10}{:>11}{:>20}{:>14}{:>10}{:>9}", "", "", "", "", "less per", "next 1M");
        line("    {:>10}{:>11}{:>20}{:>14}{:>10}{:>9}", "fund", "P(event)", confidence() + " interval",
             amount_name(event), "P", "amount");
        for (const FundCurvePoint& point : sizing_.curve) {
            line("    {:>10}{:>11}{:>20}{:>14}{:>10}{:>9}", format_number(point.fund),
                 fmt::format("{:.4f} %", 100.0 * point.event.probability),
                 fmt::format("{:.3f} - {:.3f}", 100.0 * point.event.low, 100.0 * point.event.high),
                 format_number(point.amount),
                 std::isnan(point.event_fall) ? "" : fmt::format("{:.3g} %", 100.0 * million * point.event_fall),
                 std::isnan(point.amount_fall) ? "" : format_number(million * point.amount_fall));
        }
        line("    Less per next 1M: what a million more buys from here to the next row.");
    }

    void stresses() {
        if (report_.stresses.empty()) return;
        const double point = sizing_.answer.value.point;
        title("the same worlds under another model");
        line("    {:<20}{:>10}{:>22}{:>12}", "", "fund", confidence() + " interval", "change");
        const auto stress_row = [&](const std::string& name, const QuantileEstimate& answer, const std::string& moved) {
            line("    {:<20}{:>10}{:>22}{:>12}", name, fund_text(answer.value.point),
                 range(answer.value.low, answer.value.high), moved);
        };
        stress_row("as written", sizing_.answer, "");
        for (const StressedSize& stress : report_.stresses) {
            if (stress.answer) {
                stress_row(stress.name, *stress.answer, change(stress.answer->value.point, point));
            } else {
                line("    {:<20}left out: {}", stress.name, stress.meaning);
            }
        }
        const std::string up = change(sizing_.answer.value.high, point);
        line("    Sampling error of the first line, for comparison: {} to {}",
             change(std::max(0.0, sizing_.answer.value.low), point), up.empty() ? "no end" : up);
        for (const StressedSize& stress : report_.stresses) {
            if (stress.answer) line("    {:<18}{}", stress.name, stress.meaning);
        }
    }

    const SizeReport& report_;
    const SizedFund& sizing_;
    bool colour_;
    std::string text_;
};

ordered_json quantile(const QuantileEstimate& answer) {
    ordered_json json = json_interval(answer.value);
    json["worlds"] = answer.count;
    json["rank"] = answer.ranks.point;
    json["low_rank"] = answer.ranks.low > 0 ? ordered_json(answer.ranks.low) : nullptr;
    json["high_rank"] = answer.ranks.high > 0 ? ordered_json(answer.ranks.high) : nullptr;
    json["coverage"] = answer.ranks.coverage;
    return json;
}

ordered_json checks_json(const SizedFund& sizing) {
    ordered_json list = ordered_json::array();
    for (const FundCheck& check : sizing.checks) {
        list.push_back({{"fund", check.fund},
                        {"worlds_run", check.run},
                        {"events", check.counted},
                        {"predicted", check.predicted},
                        {"differing_worlds", check.differing}});
    }
    return list;
}

ordered_json mean_json(const SizeReport& report) {
    if (!report.mean) return nullptr;
    const MeanChecks& mean = *report.mean;
    ordered_json checks = ordered_json::array();
    for (const MeanCheck& check : mean.checks) {
        checks.push_back({{"name", check.name},
                          {"rule", check.rule},
                          {"value", json_number(check.value)},
                          {"passed", check.passed}});
    }
    return {{"mean", mean.mean},
            {"standard_error", mean.standard_error},
            {"relative_error", json_number(mean.relative_error)},
            {"variance_of_variance", mean.variance_of_variance},
            {"slope", mean.slope},
            {"checks", checks}};
}

} // namespace

SizeReport make_size_report(const LoadedScenario& loaded, SizedFund sizing, std::optional<double> threshold) {
    const Scenario& scenario = loaded.scenario;
    SizeReport report{scenario.header.name,
                      loaded.path,
                      loaded.sha256,
                      scenario.run.seed,
                      scenario.venues[sizing.options.question.venue].name,
                      scenario.run.horizon_seconds,
                      scenario.run.population == PopulationMode::shared,
                      std::move(sizing),
                      {},
                      {},
                      {},
                      0,
                      {},
                      {}};
    const double survive = report.sizing.options.survive;
    const double confidence = report.sizing.options.confidence;
    const std::vector<double> sorted = report.sizing.sorted();
    report.tail = estimate_tail(sorted, {survive, confidence, threshold});
    report.curve = exceedance_curve(sorted, exceedance_levels(sorted), confidence);
    report.worlds_for_upper_end = sample_for_upper_bound(survive, 0.5 * (1.0 - confidence));
    const std::uint64_t more = static_cast<std::uint64_t>(std::count_if(
        sorted.begin(), sorted.end(), [&](double fund) { return fund > report.sizing.answer.value.point; }));
    report.in_words = size_in_words(
        {scenario, report.sizing.options.question, survive, confidence, report.sizing.answer.value,
         fmt::format("{} worlds, of which {} need more", with_separators(sorted.size()), with_separators(more)),
         report.tail.tail && report.tail.extrapolated() ? std::optional(report.tail.value_at_risk) : std::nullopt});
    if (sorted.size() > 1 && std::isfinite(sorted.back())) report.mean = check_mean(report.sizing.critical);
    return report;
}

std::string format_size_report(const SizeReport& report, bool colour) { return Text(report, colour).all(); }

std::string size_report_json(const SizeReport& report, const Provenance& from) {
    const SizedFund& sizing = report.sizing;
    const SizingOptions& options = sizing.options;
    std::uint64_t open_worlds = 0;
    double largest_open = 0.0;
    for (const WorldDraw& draw : sizing.draws) {
        open_worlds += draw.open_loss > 0.0 ? 1U : 0U;
        largest_open = std::max(largest_open, draw.open_loss);
    }
    ordered_json json{{"title", report.title},
                      {"scenario", report.path},
                      {"venue", report.venue},
                      {"event", EnumNames<FundEvent>::value.at(static_cast<std::size_t>(options.question.event))},
                      {"horizon_seconds", report.horizon_seconds},
                      {"survive", options.survive},
                      {"confidence", options.confidence},
                      {"worlds", sizing.critical.size()},
                      {"interrupted", sizing.interrupted},
                      {"fund", quantile(sizing.answer)},
                      {"worlds_for_upper_end", report.worlds_for_upper_end},
                      {"precision", options.precision > 0.0 ? ordered_json(options.precision) : nullptr},
                      {"precise", sizing.precise},
                      {"draw_is_critical", sizing.draw_is_critical},
                      {"searched_worlds", sizing.searched},
                      {"ample_fund", sizing.ample},
                      {"monotone", sizing.counted.empty()},
                      {"checks", checks_json(sizing)},
                      {"open_losses", {{"worlds", open_worlds}, {"largest", largest_open}}},
                      {"counted", ordered_json::array()},
                      {"naive", nullptr},
                      {"exceedance", ordered_json::array()},
                      {"expected_shortfall", json_number(report.tail.sample_shortfall)},
                      {"tail", tail_json(report.tail)},
                      {"mean", mean_json(report)},
                      {"in_words", report.in_words},
                      {"curve", ordered_json::array()},
                      {"stresses", ordered_json::array()},
                      {"critical_funds", ordered_json::array()}};
    for (const CountedFund& counted : sizing.counted)
        json["counted"].push_back({{"fund", counted.fund}, {"events", counted.events}});
    if (sizing.naive) {
        json["naive"] = {{"fund", sizing.naive->fund},
                         {"worlds", sizing.naive->worlds},
                         {"events", sizing.naive->events},
                         {"predicted", sizing.naive->predicted},
                         {"fund_used_quantile", sizing.naive->fund_used_quantile},
                         {"shortfall_quantile", sizing.naive->shortfall_quantile}};
    }
    for (const Exceedance& point : report.curve) {
        json["exceedance"].push_back({{"fund", point.level},
                                      {"worlds", point.count},
                                      {"probability", point.probability},
                                      {"low", point.low},
                                      {"high", point.high}});
    }
    for (const FundCurvePoint& point : sizing.curve) {
        json["curve"].push_back({{"fund", point.fund},
                                 {"events", point.event.count},
                                 {"probability", point.event.probability},
                                 {"low", point.event.low},
                                 {"high", point.event.high},
                                 {"mean_amount", point.amount},
                                 {"mean_amount_standard_error", point.error},
                                 {"probability_fall_per_usd", json_number(point.event_fall)},
                                 {"amount_fall_per_usd", json_number(point.amount_fall)},
                                 {"amount_fall_per_usd_standard_error", json_number(point.fall_error)}});
    }
    for (const StressedSize& stress : report.stresses) {
        json["stresses"].push_back({{"name", stress.name},
                                    {"meaning", stress.meaning},
                                    {"fund", stress.answer ? quantile(*stress.answer) : ordered_json(nullptr)}});
    }
    for (const double fund : sizing.critical) json["critical_funds"].push_back(json_number(fund));
    return json_text(json, from);
}

} // namespace plunge
