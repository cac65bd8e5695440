#include "tests/differential/slow_prices.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "models/price/registry.hpp"
#include "models/random/philox.hpp"
#include "models/random/variates.hpp"
#include "tests/differential/by_model.hpp"

namespace plunge::oracle {
namespace {

double years_per_step(const Scenario& scenario) { return scenario.run.step_seconds / seconds_per_year; }

Vector returns_of(const Scenario& scenario, const DiffusionParams& params, const OracleSteps& of) {
    const std::vector<Vector> z = correlated_normals(scenario, params, of);
    const double dt = years_per_step(scenario);
    Vector returns;
    for (std::size_t a = 0; a < of.driven; ++a) {
        const double sigma = params.volatility[a];
        const double drift = params.drift.empty() ? 0.0 : params.drift[a];
        for (const double normal : z[a])
            returns.push_back((drift - 0.5 * sigma * sigma) * dt + sigma * std::sqrt(dt) * normal);
    }
    return returns;
}

// Lower-triangular, of a positive definite matrix.
double factor_entry(const SquareMatrix& correlation, std::size_t i, std::size_t j) {
    double rest = correlation(i, j);
    for (std::size_t k = 0; k < j; ++k) rest -= factor_entry(correlation, i, k) * factor_entry(correlation, j, k);
    return i == j ? std::sqrt(rest) : rest / factor_entry(correlation, j, j);
}

// All arrivals of one component in one asset's prices, counted from the start of time.
void add_jumps(const Scenario& scenario, const Merton::Params& params, std::uint32_t component, std::size_t asset,
               const OracleSteps& of, Vector& returns) {
    const JumpParams& jump = params.jumps[component];
    const double rate = (jump.common ? jump.rate[0] : jump.rate[asset]) * years_per_step(scenario);
    const double mean = jump.mean[asset];
    const double stddev = jump.stddev[asset];
    const StreamKey times{.seed = scenario.run.seed, .world = of.world, .stream = Stream::jump_time};
    const StreamKey sizes{.seed = scenario.run.seed, .world = of.world, .stream = Stream::jump_size};
    const auto row = static_cast<std::uint32_t>(asset);
    for (std::size_t t = 0; t < of.steps; ++t)
        returns[asset * of.steps + t] -= rate * (std::exp(mean + 0.5 * stddev * stddev) - 1.0);
    double arrival = 0.0;
    for (std::uint32_t k = 0; rate > 0.0; ++k) {
        const PhiloxWords words = philox_words(times, k, component + (jump.common ? 0U : (row + 1U) << 16U));
        arrival -= std::log(uniform_open(words[0], words[1])) / rate;
        if (arrival >= static_cast<double>(of.first + of.steps)) return;
        if (arrival < static_cast<double>(of.first)) continue;
        double z = 0.0; // sizes of a common arrival are correlated like the diffusion
        for (std::uint32_t b = jump.common ? 0 : row; b <= row; ++b) {
            const double weight = jump.common ? factor_entry(params.correlation, asset, b) : 1.0;
            z += weight * normal_of(philox_words(sizes, k, (component << 16U) + b));
        }
        returns[asset * of.steps + static_cast<std::size_t>(arrival) - of.first] += mean + stddev * z;
    }
}

Vector returns_of(const Scenario& scenario, const Merton::Params& params, const OracleSteps& of) {
    Vector returns = returns_of(scenario, static_cast<const DiffusionParams&>(params), of);
    for (std::uint32_t component = 0; component < params.jumps.size(); ++component) {
        for (std::size_t a = 0; a < of.driven; ++a) add_jumps(scenario, params, component, a, of, returns);
    }
    return returns;
}

// Its table takes long to make: the last one is kept.
const StudentMargin& student_margin(double dof) {
    static double last = 0.0;
    static std::optional<StudentMargin> margin;
    if (dof != last) margin.emplace(last = dof);
    return *margin;
}

// Volatility that clusters: the variance of a step is that of the step before, some of that step's square, more of it
// after a fall, and what makes up for the rest.
Vector returns_of(const Scenario& scenario, const Garch::Params& params, const OracleSteps& of) {
    std::vector<Vector> e = correlated_normals(scenario, params, of);
    const double dt = years_per_step(scenario);
    Vector returns;
    for (std::size_t a = 0; a < of.driven; ++a) {
        if (params.student) {
            for (double& value : e[a]) value = student_margin(params.student->dof).of_normal(value);
        }
        const double gamma = params.gamma.empty() ? 0.0 : params.gamma[a];
        const double long_run = params.volatility[a] * params.volatility[a] * dt;
        double variance = params.start.empty() ? long_run : params.start[a] * params.start[a] * long_run;
        for (const double innovation : e[a]) {
            const double surprise = std::sqrt(variance) * innovation;
            returns.push_back((params.drift.empty() ? 0.0 : params.drift[a] * dt) - variance / 2.0 + surprise);
            const double squares = (params.alpha[a] + (surprise < 0.0 ? gamma : 0.0)) * surprise * surprise;
            variance = squares + params.beta[a] * variance +
                       (1.0 - params.alpha[a] - params.beta[a] - gamma / 2.0) * long_run;
        }
    }
    return returns;
}

// A straight line in log price between the rows of the file.
Vector returns_of(const Scenario& scenario, const Replay::Params& params, const OracleSteps& of) {
    const std::vector<double>& seconds = params.table.seconds;
    const auto log_close = [&](std::size_t step, std::size_t asset) {
        const double time = params.start_seconds + static_cast<double>(step) * scenario.run.step_seconds;
        std::size_t row = 0;
        while (row + 2 < seconds.size() && seconds[row + 1] <= time) ++row;
        const double low = std::log(params.table.closes[row * of.driven + asset]);
        const double high = std::log(params.table.closes[(row + 1) * of.driven + asset]);
        const double share = (time - seconds[row]) / (seconds[row + 1] - seconds[row]);
        return low + std::min(share, 1.0) * (high - low);
    };
    Vector returns;
    for (std::size_t a = 0; a < of.driven; ++a) {
        for (std::size_t t = of.first; t < of.first + of.steps; ++t)
            returns.push_back(log_close(t + 1, a) - log_close(t, a));
    }
    return returns;
}

} // namespace

Vector process_returns(const Scenario& scenario, const OracleSteps& of) {
    return by_model(
        PriceModels{}, scenario.prices,
        [&](const Gbm::Params& params) {
            return returns_of(scenario, static_cast<const DiffusionParams&>(params), of);
        },
        [&](const Merton::Params& params) { return returns_of(scenario, params, of); },
        [&](const Garch::Params& params) { return returns_of(scenario, params, of); },
        [&](const Replay::Params& params) { return returns_of(scenario, params, of); });
}

} // namespace plunge::oracle
