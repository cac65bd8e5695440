#include "sim/driver/sweep_plan.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "sim/driver/estimate.hpp"
#include "sim/driver/parallel_blocks.hpp"
#include "sim/scenario/randomness.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/scenario/same_paths.hpp"
#include "sim/stats/design.hpp"
#include "sim/stats/summary.hpp"

namespace plunge {
namespace {

[[noreturn]] void refuse(const Factor& factor, const std::string& message) {
    throw ScenarioError({{"--vary " + factor.argument, 0, 0, "", "", message}});
}

bool is_sample(SweepSample sample) { return sample == SweepSample::latin || sample == SweepSample::saltelli; }

void check_factor(const Factor& factor, SweepSample sample) {
    if (is_sample(sample) && factor.kind == Factor::Kind::steps)
        refuse(factor, "a sample draws from ranges\nuse uniform(a,b) or loguniform(a,b), or a list, whose values are "
                       "drawn alike");
    if (!is_sample(sample) && factor.is_range())
        refuse(factor, "a range has no values of its own\nuse lin(a,b,n) or log(a,b,n), or draw from it with --sample "
                       "latin or saltelli");
}

// The last factor goes round first, as arrays are stored.
void fill_grid(SweepPlan& plan) {
    plan.shape.clear();
    for (const Factor& factor : plan.factors) plan.shape.push_back(factor.values.size());
    for (std::size_t point = 0; point < plan.points; ++point) {
        std::vector<std::string>& values = plan.values.emplace_back(plan.factors.size());
        std::size_t rest = point;
        for (std::size_t f = plan.factors.size(); f-- > 0;) {
            values[f] = plan.factors[f].values[rest % plan.shape[f]];
            rest /= plan.shape[f];
        }
    }
}

void fill_sample(SweepPlan& plan, const Design& design) {
    for (std::size_t point = 0; point < plan.points; ++point) {
        std::vector<std::string>& values = plan.values.emplace_back();
        for (std::size_t f = 0; f < plan.factors.size(); ++f)
            values.push_back(plan.factors[f].value_at(design.coordinate(point, f)));
    }
}

void fill_one_at_a_time(SweepPlan& plan) {
    for (std::size_t f = 0; f < plan.factors.size(); ++f) {
        for (const std::string& value : plan.factors[f].values)
            plan.values.emplace_back(plan.factors.size())[f] = value;
    }
}

std::vector<std::string> metric_names(const Scenario& scenario) {
    std::vector<std::string> names;
    for (const Column& column : world_columns(scenario, {})) names.push_back(column.name);
    return names;
}

// The mistakes of a point, with the place where the user wrote the value.
std::vector<Diagnostic> at_point(const SweepPlan& plan, std::size_t point, std::vector<Diagnostic> diagnostics) {
    const std::vector<std::string> overrides = plan.overrides(point);
    for (Diagnostic& diagnostic : diagnostics) {
        for (const std::string& override : overrides)
            if (diagnostic.file == "--set " + shown(override)) diagnostic.file = "--vary " + shown(override);
        diagnostic.message += "\nat " + plan.describe(point);
    }
    return diagnostics;
}

} // namespace

std::vector<std::string> SweepPlan::overrides(std::size_t point) const {
    std::vector<std::string> result;
    for (std::size_t f = 0; f < factors.size(); ++f) {
        if (values[point][f].empty()) continue;
        for (const std::string& key : factors[f].keys) result.push_back(key + "=" + values[point][f]);
    }
    return result;
}

std::string SweepPlan::describe(std::size_t point) const {
    std::vector<std::string> parts;
    for (std::size_t f = 0; f < factors.size(); ++f)
        if (!values[point][f].empty()) parts.push_back(factors[f].name + " = " + values[point][f]);
    return fmt::format("point {} of {}: {}", point + 1, points, fmt::join(parts, "; "));
}

double count_points(const std::vector<Factor>& factors, SweepSample sample, std::size_t rows) {
    double count = 0.0;
    switch (sample) {
    case SweepSample::grid:
        count = 1.0;
        for (const Factor& factor : factors) count *= static_cast<double>(factor.values.size());
        break;
    case SweepSample::latin:
        count = static_cast<double>(rows);
        break;
    case SweepSample::saltelli:
        count = static_cast<double>(rows) * static_cast<double>(factors.size() + 2);
        break;
    case SweepSample::one_at_a_time:
        for (const Factor& factor : factors) count += static_cast<double>(factor.values.size());
        break;
    }
    return count;
}

SweepPlan make_plan(std::vector<Factor> factors, SweepSample sample, std::size_t rows, std::uint64_t seed) {
    for (const Factor& factor : factors) check_factor(factor, sample);
    SweepPlan plan;
    plan.sample = sample;
    plan.factors = std::move(factors);
    plan.rows = rows;
    plan.points = static_cast<std::size_t>(count_points(plan.factors, sample, rows));
    plan.shape = {plan.points};
    plan.values.reserve(plan.points);
    switch (sample) {
    case SweepSample::grid:
        fill_grid(plan);
        break;
    case SweepSample::latin:
        fill_sample(plan, latin_hypercube(rows, plan.factors.size(), seed));
        break;
    case SweepSample::saltelli:
        fill_sample(plan, saltelli_design(rows, plan.factors.size(), seed));
        break;
    case SweepSample::one_at_a_time:
        fill_one_at_a_time(plan);
        break;
    }
    return plan;
}

// ---- reading

struct PointReader::Files {
    std::mutex mutex;
    std::map<std::string, std::string> text; // by the path that scenarios name them by
};

PointReader::PointReader(const LoadedScenario& base, std::vector<std::string> before, std::vector<std::string> after)
    : text_{base.source}, path_{base.path}, before_{std::move(before)}, after_{std::move(after)},
      files_{std::make_unique<Files>()} {
    for (const InputFile& input : base.inputs) files_->text[input.path] = input.text;
}

PointReader::~PointReader() = default;

LoadedScenario PointReader::read(const std::vector<std::string>& overrides) const {
    std::vector<std::string> all = before_;
    all.insert(all.end(), overrides.begin(), overrides.end());
    all.insert(all.end(), after_.begin(), after_.end());
    return parse_scenario(text_, path_, all, [&](const std::string& input) {
        const std::lock_guard lock(files_->mutex);
        const auto known = files_->text.find(input);
        if (known != files_->text.end()) return known->second;
        return files_->text[input] = read_input_beside(path_, input);
    });
}

std::vector<InputFile> PointReader::inputs() const {
    const std::lock_guard lock(files_->mutex);
    std::vector<InputFile> inputs;
    for (const auto& [path, text] : files_->text) inputs.push_back({path, text});
    return inputs;
}

std::vector<PointInfo> check_points(const SweepPlan& plan, const PointReader& reader, const LoadedScenario& base,
                                    unsigned threads) {
    std::vector<PointInfo> points(plan.points);
    std::vector<std::optional<ScenarioError>> errors(plan.points);
    const std::vector<std::string> metrics = metric_names(base.scenario);
    const auto check = [&](std::size_t point) {
        try {
            const LoadedScenario loaded = reader.read(plan.overrides(point));
            Scenario scenario = loaded.scenario;
            if (scenario.run.worlds != base.scenario.run.worlds)
                throw ScenarioError({{base.path, 0, 0, "run.worlds", "",
                                      "cannot vary: all points have the same worlds\n--worlds sets their number"}});
            if (scenario.run.antithetic != base.scenario.run.antithetic)
                throw ScenarioError({{base.path, 0, 0, "run.antithetic", "",
                                      "cannot vary: standard errors of all points are taken alike\n--set sets it"}});
            if (scenario.run.paths != base.scenario.run.paths)
                throw ScenarioError({{base.path, 0, 0, "run.paths", "",
                                      "cannot vary: standard errors of all points are taken alike\n--set sets it"}});
            if (metric_names(scenario) != metrics)
                throw ScenarioError({{base.path, 0, 0, "", "",
                                      "the metrics are others than those of the scenario itself\nvary what "
                                      "leaves assets, institutions and record.counterfactual as they are"}});
            points[point].sha256 = loaded.sha256;
            points[point].same_paths = path_differences(base.scenario, scenario).empty();
            points[point].draws = !why_worlds_are_equal(scenario);
            scenario.run.worlds = 1; // a few numbers are kept of each
            scenario.record.traces.clear();
            const MemoryEstimate estimate = estimate_memory(scenario, 1);
            points[point].memory_bytes = estimate.population_bytes + estimate.path_bytes + estimate.results_bytes +
                                         estimate.inputs_bytes;
        } catch (const ScenarioError& error) {
            errors[point] = error;
        }
    };
    run_in_blocks(plan.points, {.threads = threads}, [&](unsigned) -> BlockWorker {
        return [&](std::uint64_t first, std::uint64_t last) {
            for (std::uint64_t point = first; point < last; ++point) check(point);
        };
    });
    const auto bad = static_cast<std::size_t>(
        std::count_if(errors.begin(), errors.end(), [](const auto& error) { return error.has_value(); }));
    for (std::size_t point = 0; point < plan.points; ++point) {
        if (!errors[point]) continue;
        std::vector<Diagnostic> diagnostics = at_point(plan, point, errors[point]->diagnostics());
        if (bad > 1) diagnostics.back().message += "\nand mistakes in " + counted(bad - 1, "more point");
        throw ScenarioError(std::move(diagnostics));
    }
    if (plan.sample == SweepSample::grid) {
        std::map<std::string, std::size_t> seen;
        for (std::size_t point = 0; point < plan.points; ++point) {
            const auto [first, is_new] = seen.emplace(points[point].sha256, point);
            if (!is_new)
                throw ScenarioError({{base.path, 0, 0, "", "",
                                      fmt::format("{} is the same scenario as {}\nis a key varied under two names, or "
                                                  "one that another replaces?",
                                                  plan.describe(point), plan.describe(first->second))}});
        }
    }
    return points;
}

} // namespace plunge
