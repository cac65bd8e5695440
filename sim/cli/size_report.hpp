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
#include "sim/stats/peaks_over_threshold.hpp"
#include "sim/stats/provenance.hpp"

namespace plunge {

/// The tail of critical funds by peaks over a threshold.
struct FittedTail {
    double threshold = 0.0;
    std::uint64_t exceedances = 0;
    double share = 0.0;
    ParetoFit fit;
    IntervalEstimate shape;
    IntervalEstimate value_at_risk; ///< at the probability asked for
    IntervalEstimate expected_shortfall;
    QuantileEstimate check; ///< of the sample where ten worlds lie beyond
    double checked = 0.0;   ///< what the fit says there
};

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
    double expected_shortfall = 0.0; ///< of critical funds in the sample
    std::vector<Exceedance> curve;
    std::optional<FittedTail> tail;
    std::vector<ThresholdRow> thresholds;
    std::optional<MeanChecks> mean; ///< of critical funds; nothing where one is infinite
    std::uint64_t worlds_for_upper_end = 0;
    std::vector<StressedSize> stresses;
};

/// \param sizing  of at least one world
SizeReport make_size_report(const LoadedScenario& loaded, SizedFund sizing);

/// For a terminal of 80 columns. \param colour  headings in bold, by ANSI escapes.
std::string format_size_report(const SizeReport& report, bool colour);

/// Everything as JSON; what is infinite is null.
std::string size_report_json(const SizeReport& report, const Provenance& from);

} // namespace plunge
