// What every metric is: the pages of `plunge metrics`.
#pragma once

#include <string>
#include <vector>

namespace plunge {

/// A metric as the pages show it.
struct MetricEntry {
    std::string layer; ///< of what there is one value a world: venue, world, asset, cohort, account, cascade
    std::string name;
    std::string units;
    std::string label;
    std::string formula;
    std::string description;
    std::string together; ///< how venues make the whole; empty where they do not
};

/// Every metric, layer by layer, in the order of files.
std::vector<MetricEntry> metric_entries();

/// One line each.
std::string metric_list();

/// Everything about the metrics of this name, one per layer that has it; empty where there is none.
std::string metric_page(const std::string& name);

/// The page sim/metrics.md.
std::string metric_catalogue();

} // namespace plunge
