// plunge tail: how bad it can get, from a list of losses that need not be Plunge's.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/scenario_arguments.hpp"
#include "sim/cli/size_words.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/scenario/csv.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/stats/json.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/tail_estimate.hpp"
#include "sim/stats/text.hpp"

namespace plunge {
namespace {

struct TailArguments {
    std::string file;
    std::string column;
    double quantile = 0.99;
    double confidence = 0.95;
    std::optional<double> threshold;
    bool json = false;
};

std::string text_of(const std::string& path) {
    std::ifstream file;
    if (path != "-") {
        file.open(path, std::ios::binary);
        if (!file) refuse(path, "cannot be read");
    }
    std::istream& stream = path == "-" ? std::cin : file;
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (stream.bad() || (path != "-" && file.fail() && !file.eof())) refuse(path, "cannot be read");
    return text;
}

// Names as the header has them; where the first row is one of numbers, columns are numbered from one.
std::vector<std::string> names_in(const std::vector<CsvCell>& first_row, bool& header) {
    header = std::any_of(first_row.begin(), first_row.end(),
                         [](const CsvCell& cell) { return !parse_csv_number(cell.text); });
    std::vector<std::string> names;
    for (const CsvCell& cell : first_row)
        names.push_back(header ? std::string(cell.text) : fmt::format("{}", names.size() + 1));
    return names;
}

std::size_t choose_column(const TailArguments& arguments, const std::vector<std::string>& names) {
    if (arguments.column.empty()) {
        if (names.size() == 1) return 0;
        refuse(arguments.file, fmt::format("has several columns\nname one with --column: {}", fmt::join(names, ", ")));
    }
    const auto found = std::find(names.begin(), names.end(), arguments.column);
    if (found == names.end())
        refuse("--column " + arguments.column,
               fmt::format("there is no such column\n{}", known_names_hint(arguments.column, names)));
    return static_cast<std::size_t>(found - names.begin());
}

struct Losses {
    std::string name;
    std::vector<double> sorted;
};

Losses read_losses(const TailArguments& arguments) {
    const std::string& path = arguments.file == "-" ? "standard input" : arguments.file;
    const std::string text = text_of(arguments.file);
    // A row that is left out is a loss that is left out.
    const std::size_t hash = text.find("\n#");
    if (hash != std::string::npos)
        throw ScenarioError(
            {{path,
              2 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(hash), '\n')), 1,
              "", "", "a row begins with \"#\"\nonly the first line may be a comment"}});
    CsvReader reader(text);
    std::vector<CsvCell> cells;
    if (!reader.next(cells)) refuse(path, "is empty: one loss a line is needed, with or without a header");
    bool header = false;
    const std::vector<std::string> names = names_in(cells, header);
    const std::size_t column = choose_column(arguments, names);
    Losses losses{header ? names[column] : "losses", {}};
    std::vector<Diagnostic> mistakes;
    constexpr std::size_t most_mistakes = 10;
    bool more = header ? reader.next(cells) : true;
    for (; more && mistakes.size() < most_mistakes; more = reader.next(cells)) {
        if (cells.size() != names.size()) {
            mistakes.push_back(
                {path, reader.line(), 1, "", "", fmt::format("{} cells for {} columns", cells.size(), names.size())});
            continue;
        }
        const CsvCell& cell = cells[column];
        if (const auto value = parse_csv_number(cell.text))
            losses.sorted.push_back(*value);
        else
            mistakes.push_back({path, reader.line(), cell.column, names[column],
                                fmt::format("\"{}\"", cell.text.substr(0, 40)), "must be a finite number"});
    }
    if (!mistakes.empty()) throw ScenarioError(std::move(mistakes));
    if (losses.sorted.empty()) refuse(path, "has a header and no losses");
    std::sort(losses.sorted.begin(), losses.sorted.end());
    return losses;
}

std::string range_of(const IntervalEstimate& estimate) {
    return fmt::format("{} - {}", std::isfinite(estimate.low) ? format_number(estimate.low) : "?",
                       std::isfinite(estimate.high) ? format_number(estimate.high) : "?");
}

