// How much less the means of a scenario vary by other ways of drawing the same number of worlds.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "models/common/field.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/stats/variance_ratio.hpp"

namespace plunge {

enum class Estimator { plain, antithetic, sobol, controls, sobol_controls };
template <> struct EnumNames<Estimator> {
    static constexpr std::array<std::string_view, 5> value{"plain", "antithetic", "sobol", "controls",
                                                           "sobol+controls"};
};
inline constexpr std::size_t estimators = EnumNames<Estimator>::value.size();

struct VarianceStudyOptions {
    std::uint64_t repetitions = 4;    ///< with seeds of their own
    std::uint64_t control_worlds = 2; ///< paths from which the controls' means are taken, over worlds
    double confidence = 0.95;
    unsigned threads = 0;
    const std::atomic<bool>* stop = nullptr;
    std::function<void(std::uint64_t worlds_done)> progress = {}; ///< of 3 x repetitions x worlds
};

struct MetricVariance {
    std::string name;
    std::string units;
    struct Of {
        double mean = 0.0;           ///< over repetitions
        double standard_error = 0.0; ///< of one repetition's mean
        VarianceRatio variance;      ///< to the plain one
    };
    std::array<Of, estimators> by; ///< NaN: controls are not used where some world has no value
};

struct VarianceStudy {
    std::vector<MetricVariance> metrics; ///< those that vary
    std::array<double, estimators> seconds{};
    bool interrupted = false;
};

/// Runs the scenario's worlds once by each way, for every repetition: independent worlds, antithetic pairs, Sobol
/// points; and the first and last of these once more with controls (sim/driver/path_functionals) from quasi-random
/// paths alone, of another seed. Variances are those of the mean of one repetition, averaged over repetitions: within a
/// repetition all ways see the same accounts.
VarianceStudy study_variance(const Scenario& scenario, const VarianceStudyOptions& options);

} // namespace plunge
