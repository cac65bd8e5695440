// plunge metrics: what every metric is.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/scenario_arguments.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/stats/metric_pages.hpp"

namespace plunge {
namespace {

struct MetricsArguments {
    std::string name;
    bool markdown = false;
};

std::string text_of(const MetricsArguments& arguments) {
    if (arguments.markdown) return metric_catalogue();
    if (arguments.name.empty()) return metric_list();
    std::string page = metric_page(arguments.name);
    if (!page.empty()) return page;
    std::vector<std::string> known;
    for (const MetricEntry& entry : metric_entries()) known.push_back(entry.name);
    refuse("metrics " + arguments.name, "there is no such metric\n" + known_names_hint(arguments.name, known));
}

} // namespace

void add_metrics_command(CommandLine& line) {
    const auto arguments = std::make_shared<MetricsArguments>();
    const Command command = line.command("metrics", "List every metric, or all about one");
    command.option("name", arguments->name, "a metric: its unit, formula and what is and is not in it");
    command.flag("--markdown", arguments->markdown, "Print the page of all metrics, as in sim/metrics.md");
    command.action([arguments] {
        std::fputs(text_of(*arguments).c_str(), stdout);
        return exit_done;
    });
}

} // namespace plunge
