#include "sim/driver/splitting.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

#include "models/random/philox.hpp"
#include "sim/driver/parallel_blocks.hpp"
#include "sim/driver/scored_worlds.hpp"
#include "sim/engine/world.hpp"
#include "sim/engine/world_numbers.hpp"
#include "sim/stats/distributions.hpp"
#include "sim/stats/exceedance.hpp"

namespace plunge {
namespace {

struct Particle {
    Lineage lineage;
    ScoreRecord record;
    WorldResult result;
};

// One repetition at work.
class Splitting {
  public:
    Splitting(const Market& market, const RareEvent& event, std::uint64_t particles)
        : market_{market}, event_{event}, engine_{market}, size_{particles} {}

    SplittingRun run(std::uint64_t repetition) {
        numbers_ = world_numbers::of_splitting.part(repetition, world_numbers::splitting_repetitions);
        worlds_begun_ = 0;
        run_ = {};
        particles_.clear();
        for (std::uint64_t i = 0; i < size_; ++i) {
            particles_.push_back({Lineage(next_world()), {}, {}});
            simulate(particles_.back());
        }
        double weight = 1.0;
        for (;;) {
            const double level = lowest();
            if (level >= RareEvent::reached) break;
            std::vector<std::size_t> survivors;
            std::vector<std::size_t> killed;
            for (std::size_t i = 0; i < size_; ++i) {
                (particles_[i].record.highest() > level ? survivors : killed).push_back(i);
            }
            for (const std::size_t i : killed) keep(particles_[i], weight);
            weight *= static_cast<double>(survivors.size()) / static_cast<double>(size_);
            if (survivors.empty()) {
                run_.extinct = true;
                return std::move(run_);
            }
            for (const std::size_t i : killed) replace(i, survivors, level);
            ++run_.levels;
        }
        for (Particle& particle : particles_) {
            keep(particle, weight);
            run_.in_event.push_back(without_lists(std::move(particle.result)));
        }
        run_.probability = weight; // the lowest has reached the event, and so have all
        return std::move(run_);
    }

  private:
    std::uint64_t next_world() { return numbers_.world(worlds_begun_++); }

    double lowest() const {
        double level = std::numeric_limits<double>::infinity();
        for (const Particle& particle : particles_) level = std::min(level, particle.record.highest());
        return level;
    }

    void simulate(Particle& particle) {
        WorldSinks sinks;
        sinks.score = &particle.record;
        sinks.event = &event_;
        engine_.run(particle.lineage, particle.result, sinks);
        ++run_.worlds;
    }

    void keep(const Particle& particle, double weight) {
        run_.all.push_back({particle.record.quantity(), weight / static_cast<double>(size_)});
    }

    // The parent is chosen by a draw of its own stream, so that it is as repeatable as the rest.
    void replace(std::size_t i, const std::vector<std::size_t>& survivors, double level) {
        const std::uint64_t world = next_world();
        const StreamKey key{.seed = market_.scenario().run.seed, .world = world, .stream = Stream::branching};
        const PhiloxWords words = philox_words(key, 0, 0);
        const auto choice = static_cast<std::size_t>(uniform_open(words[0], words[1]) *
                                                     static_cast<double>(survivors.size()));
        const Particle& parent = particles_[survivors[choice]];
        particles_[i].lineage = parent.lineage.branched(parent.record.first_above(level), world);
        simulate(particles_[i]);
    }

    const Market& market_;
    const RareEvent& event_;
    WorldEngine engine_;
    std::uint64_t size_;
    WorldRange numbers_;
    std::uint64_t worlds_begun_ = 0;
    std::vector<Particle> particles_;
    SplittingRun run_;
};

// Mean of independent estimates with Student's t interval, not below zero.
IntervalEstimate mean_of(const std::vector<double>& estimates, double confidence, double& relative_error) {
    const auto n = static_cast<double>(estimates.size());
    IntervalEstimate result;
    relative_error = std::numeric_limits<double>::infinity();
    if (estimates.empty()) return result;
    const double mean = std::accumulate(estimates.begin(), estimates.end(), 0.0) / n;
    result.point = mean;
    result.low = 0.0;
    result.high = 1.0;
    if (estimates.size() < 2 || !(mean > 0.0)) return result;
    double squares = 0.0;
    for (const double estimate : estimates) squares += (estimate - mean) * (estimate - mean);
    const double error = std::sqrt(squares / (n - 1.0) / n);
    const double t = student_quantile(0.5 + 0.5 * confidence, n - 1.0);
    result.low = std::max(0.0, mean - t * error);
    result.high = std::min(1.0, mean + t * error);
    relative_error = error / mean;
    return result;
}

} // namespace

SplittingEstimate estimate_by_splitting(const Market& market, const RareEvent& event, const SplittingOptions& options) {
    SplittingEstimate estimate;
    estimate.runs.resize(options.repetitions);
    const std::uint64_t done = run_in_blocks(
        options.repetitions, {options.threads, options.stop, options.progress}, [&](unsigned /*thread*/) {
            const auto splitting = std::make_shared<Splitting>(market, event, options.particles);
            return [&estimate, splitting](std::uint64_t first, std::uint64_t last) {
                for (std::uint64_t r = first; r < last; ++r) estimate.runs[r] = splitting->run(r);
            };
        });
    estimate.interrupted = done < options.repetitions;
    estimate.runs.resize(done);
    std::vector<double> probabilities;
    for (const SplittingRun& run : estimate.runs) {
        probabilities.push_back(run.probability);
        estimate.worlds += run.worlds;
    }
    estimate.probability = mean_of(probabilities, options.confidence, estimate.relative_error);
    const double share = 1.0 / static_cast<double>(options.particles * std::max<std::uint64_t>(done, 1));
    for (std::size_t r = 0; r < estimate.runs.size(); ++r) {
        SplittingRun& run = estimate.runs[r];
        for (WorldResult& result : run.in_event) estimate.in_event.add(std::move(result), share * run.probability, r);
        run.in_event.clear();
    }
    return estimate;
}

IntervalEstimate SplittingEstimate::exceedance(double amount, double confidence) const {
    std::vector<double> probabilities;
    for (const SplittingRun& run : runs) {
        double sum = 0.0;
        for (const WeightedWorld& world : run.all) sum += world.quantity >= amount ? world.weight : 0.0;
        probabilities.push_back(sum);
    }
    double relative = 0.0;
    return mean_of(probabilities, confidence, relative);
}

CrudeEstimate estimate_by_counting(const Market& market, const RareEvent& event, std::uint64_t worlds,
                                   const SplittingOptions& options) {
    KeptWorlds kept(worlds);
    const auto run = [&](WorldEngine& engine, std::uint64_t world, WorldResult& result, const WorldSinks& sinks) {
        engine.run(world, result, sinks);
        if (sinks.score->highest() >= RareEvent::reached) kept.keep(world, result);
    };
    const std::uint64_t done = run_scored<WorldEngine>(market, event, worlds,
                                                       {options.threads, options.stop, options.progress}, run);
    CrudeEstimate estimate;
    estimate.worlds = done;
    estimate.interrupted = done < worlds;
    if (done == 0) return estimate;
    estimate.in_event = kept.finish(done, [&](std::uint64_t) { return 1.0 / static_cast<double>(done); });
    const Exceedance share = binomial_interval(estimate.events(), done, options.confidence);
    estimate.probability = {share.probability, share.low, share.high};
    return estimate;
}

} // namespace plunge
