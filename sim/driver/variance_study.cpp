#include "sim/driver/variance_study.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>

#include "sim/driver/path_functionals.hpp"
#include "sim/driver/run.hpp"
#include "sim/stats/control_variates.hpp"
#include "sim/stats/summary.hpp"

namespace plunge {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::size_t number(Estimator estimator) { return static_cast<std::size_t>(estimator); }

// What all repetitions said of one metric by one way.
struct Gathered {
    double mean = 0.0;
    std::vector<VarianceEstimate> variances;
};

using GatheredMetric = std::array<Gathered, estimators>;

class Study {
  public:
    Study(const Scenario& scenario, const VarianceStudyOptions& options) : scenario_{scenario}, options_{options} {
        scenario_.record.traces.clear();
        scenario_.record.cascades = false;
        scenario_.record.contagion = false;
    }

    VarianceStudy run() {
        const std::uint64_t seed = scenario_.run.seed;
        for (std::uint64_t r = 0; r < options_.repetitions && !study_.interrupted; ++r) {
            scenario_.run.seed = seed + r;
            for (const Estimator way : {Estimator::plain, Estimator::antithetic, Estimator::sobol}) {
                if (!study_.interrupted) run_worlds_by(way);
            }
        }
        if (!study_.interrupted) summarise();
        return std::move(study_);
    }

  private:
    bool stopped() const { return options_.stop != nullptr && *options_.stop; }

    void run_worlds_by(Estimator way) {
        const auto start = std::chrono::steady_clock::now();
        scenario_.run.antithetic = way == Estimator::antithetic;
        scenario_.run.paths = way == Estimator::sobol ? PathSampling::sobol : PathSampling::pseudo;
        const Market market(scenario_);
        const std::uint64_t before = done_;
        const RunResult result = plunge::run_worlds(
            market, {.threads = options_.threads, .stop = options_.stop, .progress = [&](std::uint64_t worlds) {
                         if (options_.progress) options_.progress(before + worlds);
                     }});
        done_ += scenario_.run.worlds;
        study_.interrupted = result.interrupted;
        if (result.interrupted) return;
        const std::vector<Column> columns = world_columns(scenario_, result.worlds);
        const Dependence dependence = dependence_of(scenario_.run);
        for (const Column& column : columns) gather(way, column, independent_values(column.values, dependence));
        const double seconds = since(start);
        study_.seconds[number(way)] += seconds;
        if (way == Estimator::antithetic) return;
        const Estimator controlled = way == Estimator::plain ? Estimator::controls : Estimator::sobol_controls;
        with_controls(controlled, columns, market);
        study_.seconds[number(controlled)] += since(start);
        study_.interrupted = stopped();
    }

    // Means of controls are taken from quasi-random paths of another seed, for every way of drawing the worlds.
    void with_controls(Estimator way, const std::vector<Column>& columns, const Market& market) {
        constexpr std::uint64_t seed_bit = std::uint64_t{1} << 52U; // the highest of a seed
        const std::uint64_t worlds = scenario_.run.worlds;
        Scenario other = scenario_;
        other.run.paths = PathSampling::sobol;
        other.run.seed ^= seed_bit;
        const Market elsewhere(other);
        const Controls controls = make_controls(
            path_functionals(market, worlds, options_.threads, options_.stop),
            path_functionals(elsewhere, options_.control_worlds * worlds, options_.threads, options_.stop),
            Dependence::replications);
        if (stopped()) return;
        const Dependence dependence = dependence_of(scenario_.run);
        for (const Column& column : columns) {
            if (present_values(column.values).size() < worlds) continue;
            const ControlledMean mean = controlled_mean(column.values, controls, dependence);
            Gathered& gathered = metrics_[column.name][number(way)];
            gathered.mean += mean.estimate.mean;
            gathered.variances.push_back(sum_of(
                {estimate_variance_of_mean(mean.observations), estimate_variance_of_mean(mean.control_observations)}));
        }
    }

    void gather(Estimator way, const Column& column, const std::vector<double>& observations) {
        if (units_.emplace(column.name, column.units).second) names_.push_back(column.name);
        Gathered& gathered = metrics_[column.name][number(way)];
        gathered.mean += estimate_mean(observations).mean;
        gathered.variances.push_back(estimate_variance_of_mean(observations));
    }

    void summarise() {
        const auto repetitions = static_cast<double>(options_.repetitions);
        for (const std::string& name : names_) {
            const GatheredMetric& gathered = metrics_[name];
            const VarianceEstimate plain = average(gathered[number(Estimator::plain)].variances);
            if (!(plain.variance > 0.0)) continue;
            MetricVariance metric{name, units_[name], {}};
            for (std::size_t way = 0; way < estimators; ++way) {
                const bool complete = gathered[way].variances.size() == options_.repetitions;
                if (!complete) {
                    metric.by[way] = {nan, nan, {nan, {nan, nan}}};
                    continue;
                }
                const VarianceEstimate variance = average(gathered[way].variances);
                metric.by[way] = {gathered[way].mean / repetitions, std::sqrt(variance.variance),
                                  variance_ratio(variance, plain, options_.confidence)};
            }
            study_.metrics.push_back(std::move(metric));
        }
    }

    static double since(std::chrono::steady_clock::time_point start) {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }

    Scenario scenario_;
    const VarianceStudyOptions& options_;
    VarianceStudy study_;
    std::uint64_t done_ = 0;
    std::vector<std::string> names_; // in the order of the summary
    std::map<std::string, std::string> units_;
    std::map<std::string, GatheredMetric> metrics_;
};

} // namespace

VarianceStudy study_variance(const Scenario& scenario, const VarianceStudyOptions& options) {
    return Study(scenario, options).run();
}

} // namespace plunge
