#include "sim/cli/rare_report.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "sim/stats/exceedance.hpp"
#include "sim/stats/json.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/text.hpp"
#include "sim/stats/weighted_summary.hpp"

namespace plunge {
namespace {

constexpr double curve_shares[] = {0.1, 0.2, 0.5, 1.0}; // of the threshold

std::vector<ColumnSummary> summaries_of(const RareAnswer& answer, const std::vector<Column>& columns) {
    std::vector<ColumnSummary> summaries;
    for (const Column& column : columns) summaries.push_back(summarize_weighted(column, answer.in_event.weights));
    return summaries;
}

// P(quantity >= amount), from the worlds of the estimate.
template <class Estimate>
std::function<IntervalEstimate(double)> curve_of(const RareQuestion& question, Estimate&& estimate) {
    const auto kept = std::make_shared<const std::decay_t<Estimate>>(std::forward<Estimate>(estimate));
    return [kept, confidence = question.confidence](double amount) { return kept->exceedance(amount, confidence); };
}

// What holds a quantity below the event: the largest value that was seen, and how many worlds came near to it.
std::string cap_of(const RareQuestion& question, double largest, std::uint64_t worlds, std::uint64_t near) {
    const std::string name(EnumNames<RareQuantity>::value[static_cast<std::size_t>(question.quantity)]);
    if (!(largest > 0.0)) return fmt::format("No {} at all in {} worlds.", name, with_separators(worlds));
    std::string text = fmt::format("The largest {} in {} worlds is {}", name, with_separators(worlds),
                                   format_number(largest));
    if (question.exceeds > 0.0)
        text += fmt::format(", {:.3g} % of the {} asked for", 100.0 * largest / question.exceeds,
                            format_number(question.exceeds));
    if (near > 1 && question.quantity != RareQuantity::price_move)
        text += fmt::format("; {} worlds came within a tenth of it", with_separators(near));
    if (question.quantity == RareQuantity::shortfall && question.adl)
        text += fmt::format(". Auto-deleveraging can cap it: once the insurance funds (opening balance {}) are empty "
                            "it takes trades off the book, and shortfall counts trades with the book alone",
                            format_number(question.fund));
    else if (question.quantity == RareQuantity::fund_draw)
        text += fmt::format(". The insurance funds' opening balance is {}", format_number(question.fund));
    return text + ".";
}

// Of the largest quantity: from here on worlds are near to it.
constexpr double nearly = 0.9;

// What every estimate has under the same name.
template <class Estimate> RareAnswer begin_answer(Estimate& estimate) {
    RareAnswer answer;
    answer.probability = estimate.probability;
    answer.interrupted = estimate.interrupted;
    answer.in_event = std::move(estimate.in_event);
    return answer;
}

} // namespace

std::string method_name(RareMethod method) {
    return std::string(EnumNames<RareMethod>::value[static_cast<std::size_t>(method)]);
}

RareMethod method_of(const std::string& name) {
    const auto& names = EnumNames<RareMethod>::value;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) throw std::invalid_argument("there is no method \"" + name + "\"");
    return static_cast<RareMethod>(found - names.begin());
}

RareAnswer answer_of(const RareQuestion& question, SplittingEstimate estimate, std::uint64_t particles) {
    const auto count = [&](bool SplittingRun::*what) {
        return std::count_if(estimate.runs.begin(), estimate.runs.end(),
                             [what](const SplittingRun& run) { return run.*what; });
    };
    const auto extinct = count(&SplittingRun::extinct);
    const auto stuck = count(&SplittingRun::stuck);
    RareAnswer answer = begin_answer(estimate);
    answer.relative_error = estimate.relative_error;
    answer.worlds = estimate.worlds;
    answer.dead_end = !estimate.reached() && !estimate.runs.empty();
    answer.how = fmt::format("splitting: {} repetitions of {} worlds", estimate.runs.size(), particles);
    answer.details = {{"particles", particles},         {"repetitions", estimate.runs.size()},
                      {"extinct_repetitions", extinct}, {"stuck_repetitions", stuck},
                      {"largest", estimate.largest()},  {"last_level_share", estimate.weight()}};
    if (extinct > 0) {
        answer.remarks.push_back(
            fmt::format("{} of {} repetitions died out on the way: all their worlds had come equally near", extinct,
                        estimate.runs.size()));
    }
    if (stuck > 0) {
        answer.remarks.push_back(
            fmt::format("{} of {} repetitions were given up: ever rarer worlds came no nearer to the event", stuck,
                        estimate.runs.size()));
    }
    if (answer.dead_end) {
        answer.remarks.push_back("NOT REACHED. " + cap_of(question, estimate.largest(), estimate.worlds,
                                                          estimate.worlds_from(nearly * estimate.largest())));
        answer.remarks.push_back(fmt::format(
            "The upper bound is what {} independent worlds without the event say. Splitting went on to worlds that "
            "stand for {:.2g} of all and saw none there either: if nearness is judged well the event is rarer than "
            "that, or impossible.",
            with_separators(estimate.first_worlds), estimate.weight()));
    }
    // Splitting does not keep how far prices moved.
    if (question.quantity != RareQuantity::price_move) answer.exceedance = curve_of(question, std::move(estimate));
    return answer;
}

