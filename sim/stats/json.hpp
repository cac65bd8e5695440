// What all JSON of this folder has in common. Not installed: users of the library need no JSON headers.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "sim/stats/interval.hpp"
#include "sim/stats/provenance.hpp"
#include "sim/stats/summary.hpp"

namespace plunge {

struct TailEstimate;

/// JSON has no NaN and no infinity: null.
inline nlohmann::ordered_json json_number(double value) {
    if (std::isfinite(value)) return value;
    return nullptr;
}

inline nlohmann::ordered_json json_interval(const IntervalEstimate& estimate) {
    return {{"point", json_number(estimate.point)},
            {"low", json_number(estimate.low)},
            {"high", json_number(estimate.high)}};
}

/// Indented. Text that is not UTF-8, from a file of someone else's making, is replaced rather than refused.
inline std::string json_text(const nlohmann::ordered_json& json) {
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

inline nlohmann::ordered_json provenance_json(const Provenance& from) {
    return {{"plunge_version", from.plunge_version},
            {"git_commit", from.git_commit},
            {"seed", from.seed},
            {"scenario_sha256", from.scenario_sha256},
            {"results_sha256", from.results_sha256}};
}

/// The same after what it comes from.
inline std::string json_text(const nlohmann::ordered_json& json, const Provenance& from) {
    nlohmann::ordered_json all = provenance_json(from);
    all.update(json);
    return json_text(all);
}

/// Units, meaning, mean, standard error and quantiles of each, by name.
nlohmann::ordered_json columns_json(const std::vector<ColumnSummary>& columns);

/// Whether a tail fits, what it says, and every threshold that was tried.
nlohmann::ordered_json tail_json(const TailEstimate& estimate);

} // namespace plunge
