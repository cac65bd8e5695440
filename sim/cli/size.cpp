// plunge size: the smallest insurance fund with which a venue survives with a given probability.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "models/waterfall/adl.hpp"
#include "models/waterfall/layers.hpp"
#include "models/waterfall/socialized_loss.hpp"
#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/limits.hpp"
#include "sim/cli/output_path.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/scenario_arguments.hpp"
#include "sim/cli/size_report.hpp"
#include "sim/cli/size_tail.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/driver/fund_sizing.hpp"
#include "sim/driver/fund_tail.hpp"
#include "sim/driver/parallel_blocks.hpp"
#include "sim/driver/stress.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/read_context.hpp"

namespace plunge {
namespace {

enum class SizingMethod { crude, importance };

struct SizeArguments : ScenarioArguments {
    std::string output;
    std::string venue;
    std::string horizon;
    double survive = 0.0;
    double confidence = 0.95;
    double precision = 0.0;
    std::optional<FundEvent> event;
    std::optional<std::uint64_t> max_worlds;
    std::uint64_t verify_worlds = 0;
    std::optional<double> threshold;
    SizingMethod method = SizingMethod::crude;
    bool curve = false;
    bool stress = false;
    bool json = false;
    bool force = false;
    bool quiet = false;
};

[[noreturn]] void refuse_waterfall(const LoadedScenario& loaded, const std::string& message) {
    throw ScenarioError({{loaded.path, 0, 0, "venue.waterfall", "", message}});
}

bool has_fund(const Venue& venue) {
    return std::any_of(venue.waterfall.begin(), venue.waterfall.end(),
                       [](const WaterfallChoice& layer) { return layer.holds<InsuranceFund::Params>(); });
}

// The venue that is named; where none is, the only one with a fund.
std::size_t choose_venue(const LoadedScenario& loaded, const std::string& name) {
    const std::vector<Venue>& venues = loaded.scenario.venues;
    std::vector<std::string> with_fund;
    std::optional<std::size_t> chosen;
    for (std::size_t v = 0; v < venues.size(); ++v) {
        if (!has_fund(venues[v])) {
            if (venues[v].name == name)
                refuse_waterfall(loaded, fmt::format("venue \"{}\" has no insurance_fund layer to size\nadd one, with "
                                                     "any balance: its place among the layers says what it pays",
                                                     name));
            continue;
        }
        with_fund.push_back(venues[v].name);
        if (name.empty() || venues[v].name == name) chosen = v;
    }
    if (with_fund.empty())
        refuse_waterfall(loaded, "no venue has an insurance_fund layer to size\nadd one, with any balance: its place "
                                 "among the layers says what it pays");
    if (name.empty() && with_fund.size() > 1)
        refuse("--venue",
               fmt::format("several venues have an insurance fund: name one\nknown: {}", fmt::join(with_fund, ", ")));
    if (!chosen)
        refuse("--venue " + name, fmt::format("there is no such venue\n{}", known_names_hint(name, with_fund)));
    return *chosen;
}

// What the venue is to survive without: auto-deleveraging where it has it, else losses that nobody pays.
FundEvent choose_event(const LoadedScenario& loaded, std::size_t venue, std::optional<FundEvent> asked) {
    bool adl = false;
    bool socialized = false;
    for (const auto& layer : loaded.scenario.venues[venue].waterfall) {
        adl = adl || layer.holds<AutoDeleveraging::Params>();
        socialized = socialized || layer.holds<SocializedLoss::Params>();
    }
    const FundEvent event = asked.value_or(adl ? FundEvent::adl : FundEvent::uncovered);
    const std::string& name = loaded.scenario.venues[venue].name;
    if (event == FundEvent::adl && !adl)
        refuse("--event adl", fmt::format("venue \"{}\" has no adl layer\nuse uncovered", name));
    if (event == FundEvent::socialized && !socialized)
        refuse("--event socialized",
               fmt::format("venue \"{}\" has no socialized_loss layer\nuse {}", name, adl ? "adl" : "uncovered"));
    return event;
}

LoadedScenario load(const SizeArguments& arguments) {
    std::vector<std::string> overrides = arguments.overrides();
    if (!arguments.horizon.empty()) overrides.push_back(fmt::format("run.horizon={}", arguments.horizon));
    LoadedScenario loaded = load_named_scenario(arguments.scenario, overrides);
    refuse_dependent_worlds(loaded);
    if (!arguments.quiet) tell_of_inputs(loaded);
    return loaded;
}

// Refuses what cannot fit; only a few numbers are kept of each world.
void check_size_memory(LoadedScenario loaded, unsigned threads) {
    loaded.scenario.run.worlds = 1;
    loaded.scenario.record.traces.clear();
    check_memory(loaded, threads, "");
}

SizingOptions sizing_options(const SizeArguments& arguments, const LoadedScenario& loaded) {
    SizingOptions options;
    options.question.venue = choose_venue(loaded, arguments.venue);
    options.question.event = choose_event(loaded, options.question.venue, arguments.event);
    options.survive = arguments.survive;
    options.confidence = arguments.confidence;
    options.precision = arguments.precision;
    options.worlds = loaded.scenario.run.worlds;
    constexpr std::uint64_t times = 64; // six doublings
    options.max_worlds = std::max(options.worlds,
                                  arguments.max_worlds.value_or(std::min(most_worlds, times * options.worlds)));
    options.verify_worlds = arguments.verify_worlds;
    options.curve = arguments.curve;
    options.threads = arguments.threads;
    return options;
}

// A bar per stage.
class StageBars {
  public:
    explicit StageBars(bool quiet) : quiet_{quiet} {}
    void update(std::string_view stage, std::uint64_t done, std::uint64_t all) {
        if (!bar_ || stage != stage_ || all != all_) {
            bar_.reset();
            bar_ = std::make_unique<ProgressBar>(all, quiet_);
            stage_ = stage;
            all_ = all;
        }
        bar_->update(done);
    }

