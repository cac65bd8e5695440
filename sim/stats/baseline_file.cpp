// Baselines as TOML.
#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/scenario/load.hpp"
#include "sim/scenario/read_fields.hpp"
#include "sim/stats/baseline.hpp"
#include "sim/stats/summary.hpp"

namespace plunge {
namespace {

constexpr std::uint64_t baseline_format = 1;

constexpr std::string_view preamble =
    "# What `plunge check` holds the results of a scenario against. Written by\n"
    "#     plunge check RESULT.h5 THIS.toml --update\n"
    "# which renews the numbers and keeps family_error, every tolerance and ignore: change those as you like.\n";

constexpr FieldInfo number{"", Unit::none, any_number, "", true};
constexpr FieldInfo whole{"", Unit::count, {0, 9007199254740991.0}, "", true};
constexpr FieldInfo error_rate{"", Unit::fraction, {0.0, 0.5, true, false}, "", false};
constexpr FieldInfo not_below_zero{"", Unit::fraction, not_negative, "", false};

// One table of the file: reads keys, remembers which there are, and says which should not be there.
class Table {
  public:
    Table(ReadContext& context, const Node& node, std::string path)
        : context_{context}, node_{node}, path_{std::move(path)} {}

    template <class Value>
    void required(std::string_view key, std::string_view meaning, const FieldInfo& info, Value& out) {
        if (!optional(key, info, out)) context_.missing(node_, path_, key, meaning);
    }

    template <class Value> bool optional(std::string_view key, const FieldInfo& info, Value& out) {
        known_.push_back(key);
        const Node* found = node_.find(key);
        if (found == nullptr) return false;
        read_value(context_, *found, join_path(path_, key), info, out);
        return true;
    }

    void optional(std::string_view key, const FieldInfo& info, std::optional<double>& out) {
        double value = 0.0;
        if (optional(key, info, value)) out = value;
    }

    // A table inside; null where it is not there.
    const Node* table(std::string_view key) {
        known_.push_back(key);
        const Node* found = node_.find(key);
        return found != nullptr && expect_table(context_, *found, join_path(path_, key)) ? found : nullptr;
    }

    void allow(std::string_view key) { known_.push_back(key); }
    bool has(std::string_view key) const { return node_.find(key) != nullptr; }
    void finish() { context_.check_keys(node_, path_, known_); }

