// What `plunge size` prints: the answer, how well it is known, and what it rests on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/driver/fund_sizing.hpp"
#include "sim/scenario/load.hpp"
#include "sim/stats/exceedance.hpp"
#include "sim/stats/mean_checks.hpp"
#include "sim/stats/provenance.hpp"
#include "sim/stats/tail_estimate.hpp"

namespace plunge {

/// The same question under another model.
struct StressedSize {
    std::string name;
    std::string meaning;
    std::optional<QuantileEstimate> answer; ///< nothing where the change does not apply
};

struct SizeReport {
    std::string title;
    std::string path;
    std::string sha256; ///< of the scenario as it was run
    std::uint64_t seed = 0;
    std::string venue;
    double horizon_seconds = 0.0;
    bool shared_population = false;
    SizedFund sizing;
    TailEstimate tail; ///< of critical funds
    std::vector<Exceedance> curve;
    std::optional<MeanChecks> mean; ///< of critical funds; nothing where one is infinite
    std::uint64_t worlds_for_upper_end = 0;
    std::string in_words; ///< all of it in a paragraph
    std::vector<StressedSize> stresses;
};

/// \param sizing     of at least one world
/// \param threshold  of the tail's fit, instead of the one that a test chooses
SizeReport make_size_report(const LoadedScenario& loaded, SizedFund sizing, std::optional<double> threshold);

/// For a terminal of 80 columns. \param colour  headings in bold, by ANSI escapes.
std::string format_size_report(const SizeReport& report, bool colour);

/// Everything as JSON; what is infinite is null.
std::string size_report_json(const SizeReport& report, const Provenance& from);

} // namespace plunge