std::string format(const Losses& losses, const TailEstimate& estimate, bool colour) {
    const TailQuestion& question = estimate.question;
    const std::string interval = percent(question.confidence) + " interval";
    std::string text = heading(fmt::format("{}: {} values, {} of them zero, largest {}", losses.name,
                                           with_separators(losses.sorted.size()), with_separators(estimate.zeros),
                                           format_number(losses.sorted.back())),
                               colour);
    const auto row = [&](const std::string& label, const std::string& value, const std::string& remark) {
        text += fmt::format("    {:<34}{:>14}   {}\n", label, value, remark);
    };
    text += "\n" + heading(fmt::format("  {:<50}   {}", percent(question.probability) + " of losses, from the sample",
                                       interval),
                           colour);
    row("quantile (value at risk)", format_number(estimate.sample.value.point), range_of(estimate.sample.value));
    row("mean beyond (expected shortfall)", format_number(estimate.sample_shortfall), "none can be trusted");
    if (estimate.extrapolated()) {
        text += wrap_sentence(fmt::format(
            "The quantile's interval has no upper end: so far out it takes {} losses to have one.",
            with_separators(sample_for_upper_bound(question.probability, 0.5 * (1.0 - question.confidence)))));
    }
    text += "\n" + heading(fmt::format("  {:<50}   {}", "from the fitted tail", estimate.tail ? interval : ""), colour);
    if (estimate.tail) {
        row("value at risk", format_number(estimate.value_at_risk.point), range_of(estimate.value_at_risk));
        const bool finite = std::isfinite(estimate.expected_shortfall.point);
        row("expected shortfall", finite ? format_number(estimate.expected_shortfall.point) : "infinite",
            range_of(estimate.expected_shortfall));
        const IntervalEstimate shape = estimate.tail->shape(question.confidence);
        row("shape xi", fmt::format("{:.3f}", shape.point), fmt::format("{:.3f} - {:.3f}", shape.low, shape.high));
    }
    text += wrap_sentence(tail_sentence(estimate, "losses"));
    if (!estimate.thresholds.empty())
        text += "\n" + heading("  thresholds, from low to high", colour) + threshold_lines(estimate);
    return text + "\n" +
           wrap_sentence("Intervals take the losses as independent draws of one law: where bad ones come "
                         "in rows they are too narrow.");
}

std::string json(const Losses& losses, const TailEstimate& estimate) {
    nlohmann::ordered_json sample = json_interval(estimate.sample.value);
    sample["coverage"] = estimate.sample.ranks.coverage;
    const nlohmann::ordered_json document{{"column", losses.name},
                                          {"losses", losses.sorted.size()},
                                          {"zeros", estimate.zeros},
                                          {"largest", losses.sorted.back()},
                                          {"quantile", estimate.question.probability},
                                          {"confidence", estimate.question.confidence},
                                          {"sample_quantile", sample},
                                          {"sample_expected_shortfall", estimate.sample_shortfall},
                                          {"tail", tail_json(estimate)}};
    return json_text(document) + "\n";
}

int tail(const TailArguments& arguments) {
    const Losses losses = read_losses(arguments);
    const TailEstimate estimate = estimate_tail(losses.sorted,
                                                {arguments.quantile, arguments.confidence, arguments.threshold});
    if (arguments.threshold && !estimate.tail)
        refuse(fmt::format("--threshold {}", *arguments.threshold), tail_sentence(estimate, "losses"));
    const std::string text = arguments.json ? json(losses, estimate) : format(losses, estimate, stdout_in_colour());
    std::fputs(text.c_str(), stdout); // whether it could be written is asked once, at the program's end
    return exit_done;
}

} // namespace

void add_tail_command(CommandLine& line) {
    auto arguments = std::make_shared<TailArguments>();
    const Command command = line.command("tail", "Value at risk and expected shortfall of a list of losses");
    command.option("file", arguments->file, "losses (CSV), one a row, positive where lost; - is standard input")
        .takes("LOSSES.csv")
        .required();
    command.option("--column", arguments->column, "which").takes("NAME").otherwise("the only one");
    command.group("Question");
    command.option("--quantile", arguments->quantile, "probability of the value at risk").share();
    add_confidence_option(command, arguments->confidence, 0.999999);
    command.option("--threshold", arguments->threshold, "where the tail begins")
        .takes("LOSS")
        .otherwise("what a test of fit chooses");
    command.group("Output");
    command.flag("--json", arguments->json, "as JSON on stdout");
    command.examples({"plunge tail losses.csv --quantile 0.999", "cut -d, -f2 losses.csv | plunge tail -"});
    command.action([arguments] { return tail(*arguments); });
}

} // namespace plunge
