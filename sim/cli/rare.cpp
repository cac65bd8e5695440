// plunge rare: the probability of an event too rare to be counted.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/cli/commands.hpp"
#include "sim/cli/limits.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/scenario_arguments.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/driver/importance.hpp"
#include "sim/driver/parallel_blocks.hpp"
#include "sim/driver/splitting.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/stats/summary.hpp"

namespace plunge {
namespace {

enum class Method { splitting, importance, crude };

} // namespace

template <> struct EnumNames<Method> {
    static constexpr std::array<std::string_view, 3> value{"splitting", "importance", "crude"};
};

namespace {

struct RareArguments : ScenarioArguments {
    std::string venue;
    RareQuantity quantity = RareQuantity::shortfall;
    double exceeds = 0.0;
    Toward toward = Toward::fall;
    Method method = Method::splitting;
    std::uint64_t particles = 250;
    std::uint64_t repetitions = 16;
    std::uint64_t pilot = 2'000;
    double confidence = 0.95;
    bool json = false;
    bool quiet = false;
};

LoadedScenario load(const RareArguments& arguments) {
    LoadedScenario loaded = load_scenario(arguments.scenario, arguments.overrides());
    refuse_dependent_worlds(loaded);
    if (std::holds_alternative<Replay::Params>(loaded.scenario.prices) && arguments.method != Method::crude)
        refuse(loaded.path, "prices.model = \"replay\": the same path in every world leaves nothing to branch or tilt");
    loaded.scenario.record.traces.clear();
    loaded.scenario.record.counterfactual = false;
    return loaded;
}

RareEvent event_of(const RareArguments& arguments, const Market& market) {
    const Scenario& scenario = market.scenario();
    RareEvent event;
    event.quantity = arguments.quantity;
    event.threshold = arguments.exceeds;
    event.toward = arguments.toward;
    if (!arguments.venue.empty()) {
        std::vector<std::string> names;
        for (std::size_t v = 0; v < scenario.venues.size(); ++v) {
            names.push_back(scenario.venues[v].name);
            if (names.back() == arguments.venue) event.venue = v;
        }
        if (!event.venue)
            refuse("--venue " + arguments.venue,
                   fmt::format("there is no such venue\n{}", known_names_hint(arguments.venue, names)));
    }
    const std::vector<double> interest = market.initial_open_interest();
    const std::size_t assets = market.assets();
    event.weight.assign(assets, 0.0);
    for (std::size_t i = 0; i < interest.size(); ++i) {
        if (!event.venue || *event.venue == i / assets) event.weight[i % assets] += interest[i];
    }
    for (const double weight : event.weight) event.open_interest += weight;
    for (double& weight : event.weight) {
        weight = event.open_interest > 0.0 ? weight / event.open_interest : 1.0 / static_cast<double>(assets);
    }
    event.typical_move = 0.0; // as if all assets moved together
    for (std::size_t a = 0; a < assets; ++a) event.typical_move += event.weight[a] * market.typical_move()[a];
    return event;
}

std::string event_text(const RareArguments& arguments) {
    const auto index = static_cast<std::size_t>(arguments.quantity);
    const std::string name(EnumNames<RareQuantity>::value[index]);
    const std::string where = arguments.venue.empty() ? "" : fmt::format(" at {}", arguments.venue);
    if (!(arguments.exceeds > 0.0)) return fmt::format("any {}{}", name, where);
    return fmt::format("{} of {}{} or more{}", name, format_number(arguments.exceeds),
                       arguments.quantity == RareQuantity::price_move ? "" : " USD", where);
}

// Worlds that counting would need for the same relative error.
double worlds_by_counting(double probability, double relative_error) {
    return (1.0 - probability) / (probability * relative_error * relative_error);
}

void print_interval(const IntervalEstimate& probability, double confidence) {
    fmt::print("  probability {:.4g}, {:.4g} % interval {:.4g} to {:.4g}\n", probability.point, 100.0 * confidence,
               probability.low, probability.high);
}

nlohmann::json interval_json(const IntervalEstimate& interval) {
    return {{"point", interval.point}, {"low", interval.low}, {"high", interval.high}};
}

// What splitting and importance sampling have to say alike.
struct RareAnswer {
    IntervalEstimate probability;
    double relative_error;
    std::uint64_t worlds;
    bool interrupted;
    std::string how; ///< said after the method's name
    std::function<IntervalEstimate(double amount)> exceedance;
    nlohmann::json details; ///< the method's own, for --json
    std::vector<std::string> remarks;
};

RareAnswer answer_of(const RareArguments& arguments, const SplittingEstimate& estimate) {
    const auto extinct = std::count_if(estimate.runs.begin(), estimate.runs.end(),
                                       [](const SplittingRun& run) { return run.extinct; });
    RareAnswer answer{
        estimate.probability,
        estimate.relative_error,
        estimate.worlds,
        estimate.interrupted,
        fmt::format("{} repetitions of {} worlds", estimate.runs.size(), arguments.particles),
        [&](double amount) { return estimate.exceedance(amount, arguments.confidence); },
        {{"particles", arguments.particles}, {"repetitions", estimate.runs.size()}, {"extinct_repetitions", extinct}},
        {}};
    if (extinct > 0) {
        answer.remarks.push_back(
            fmt::format("{} of {} repetitions died out on the way: all their worlds had come equally near", extinct,
                        estimate.runs.size()));
    }
    if (!(estimate.probability.point > 0.0)) {
        answer.remarks.emplace_back("no repetition reached the event: more particles, or an event nearer by");
    }
    return answer;
}

RareAnswer answer_of(const RareArguments& arguments, const ImportanceEstimate& estimate) {
    const bool reached = estimate.laws.reached;
    RareAnswer answer{
        estimate.probability,
        estimate.relative_error,
        estimate.worlds(),
        estimate.interrupted,
        fmt::format("{} worlds of {} laws, found with {}", format_number(static_cast<double>(estimate.all.size())),
                    estimate.laws.mixture.laws().size(), format_number(static_cast<double>(estimate.laws.worlds))),
        [&](double amount) { return estimate.exceedance(amount, arguments.confidence); },
        {{"events", estimate.events},
         {"effective_events", estimate.effective_events},
         {"search_reached_event", reached},
         {"laws", nlohmann::json::array()}},
        {}};
    for (const PathTilt& law : estimate.laws.mixture.laws()) {
        nlohmann::json jumps = nlohmann::json::array();
        for (const PathTilt::Clock& clock : law.clocks) {
            jumps.push_back({{"rate_factor", clock.rate_factor}, {"size_shift", clock.size_shift}});
        }
        answer.details["laws"].push_back({{"shift", law.shift}, {"jumps", jumps}});
    }
    answer.remarks.push_back(fmt::format("{} worlds in the event, which say as much as {} of equal weight",
                                         format_number(static_cast<double>(estimate.events)),
                                         format_number(std::floor(estimate.effective_events))));
    constexpr double few = 100.0;
    if (!reached) {
        answer.remarks.emplace_back("the search for laws did not reach the event: the interval may be too narrow");
    } else if (estimate.effective_events < few) {
        answer.remarks.emplace_back("a few worlds carry the estimate: more --worlds, or splitting");
    }
    return answer;
}

int print_answer(const RareArguments& arguments, const RareAnswer& answer) {
    const bool seen = answer.probability.point > 0.0;
    // Splitting does not keep how far prices moved.
    const bool has_curve = arguments.exceeds > 0.0 &&
                           (arguments.quantity != RareQuantity::price_move || arguments.method == Method::importance);
    constexpr double shares[] = {0.1, 0.2, 0.5, 1.0};
    const auto method = EnumNames<Method>::value[static_cast<std::size_t>(arguments.method)];
    if (arguments.json) {
        nlohmann::json out = answer.details;
        out["event"] = event_text(arguments);
        out["method"] = method;
        out["probability"] = interval_json(answer.probability);
        out["confidence"] = arguments.confidence;
        out["relative_error"] = seen ? nlohmann::json(answer.relative_error) : nlohmann::json();
        out["worlds_simulated"] = answer.worlds;
        out["exceedance"] = nlohmann::json::array();
        if (seen) out["worlds_by_counting"] = worlds_by_counting(answer.probability.point, answer.relative_error);
        for (const double share : shares) {
            if (!has_curve) break;
            nlohmann::json row = interval_json(answer.exceedance(share * arguments.exceeds));
            row["exceeds"] = share * arguments.exceeds;
            out["exceedance"].push_back(row);
        }
        std::fputs((out.dump(2) + "\n").c_str(), stdout);
        return answer.interrupted ? exit_interrupted : exit_done;
    }
    fmt::print("{}, by {}: {}\n", event_text(arguments), method, answer.how);
    print_interval(answer.probability, arguments.confidence);
    if (seen) {
        const double counting = worlds_by_counting(answer.probability.point, answer.relative_error);
        fmt::print("  relative error {:.2g} %; {} worlds simulated, counting would need {} for it, {} times as many\n",
                   100.0 * answer.relative_error, format_number(static_cast<double>(answer.worlds)),
                   format_number(counting), format_number(counting / static_cast<double>(answer.worlds)));
    }
    for (const std::string& remark : answer.remarks) fmt::print("  {}\n", remark);
    for (const double share : shares) {
        if (!has_curve || !seen) break;
        const IntervalEstimate row = answer.exceedance(share * arguments.exceeds);
        fmt::print("  {:>10} or more: {:.4g} ({:.4g} to {:.4g})\n", format_number(share * arguments.exceeds), row.point,
                   row.low, row.high);
    }
    if (!answer.interrupted) return exit_done;
    print_to_stderr("plunge: interrupted; what was finished is above\n");
    return exit_interrupted;
}

int print_crude(const RareArguments& arguments, const CrudeEstimate& estimate) {
    if (arguments.json) {
        const nlohmann::json out{{"event", event_text(arguments)},
                                 {"method", "crude"},
                                 {"probability", interval_json(estimate.probability)},
                                 {"confidence", arguments.confidence},
                                 {"events", estimate.events},
                                 {"worlds_simulated", estimate.worlds}};
        std::fputs((out.dump(2) + "\n").c_str(), stdout);
    } else {
        fmt::print("{}, by counting: {} of {} worlds\n", event_text(arguments), estimate.events, estimate.worlds);
        print_interval(estimate.probability, arguments.confidence);
    }
    return estimate.interrupted ? exit_interrupted : exit_done;
}

int rare(const RareArguments& arguments) {
    if (arguments.quantity == RareQuantity::price_move && !(arguments.exceeds > 0.0))
        refuse("--exceeds", "price_move needs a threshold, e.g. --exceeds 0.3");
    LoadedScenario loaded = load(arguments);
    const std::uint64_t worlds = loaded.scenario.run.worlds;
    const unsigned threads = thread_count(arguments.threads);
    LoadedScenario one = loaded;
    one.scenario.run.worlds = 1; // a few numbers are kept of each
    check_memory(one, threads, "");
    const Market market(std::move(loaded.scenario));
    const RareEvent event = event_of(arguments, market);
    InterruptFlag interrupt;
    SplittingOptions options;
    options.particles = arguments.particles;
    options.repetitions = arguments.repetitions;
    options.confidence = arguments.confidence;
    options.threads = threads;
    options.stop = &interrupt.flag();
    auto bar = std::make_unique<ProgressBar>(arguments.method == Method::splitting ? options.repetitions : worlds,
                                             arguments.quiet);
    options.progress = [&](std::uint64_t done) { bar->update(done); };
    if (arguments.method == Method::crude) {
        const CrudeEstimate estimate = estimate_by_counting(market, event, worlds, options);
        bar.reset();
        return print_crude(arguments, estimate);
    }
    if (arguments.method == Method::importance) {
        ImportanceOptions sampling;
        sampling.worlds = worlds;
        sampling.pilot = arguments.pilot;
        sampling.confidence = arguments.confidence;
        sampling.threads = threads;
        sampling.stop = options.stop;
        sampling.progress = options.progress;
        const ImportanceEstimate estimate = estimate_by_importance(market, event, sampling);
        bar.reset();
        return print_answer(arguments, answer_of(arguments, estimate));
    }
    const SplittingEstimate estimate = estimate_by_splitting(market, event, options);
    bar.reset();
    return print_answer(arguments, answer_of(arguments, estimate));
}

template <class Enum> std::map<std::string, Enum> names_of() {
    std::map<std::string, Enum> names;
    for (std::size_t i = 0; i < EnumNames<Enum>::value.size(); ++i) {
        names.emplace(EnumNames<Enum>::value[i], static_cast<Enum>(i));
    }
    return names;
}

} // namespace

void add_rare_command(CLI::App& app, int& exit_code) {
    static const std::map<std::string, RareQuantity> quantities = names_of<RareQuantity>();
    static const std::map<std::string, Toward> ways = names_of<Toward>();
    static const std::map<std::string, Method> methods = names_of<Method>();
    auto arguments = std::make_shared<RareArguments>();
    CLI::App* command = app.add_subcommand("rare", "The probability of an event too rare to be counted");
    command->add_option("--event", arguments->quantity, "what is added up from the start of a world on")
        ->required()
        ->transform(CLI::CheckedTransformer(quantities, CLI::ignore_case))
        ->type_name("shortfall|uncovered|adl|fund_draw|liquidated|price_move");
    command
        ->add_option("--exceeds", arguments->exceeds, "threshold, USD (price_move: a share); any at all where left out")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--venue", arguments->venue, "of one venue; all together where left out");
    command
        ->add_option(
            "--toward", arguments->toward,
            "where prices go on the way there: fall where left out. The answer is right whatever is said here, "
            "its error is not")
        ->transform(CLI::CheckedTransformer(ways, CLI::ignore_case))
        ->type_name("fall|rise|either");
    command
        ->add_option("--method", arguments->method,
                     "splitting; importance: worlds drawn from laws under which the event is common; crude: counting")
        ->transform(CLI::CheckedTransformer(methods, CLI::ignore_case))
        ->type_name("splitting|importance|crude");
    command->add_option("--particles", arguments->particles, "splitting: worlds kept alive in a repetition")
        ->check(CLI::Range(std::uint64_t{2}, std::uint64_t{1'000'000}));
    command
        ->add_option("--repetitions", arguments->repetitions, "splitting: independent runs, whose spread is the error")
        ->check(CLI::Range(std::uint64_t{2}, std::uint64_t{4096}));
    command->add_option("--pilot", arguments->pilot, "importance: worlds of each stage of the search for laws")
        ->check(CLI::Range(std::uint64_t{100}, std::uint64_t{10'000'000}));
    add_confidence_option(*command, arguments->confidence, 0.9999);
    add_scenario_arguments(*command, *arguments, "importance, crude: instead of run.worlds");
    command->add_flag("--json", arguments->json, "as JSON on stdout");
    command->add_flag("--quiet", arguments->quiet, "no progress bar");
    command->callback([arguments, &exit_code] { exit_code = rare(*arguments); });
}

} // namespace plunge