RareAnswer answer_of(const RareQuestion& question, ImportanceEstimate estimate) {
    const bool reached = estimate.laws.reached;
    const std::size_t events = estimate.in_event.results.size();
    double largest = 0.0;
    for (const LikelyWorld& world : estimate.all) largest = std::max(largest, world.quantity);
    RareAnswer answer = begin_answer(estimate);
    answer.dead_end = events == 0 && !estimate.all.empty();
    answer.relative_error = estimate.relative_error;
    answer.worlds = estimate.worlds();
    answer.how = fmt::format(
        "importance: {} worlds of {} laws, found with {}", format_number(static_cast<double>(estimate.all.size())),
        estimate.laws.mixture.laws().size(), format_number(static_cast<double>(estimate.laws.worlds)));
    answer.details = {{"events", events},
                      {"effective_events", estimate.effective_events},
                      {"search_reached_event", reached},
                      {"largest", largest},
                      {"laws", nlohmann::ordered_json::array()}};
    for (const PathTilt& law : estimate.laws.mixture.laws()) {
        auto jumps = nlohmann::ordered_json::array();
        for (const PathTilt::Clock& clock : law.clocks) {
            jumps.push_back({{"rate_factor", clock.rate_factor}, {"size_shift", clock.size_shift}});
        }
        answer.details["laws"].push_back({{"shift", law.shift}, {"jumps", jumps}});
    }
    if (answer.dead_end) {
        answer.remarks.push_back("NOT REACHED. " +
                                 cap_of(question, largest, estimate.all.size(),
                                        static_cast<std::uint64_t>(std::count_if(
                                            estimate.all.begin(), estimate.all.end(), [&](const LikelyWorld& world) {
                                                return world.quantity >= nearly * largest;
                                            }))));
        answer.remarks.push_back(fmt::format("The upper bound is what the {} worlds of the scenario's own law, without "
                                             "the event, say.",
                                             with_separators(estimate.own_worlds())));
        return answer;
    }
    answer.remarks.push_back(fmt::format("{} worlds in the event, which say as much as {} of equal weight",
                                         format_number(static_cast<double>(events)),
                                         format_number(std::floor(estimate.effective_events))));
    constexpr double few = 100.0;
    if (!reached) {
        answer.remarks.emplace_back("the search for laws did not reach the event: the interval may be too narrow");
    } else if (estimate.effective_events < few) {
        answer.remarks.emplace_back("a few worlds carry the estimate: more --worlds, or splitting");
    }
    answer.exceedance = curve_of(question, std::move(estimate));
    return answer;
}

RareAnswer answer_of(CrudeEstimate estimate) {
    const double p = estimate.probability.point;
    const std::uint64_t events = estimate.events();
    RareAnswer answer = begin_answer(estimate);
    answer.relative_error = p > 0.0 ? std::sqrt((1.0 - p) / (p * static_cast<double>(estimate.worlds)))
                                    : std::numeric_limits<double>::infinity();
    answer.worlds = estimate.worlds;
    answer.how = fmt::format("counting: {} of {} worlds", events, estimate.worlds);
    answer.details = {{"events", events}};
    return answer;
}

std::string format_rare(const RareQuestion& question, const RareAnswer& answer, const std::vector<Column>& columns,
                        bool colour) {
    const IntervalEstimate& p = answer.probability;
    const bool seen = p.point > 0.0;
    std::string text = fmt::format("{}, by {}\n  probability {:.4g}, {:.4g} % interval {:.4g} to {:.4g}\n",
                                   question.event, answer.how, p.point, 100.0 * question.confidence, p.low, p.high);
    if (seen && question.method != RareMethod::crude) {
        const double counting = worlds_by_counting(p.point, answer.relative_error);
        text += fmt::format("  relative error {:.2g} %; {} worlds simulated,\n"
                            "  counting would need {} for it, {} times as many\n",
                            100.0 * answer.relative_error, format_number(static_cast<double>(answer.worlds)),
                            format_number(counting), format_number(counting / static_cast<double>(answer.worlds)));
    }
    for (const std::string& remark : answer.remarks) text += wrap_sentence(remark);
    for (const double share : curve_shares) {
        if (!answer.exceedance || !(question.exceeds > 0.0) || !seen) break;
        const IntervalEstimate row = answer.exceedance(share * question.exceeds);
        text += fmt::format("  {:>10} or more: {:.4g} ({:.4g} to {:.4g})\n", format_number(share * question.exceeds),
                            row.point, row.low, row.high);
    }
    if (!seen) return text;
    return text + "\n" + format_columns(summaries_of(answer, columns), "per world in the event", colour);
}

std::string rare_json(const RareQuestion& question, const RareAnswer& answer, const std::vector<Column>& columns,
                      const Provenance& from) {
    nlohmann::ordered_json json{{"event", question.event},
                                {"method", method_name(question.method)},
                                {"probability", json_interval(answer.probability)},
                                {"confidence", question.confidence},
                                {"relative_error", json_number(answer.relative_error)},
                                {"worlds_simulated", answer.worlds}};
    if (answer.probability.point > 0.0) {
        json["worlds_by_counting"] = json_number(worlds_by_counting(answer.probability.point, answer.relative_error));
    }
    json.update(answer.details);
    json["exceedance"] = nlohmann::ordered_json::array();
    for (const double share : curve_shares) {
        if (!answer.exceedance || !(question.exceeds > 0.0)) break;
        nlohmann::ordered_json row = json_interval(answer.exceedance(share * question.exceeds));
        row["exceeds"] = share * question.exceeds;
        json["exceedance"].push_back(std::move(row));
    }
    json["metrics_in_event"] = columns_json(summaries_of(answer, columns));
    return json_text(json, from);
}

} // namespace plunge