  private:
    bool quiet_;
    std::string stage_;
    std::uint64_t all_ = 0;
    std::unique_ptr<ProgressBar> bar_;
};

std::vector<StressedSize> size_stresses(const Scenario& scenario, SizingOptions options, std::uint64_t worlds) {
    options.worlds = options.max_worlds = worlds;
    options.precision = 0.0;
    options.verify = false;
    options.curve = false;
    std::vector<StressedSize> sizes;
    for (const Stress& stress : stresses(scenario)) {
        sizes.push_back({stress.name, stress.meaning, {}});
        if (!stress.scenario) continue;
        const SizedFund sizing = size_fund(*stress.scenario, options);
        if (sizing.interrupted) {
            sizes.pop_back(); // of fewer worlds: not to be compared
            break;
        }
        sizes.back().answer = sizing.answer;
    }
    return sizes;
}

// Writes the report and prints it, or its text.
int report(const SizeArguments& arguments, std::size_t worlds, bool interrupted, const std::string& json,
           const std::string& text) {
    const bool piped = is_stdout(arguments.output); // then it is all that is printed
    if (!arguments.output.empty() && !interrupted) write_text(arguments.output, json, arguments.force);
    if (!piped && (arguments.json || !arguments.quiet))
        std::fputs(arguments.json ? json.c_str() : text.c_str(), stdout);
    if (!interrupted) return exit_done;
    print_to_stderr(fmt::format("plunge: interrupted; what {} worlds say is above{}\n", worlds,
                                arguments.output.empty() ? "" : ", nothing is written"));
    return exit_interrupted;
}

int nothing_done() {
    print_to_stderr("plunge: interrupted before a world was finished\n");
    return exit_interrupted;
}

void check_importance(const SizeArguments& arguments, const LoadedScenario& loaded, const SizingOptions& options) {
    if (!is_drawn(loaded.scenario.prices))
        refuse(loaded.path, "prices.model = \"replay\": the same path in every world leaves nothing to tilt");
    if (arguments.stress) refuse("--stress", "goes with --method crude");
    if (arguments.curve) refuse("--curve", "goes with --method crude");
    if (arguments.threshold) refuse("--threshold", "goes with --method crude: no tail is fitted to weighted worlds");
    if (!draw_is_critical(loaded.scenario, options.question))
        refuse("--method importance",
               "the fund's size acts on the market before the event, so that a world's draw is not the fund it needs\n"
               "use --method crude, which runs worlds with one fund after the other");
}

int size(const SizeArguments& arguments) {
    const LoadedScenario loaded = load(arguments);
    SizingOptions options = sizing_options(arguments, loaded);
    if (arguments.method == SizingMethod::importance) check_importance(arguments, loaded, options);
    if (!arguments.output.empty()) check_text_path(arguments.output, arguments.force);
    check_size_memory(loaded, thread_count(arguments.threads));

    InterruptFlag interrupt;
    options.stop = &interrupt.flag();
    auto bars = std::make_unique<StageBars>(arguments.quiet);
    options.progress = [&](std::string_view stage, std::uint64_t done, std::uint64_t all) {
        bars->update(stage, done, all);
    };
    if (arguments.method == SizingMethod::importance) {
        const TailSizing sizing = size_fund_tail(loaded.scenario, options);
        bars.reset();
        if (sizing.critical.empty()) return nothing_done();
        constexpr double fewest = 30.0; // worlds of equal weight: with fewer the interval has been far too narrow
        if (!sizing.interrupted && sizing.effective_worlds < fewest) {
            print_to_stderr(
                fmt::format("plunge: error: no answer: worlds that need a larger fund say only as much as {:.0f} "
                            "of equal weight, and at least {:g} are asked for\n"
                            "the laws that were found favour moves of prices, and here something else decides, "
                            "such as which accounts a world draws; use --method crude\n",
                            sizing.effective_worlds, fewest));
            return exit_check_failed;
        }
        std::vector<double> numbers;
        for (const WeightedValue& world : sizing.critical) numbers.insert(numbers.end(), {world.value, world.weight});
        return report(arguments, sizing.critical.size(), sizing.interrupted,
                      tail_sizing_json(loaded, sizing, provenance_of(loaded, digest_of(numbers))) + "\n",
                      format_tail_sizing(loaded, sizing, stdout_in_colour()));
    }
    SizedFund sizing = size_fund(loaded.scenario, options);
    if (sizing.critical.empty()) {
        bars.reset();
        return nothing_done();
    }
    SizeReport found = make_size_report(loaded, std::move(sizing), arguments.threshold);
    if (arguments.stress && !found.sizing.interrupted)
        found.stresses = size_stresses(loaded.scenario, options, found.sizing.critical.size());
    bars.reset();
    const Provenance from = provenance_of(loaded, digest_of(found.sizing.critical));
    return report(arguments, found.sizing.critical.size(), interrupt.flag().load(),
                  size_report_json(found, from) + "\n", format_size_report(found, stdout_in_colour()));
}

} // namespace

void add_size_command(CommandLine& line) {
    static const std::map<std::string, FundEvent> events{
        {"adl", FundEvent::adl}, {"uncovered", FundEvent::uncovered}, {"socialized", FundEvent::socialized}};
    auto arguments = std::make_shared<SizeArguments>();
    const Command command = line.command("size", "The insurance fund that survives with a given probability");
    add_scenario_arguments(command, *arguments, "instead of run.worlds; with --precision, to begin with");
    command.option("--horizon", arguments->horizon, "instead of run.horizon, e.g. 7d").takes("TIME");
    command.group("Question");
    command.option("--survive", arguments->survive, "probability of surviving, e.g. 0.999").required().share();
    command.choice("--event", arguments->event, events, "adl|uncovered|socialized", "what is not survived")
        .otherwise("adl where the venue has it, else uncovered");
    command.option("--venue", arguments->venue, "whose fund").takes("NAME").otherwise("the one that has a fund");
    command.flag("--stress", arguments->stress, "the same under changed models, beside the sampling error");
    command.group("Accuracy");
    command
        .option("--precision", arguments->precision,
                "double the worlds until the interval's half-width is below this share of the fund")
        .share();
    command.option("--max-worlds", arguments->max_worlds, "with --precision: at most so many")
        .within(std::uint64_t{1}, most_worlds)
        .otherwise("64 times --worlds");
    command.option("--confidence", arguments->confidence, "of intervals").share();
    command.option("--verify", arguments->verify_worlds, "run again so many worlds per size, those nearest to it")
        .otherwise("all that touch the fund");
    static const std::map<std::string, SizingMethod> methods{{"crude", SizingMethod::crude},
                                                             {"importance", SizingMethod::importance}};
    command.choice("--method", arguments->method, methods, "crude|importance",
                   "crude: worlds as the scenario has them; importance: worlds drawn from laws under which large "
                   "draws on the fund are common, for far tails");
    command.option("--threshold", arguments->threshold, "USD from where on a tail is fitted")
        .takes("USD")
        .otherwise("what a test of fit chooses");
    command.flag("--curve", arguments->curve,
                 "how often the event happens, and how large it is, with funds of many sizes");
    command.group("Output");
    command.option("-o,--output", arguments->output, "write the whole report as JSON, or - for standard output")
        .takes("FILE");
    command.flag("--force", arguments->force, "replace an existing report");
    command.flag("--json", arguments->json, "the whole report as JSON on stdout");
    command.flag("--quiet", arguments->quiet, "no progress bar and no report");
    command.examples({"plunge size scenarios/quickstart.toml --survive 0.999",
                      "plunge size scenarios/quickstart.toml --survive 0.99 --precision 0.05",
                      "plunge size scenarios/quickstart.toml --survive 0.99 -o - | jq .fund"});
    command.action([arguments] { return size(*arguments); });
}

} // namespace plunge