  private:
    ReadContext& context_;
    const Node& node_;
    std::string path_;
    KnownKeys known_;
};

// A section that must be there; null, and said, where it is not.
const Node* section(ReadContext& context, const Node& root, std::string_view key, std::string_view meaning) {
    const Node* node = root.find(key);
    if (node == nullptr) context.missing(root, "", key, meaning);
    return node != nullptr && expect_table(context, *node, std::string(key)) ? node : nullptr;
}

void read_run(ReadContext& context, const Node& node, RunIdentity& run) {
    Table table(context, node, "run");
    table.required("title", "name of the scenario", number, run.title);
    table.required("plunge_version", "what made the results", number, run.plunge_version);
    table.required("git_commit", "what made the results", number, run.git_commit);
    table.required("created", "when", number, run.created);
    table.required("seed", "of the run", whole, run.seed);
    table.required("worlds", "of the run", whole, run.worlds);
    bool antithetic = false;
    PathSampling paths = PathSampling::pseudo;
    table.required("antithetic", "whether worlds are pairs", number, antithetic);
    table.optional("paths", number, paths);
    run.dependence = dependence_of({.antithetic = antithetic, .paths = paths});
    table.required("scenario_sha256", "as in the result file", number, run.scenario_sha256);
    table.required("results_sha256", "as in the result file", number, run.results_sha256);
    if (const Node* sections = table.table("scenario")) {
        for (const Member& member : sections->members) {
            SectionDigest digest{member.key, ""};
            read_value(context, member.value, "run.scenario." + member.key, number, digest.digest);
            run.sections.push_back(std::move(digest));
        }
    } else if (!table.has("scenario")) {
        context.missing(node, "run", "scenario", "digests of the scenario's sections");
    }
    table.finish();
}

void read_settings(ReadContext& context, const Node& node, BaselineSettings& settings) {
    Table table(context, node, "settings");
    table.optional("family_error", error_rate, settings.family_error);
    table.optional("tolerance", not_below_zero, settings.tolerance);
    table.allow("ignore");
    if (const Node* ignore = node.find("ignore")) {
        if (expect_array(context, *ignore, "settings.ignore", "names of metrics")) {
            for (std::size_t i = 0; i < ignore->items.size(); ++i)
                read_value(context, ignore->items[i], fmt::format("settings.ignore[{}]", i), number,
                           settings.ignore.emplace_back());
        }
    }
    table.finish();
}

MetricBaseline read_metric(ReadContext& context, const Member& member, const RunIdentity& run) {
    const std::uint64_t worlds = run.worlds;
    const std::uint64_t blocks = run.dependence == Dependence::replications ? count_observations(worlds, run.dependence)
                                                                            : baseline_blocks;
    const std::string path = join_path("metric", member.key);
    MetricBaseline metric;
    metric.name = member.key;
    metric.worlds = worlds;
    if (!expect_table(context, member.value, path)) return metric;
    FieldInfo up_to_worlds = whole;
    up_to_worlds.range.high = static_cast<double>(worlds);
    Table table(context, member.value, path);
    table.optional("worlds", up_to_worlds, metric.worlds);
    up_to_worlds.range.high = static_cast<double>(metric.worlds);
    table.optional("tolerance", not_below_zero, metric.tolerance);
    table.optional("constant", number, metric.constant);
    if (!metric.constant && metric.worlds > 0) {
        table.required("mean", "over worlds with a value", number, metric.mean);
        table.required("standard_error", "of the mean", not_below_zero, metric.standard_error);
        table.required("nonzero", "worlds in which it is not zero", up_to_worlds, metric.nonzero);
        table.optional("nonzero_error", not_below_zero, metric.nonzero_error);
        for (const NamedProbability& known : baseline_quantiles) {
            const Node* node = table.table(known.name);
            if (node == nullptr) continue;
            BaselineQuantile& quantile = metric.quantiles.emplace_back();
            quantile.name = known.name;
            Table inner(context, *node, join_path(path, known.name));
            inner.required("value", "of the order statistic", number, quantile.value);
            inner.required("above", "worlds above it", up_to_worlds, quantile.above);
            inner.optional("error", not_below_zero, quantile.error);
            inner.finish();
        }
        if (table.optional("blocks", number, metric.blocks) && !metric.blocks.empty() && metric.blocks.size() != blocks)
            context.error(*member.value.find("blocks"), path + ".blocks", fmt::format("must be {} numbers", blocks),
                          "--update writes them");
    }
    table.finish();
    return metric;
}

void write_metric(const MetricBaseline& metric, std::uint64_t worlds, std::string& text) {
    text += fmt::format("\n[metric.{}]\n", written_key(metric.name));
    if (metric.worlds != worlds) text += fmt::format("worlds = {}\n", metric.worlds);
    if (metric.tolerance) text += fmt::format("tolerance = {}\n", *metric.tolerance);
    if (metric.constant) text += fmt::format("constant = {}\n", *metric.constant);
    if (metric.constant || metric.worlds == 0) return;
    text += fmt::format("mean = {}\nstandard_error = {}\nnonzero = {}\n", metric.mean, metric.standard_error,
                        metric.nonzero);
    if (metric.nonzero_error) text += fmt::format("nonzero_error = {}\n", *metric.nonzero_error);
    for (const BaselineQuantile& quantile : metric.quantiles) {
        const std::string error = quantile.error ? fmt::format(", error = {}", *quantile.error) : "";
        text += fmt::format("{} = {{ value = {}, above = {}{} }}\n", quantile.name, quantile.value, quantile.above,
                            error);
    }
    if (!metric.blocks.empty()) text += fmt::format("blocks = [{}]\n", fmt::join(metric.blocks, ", "));
}

} // namespace

std::string write_baseline(const Baseline& baseline) {
    const RunIdentity& run = baseline.run;
    std::string text(preamble);
    text += fmt::format("format = {}\n\n[settings]\nfamily_error = {}\ntolerance = {}\n", baseline_format,
                        baseline.settings.family_error, baseline.settings.tolerance);
    if (!baseline.settings.ignore.empty()) {
        std::string names;
        for (const std::string& name : baseline.settings.ignore) names += (names.empty() ? "" : ", ") + quoted(name);
        text += fmt::format("ignore = [{}]\n", names);
    }
    text += fmt::format("\n[run]\ntitle = {}\nplunge_version = {}\ngit_commit = {}\ncreated = {}\n", quoted(run.title),
                        quoted(run.plunge_version), quoted(run.git_commit), quoted(run.created));
    text += fmt::format("seed = {}\nworlds = {}\nantithetic = {}\n", run.seed, run.worlds,
                        run.dependence == Dependence::pairs);
    if (run.dependence == Dependence::replications) text += "paths = \"sobol\"\n";
    text += fmt::format("scenario_sha256 = {}\nresults_sha256 = {}\n", quoted(run.scenario_sha256),
                        quoted(run.results_sha256));
    text += "\n[run.scenario]\n";
    for (const SectionDigest& section : run.sections)
        text += fmt::format("{} = {}\n", written_key(section.section), quoted(section.digest));
    for (const MetricBaseline& metric : baseline.metrics) write_metric(metric, run.worlds, text);
    return text;
}

Baseline read_baseline(const std::string& text, const std::string& path) {
    Baseline baseline;
    ReadContext context(
        path, {}, [](const std::string&) -> std::string { throw std::runtime_error("a baseline names no files"); });
    Node root;
    try {
        if (text.size() > max_scenario_bytes)
            throw SyntaxError(
                0, 0, fmt::format("larger than {} MiB, the most that a baseline may be", max_scenario_bytes >> 20U));
        root = parse_document(text);
    } catch (const SyntaxError& syntax) {
        throw ScenarioError({{path, syntax.line, syntax.column, "", "", syntax.what()}});
    }
    std::uint64_t format = 0;
    Table file(context, root, "");
    file.required("format", "version of this format", whole, format);
    if (file.has("format") && format != baseline_format)
        context.error(*root.find("format"), "format", "is not a format of this program",
                      fmt::format("it reads format {}; --update writes the baseline again", baseline_format));
    if (const Node* run = section(context, root, "run", "what made the results")) read_run(context, *run, baseline.run);
    if (root.find("settings") != nullptr)
        if (const Node* settings = section(context, root, "settings", ""))
            read_settings(context, *settings, baseline.settings);
    if (const Node* metrics = section(context, root, "metric", "the statistics"))
        for (const Member& member : metrics->members)
            baseline.metrics.push_back(read_metric(context, member, baseline.run));
    context.check_keys(root, "", {"format", "run", "settings", "metric"});
    if (context.error_count() > 0) throw ScenarioError(context.sorted_diagnostics());
    return baseline;
}

} // namespace plunge
