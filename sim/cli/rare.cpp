// plunge rare: the probability of an event too rare to be counted.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "models/waterfall/adl.hpp"
#include "models/waterfall/layers.hpp"
#include "output/rare_writer.hpp"
#include "output/writer.hpp"
#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/creation_time.hpp"
#include "sim/cli/limits.hpp"
#include "sim/cli/output_path.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/rare_report.hpp"
#include "sim/cli/scenario_arguments.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/driver/parallel_blocks.hpp"
#include "sim/engine/world_numbers.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/randomness.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/stats/summary.hpp"
#include "sim/version.hpp"

namespace plunge {
namespace {

struct RareArguments : ScenarioArguments {
    std::string venue;
    RareQuantity quantity = RareQuantity::shortfall;
    double exceeds = 0.0;
    Toward toward = Toward::fall;
    RareMethod method = RareMethod::splitting;
    std::uint64_t particles = 250;
    std::uint64_t repetitions = 16;
    std::uint64_t pilot = 2'000;
    double confidence = 0.95;
    std::string output;
    bool compress = false;
    bool force = false;
    bool json = false;
    bool quiet = false;
};

LoadedScenario load(const RareArguments& arguments) {
    LoadedScenario loaded = load_named_scenario(arguments.scenario, arguments.overrides());
    refuse_dependent_worlds(loaded);
    if (!is_drawn(loaded.scenario.prices) && arguments.method != RareMethod::crude)
        refuse(loaded.path, "prices.model = \"replay\": the same path in every world leaves nothing to branch or tilt");
    if (!arguments.quiet) tell_of_inputs(loaded);
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

int print(const RareArguments& arguments, const RareQuestion& question, const RareAnswer& answer,
          const std::vector<Column>& columns, const LoadedScenario& loaded) {
    const auto from = [&] { return provenance_of(loaded, rare_digest(columns, answer.in_event.weights)); };
    const std::string text = arguments.json ? rare_json(question, answer, columns, from()) + "\n"
                                            : format_rare(question, answer, columns, stdout_in_colour());
    std::fputs(text.c_str(), stdout); // whether it could be written is asked once, at the program's end
    if (!answer.interrupted) return answer.dead_end ? exit_check_failed : exit_done;
    std::fflush(stdout); // for the message to stand below it
    print_to_stderr(fmt::format("plunge: interrupted; what was finished is above{}\n",
                                arguments.output.empty() ? "" : "; nothing written"));
    return exit_interrupted;
}

// How far some repetition has got.
class SplittingProgress {
  public:
    void note(double weight, double largest) {
        const std::lock_guard lock(mutex_);
        weight_ = weight;
        largest_ = std::max(largest_, largest);
    }
    std::string text() {
        const std::lock_guard lock(mutex_);
        return fmt::format("at {:.1e} of all worlds, largest so far {}", weight_, format_number(largest_));
    }

  private:
    std::mutex mutex_;
    double weight_ = 1.0;
    double largest_ = 0.0;
};

RareQuestion question_of(const RareArguments& arguments, const Scenario& scenario, const RareEvent& event) {
    RareQuestion question{event_text(arguments), arguments.quantity,  arguments.exceeds, 0.0, false,
                          arguments.method,      arguments.confidence};
    for (std::size_t v = 0; v < scenario.venues.size(); ++v) {
        if (event.venue && *event.venue != v) continue;
        question.fund += initial_fund_balance(scenario.venues[v].waterfall);
        for (const auto& layer : scenario.venues[v].waterfall)
            question.adl = question.adl || layer.holds<AutoDeleveraging::Params>();
    }
    return question;
}

RareAnswer estimate(const RareArguments& arguments, const RareQuestion& question, const Market& market,
                    const RareEvent& event, std::uint64_t worlds, unsigned threads) {
    InterruptFlag interrupt;
    const bool splits = arguments.method == RareMethod::splitting;
    SplittingProgress levels;
    ProgressBar bar(splits ? arguments.repetitions : worlds, arguments.quiet, splits ? "repetitions" : "worlds",
                    splits ? [&levels] { return levels.text(); } : std::function<std::string()>());
    const auto progress = [&](std::uint64_t done) { bar.update(done); };
    if (arguments.method == RareMethod::importance) {
        ImportanceOptions options;
        options.worlds = worlds;
        options.pilot = arguments.pilot;
        options.confidence = arguments.confidence;
        options.threads = threads;
        options.stop = &interrupt.flag();
        options.progress = progress;
        return answer_of(question, estimate_by_importance(market, event, options));
    }
    SplittingOptions options;
    options.particles = arguments.particles;
    options.repetitions = arguments.repetitions;
    options.confidence = arguments.confidence;
    options.threads = threads;
    options.stop = &interrupt.flag();
    options.progress = progress;
    options.watch = [&levels](double weight, double largest, std::uint64_t) { levels.note(weight, largest); };
    return splits ? answer_of(question, estimate_by_splitting(market, event, options), arguments.particles)
                  : answer_of(estimate_by_counting(market, event, worlds, options));
}

int rare(const RareArguments& arguments) {
    if (arguments.quantity == RareQuantity::price_move && !(arguments.exceeds > 0.0))
        refuse("--exceeds", "price_move needs a threshold, e.g. --exceeds 0.3");
    if (arguments.quantity == RareQuantity::price_move && arguments.toward == Toward::fall && arguments.exceeds >= 1.0)
        refuse(fmt::format("--exceeds {}", arguments.exceeds), "prices cannot fall by all they are, or more");
    const LoadedScenario loaded = load(arguments);
    const Scenario& scenario = loaded.scenario;
    const unsigned threads = thread_count(arguments.threads);
    LoadedScenario kept = loaded; // whole results of worlds in the event, a few numbers of all others
    if (arguments.method != RareMethod::importance) kept.scenario.run.worlds = 1;
    check_memory(kept, threads, "");
    if (!arguments.output.empty()) check_result_path(arguments.output, arguments.force);
    const CreationTime created;
    const Market market(scenario);
    const RareEvent event = event_of(arguments, market);
    const RareQuestion question = question_of(arguments, scenario, event);
    RareAnswer answer = estimate(arguments, question, market, event, scenario.run.worlds, threads);
    if (auto left_out = left_out_of_intervals(scenario)) answer.remarks.push_back(*std::move(left_out));
    const std::vector<Column> columns = world_columns(scenario, answer.in_event.results);
    if (!arguments.output.empty() && !answer.interrupted) {
        const ResultInfo info{std::string(version()), std::string(git_commit()), command_line(), created.text(),
                              loaded};
        write_rare(arguments.output,
                   {info, question.event, method_name(question.method), answer.probability, question.confidence,
                    answer.relative_error, answer.worlds, answer.how, answer.remarks, columns, answer.in_event.weights},
                   arguments.force, arguments.compress ? Storage::compressed : Storage::contiguous);
    }
    return print(arguments, question, answer, columns, loaded);
}

template <class Enum> std::map<std::string, Enum> names_of() {
    std::map<std::string, Enum> names;
    for (std::size_t i = 0; i < EnumNames<Enum>::value.size(); ++i) {
        names.emplace(EnumNames<Enum>::value[i], static_cast<Enum>(i));
    }
    return names;
}

} // namespace

void add_rare_command(CommandLine& line) {
    static const std::map<std::string, RareQuantity> quantities = names_of<RareQuantity>();
    static const std::map<std::string, Toward> ways = names_of<Toward>();
    static const std::map<std::string, RareMethod> methods = names_of<RareMethod>();
    auto arguments = std::make_shared<RareArguments>();
    const Command command = line.command("rare", "The probability of an event too rare to be counted");
    add_scenario_arguments(command, *arguments, "importance, crude: instead of run.worlds");
    command.group("Question");
    command
        .choice("--event", arguments->quantity, quantities, "shortfall|uncovered|adl|fund_draw|liquidated|price_move",
                "what is added up from the start of a world on")
        .required()
        .otherwise("");
    command.option("--exceeds", arguments->exceeds, "threshold, USD (price_move: a share)")
        .not_negative()
        .otherwise("any at all");
    command.option("--venue", arguments->venue, "of one venue").takes("NAME").otherwise("all together");
    command.choice("--toward", arguments->toward, ways, "fall|rise|either",
                   "where prices go on the way there. The answer is right whatever is said here, its error is not");
    command.group("Method");
    command.choice("--method", arguments->method, methods, "splitting|importance|crude",
                   "importance: worlds drawn from laws under which the event is common; crude: counting");
    command.option("--particles", arguments->particles, "splitting: worlds kept alive in a repetition")
        .within(std::uint64_t{2}, std::uint64_t{1'000'000});
    command.option("--repetitions", arguments->repetitions, "splitting: independent runs, whose spread is the error")
        .within(std::uint64_t{2}, world_numbers::splitting_repetitions);
    command.option("--pilot", arguments->pilot, "importance: worlds of each stage of the search for laws")
        .within(std::uint64_t{100}, std::uint64_t{10'000'000});
    add_confidence_option(command, arguments->confidence, 0.9999);
    command.group("Output");
    command
        .option("-o,--output", arguments->output,
                "file (HDF5) of the worlds in the event, with the probability that each stands for")
        .takes("FILE");
    add_compress_option(command, arguments->compress);
    command.flag("--force", arguments->force, "replace an existing file");
    command.flag("--json", arguments->json, "as JSON on stdout");
    command.flag("--quiet", arguments->quiet, "no progress");
    command.examples({"plunge rare scenarios/quickstart.toml --event uncovered",
                      "plunge rare mine.toml --event shortfall --exceeds 5e6 -o rare.h5",
                      "plunge rare mine.toml --event price_move --exceeds 0.3"});
    command.action([arguments] { return rare(*arguments); });
}

} // namespace plunge
