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
    /// \param given_up  set where others have found that it leads nowhere
    Splitting(const Market& market, const RareEvent& event, const SplittingOptions& options,
              const std::atomic<bool>& given_up)
        : market_{market}, event_{event}, options_{options}, given_up_{given_up}, engine_{market},
          size_{options.particles} {}

    SplittingRun run(std::uint64_t repetition) {
        numbers_ = world_numbers::of_splitting.part(repetition, world_numbers::splitting_repetitions);
        worlds_begun_ = 0;
        run_ = {};
        risen_to_ = 0.0;
        weight_at_rise_ = 1.0;
        particles_.clear();
        for (std::uint64_t i = 0; i < size_; ++i) {
            particles_.push_back({Lineage(next_world()), {}, {}});
            simulate(particles_.back());
            if (stopped()) return std::move(run_);
        }
        double& weight = run_.weight;
        for (;;) {
            const double level = lowest();
            if (level >= RareEvent::reached) break;
            std::vector<std::size_t> survivors;
            std::vector<std::size_t> killed;
            for (std::size_t i = 0; i < size_; ++i) {
                (particles_[i].record.highest() > level ? survivors : killed).push_back(i);
            }
            for (const std::size_t i : killed) keep(particles_[i], weight);
            const double before = weight;
            weight *= static_cast<double>(survivors.size()) / static_cast<double>(size_);
            if (survivors.empty()) {
                run_.extinct = true;
                weight = before;
                return std::move(run_);
            }
            if (options_.watch) options_.watch(weight, run_.largest, run_.worlds);
            if (is_stuck() || stopped()) {
                for (const std::size_t i : survivors) end_on_the_way(particles_[i], before);
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
        run_.largest = std::max(run_.largest, event_.quantity == RareQuantity::price_move
                                                  ? particle.record.highest_move()
                                                  : particle.record.quantity());
    }

    bool is_stuck() {
        constexpr double rise = 1.001;
        if (run_.largest > rise * risen_to_) {
            risen_to_ = run_.largest;
            weight_at_rise_ = run_.weight;
        }
        constexpr double never = 1e-100;
        run_.stuck = run_.weight < std::max(never, (risen_to_ > 0.0 ? 1e-9 : 1e-15) * weight_at_rise_);
        return run_.stuck;
    }

    bool stopped() {
        run_.stopped = given_up_ || (options_.stop != nullptr && options_.stop->load());
        return run_.stopped;
    }

    void keep(const Particle& particle, double weight) {
        run_.all.push_back({particle.record.quantity(), weight / static_cast<double>(size_)});
    }

    // Of a repetition that is given up: some may have reached the event all the same.
    void end_on_the_way(Particle& particle, double weight) {
        keep(particle, weight);
        if (particle.record.highest() < RareEvent::reached) return;
        run_.probability += weight / static_cast<double>(size_);
        run_.in_event.push_back(without_lists(std::move(particle.result)));
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
    const SplittingOptions& options_;
    const std::atomic<bool>& given_up_;
    WorldEngine engine_;
    std::uint64_t size_;
    WorldRange numbers_;
    std::uint64_t worlds_begun_ = 0;
    double risen_to_ = 0.0; // the largest quantity when it last rose by enough
    double weight_at_rise_ = 1.0;
    std::vector<Particle> particles_;
    SplittingRun run_;
};

// Mean of independent estimates with Student's t interval, not below zero.
// \param first_worlds  independent worlds behind them, of which none is in an event whose estimates are all zero
IntervalEstimate mean_of(const std::vector<double>& estimates, double confidence, std::uint64_t first_worlds,
                         double& relative_error) {
    const auto n = static_cast<double>(estimates.size());
    IntervalEstimate result;
    relative_error = std::numeric_limits<double>::infinity();
    if (estimates.empty()) return result;
    const double mean = std::accumulate(estimates.begin(), estimates.end(), 0.0) / n;
    result.point = mean;
    result.low = 0.0;
    result.high = 1.0;
    if (!(mean > 0.0)) result.high = binomial_interval(0, first_worlds, confidence).high;
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
    // Where the first few are stuck the others are left, whether they have been finished or not.
    const std::uint64_t enough = std::min<std::uint64_t>(4, options.repetitions);
    std::atomic<std::uint64_t> stuck{0};
    std::atomic<bool> given_up{false};
    const std::uint64_t done = run_in_blocks(
        options.repetitions, {options.threads, options.stop, options.progress}, [&](unsigned /*thread*/) {
            const auto splitting = std::make_shared<Splitting>(market, event, options, given_up);
            return [&, splitting](std::uint64_t first, std::uint64_t last) {
                for (std::uint64_t r = first; r < last; ++r) {
                    estimate.runs[r] = splitting->run(r);
                    const bool lost = estimate.runs[r].stuck && estimate.runs[r].probability == 0.0;
                    if (r < enough && lost && ++stuck == enough) given_up = true;
                }
            };
        });
    const auto stopped = std::find_if(estimate.runs.begin(), estimate.runs.begin() + static_cast<std::ptrdiff_t>(done),
                                      [](const SplittingRun& run) { return run.stopped; });
    estimate.runs.erase(given_up ? estimate.runs.begin() + static_cast<std::ptrdiff_t>(enough) : stopped,
                        estimate.runs.end());
    estimate.interrupted = !given_up && estimate.runs.size() < options.repetitions;
    std::vector<double> probabilities;
    for (const SplittingRun& run : estimate.runs) {
        probabilities.push_back(run.probability);
        estimate.worlds += run.worlds;
        estimate.first_worlds += options.particles;
    }
    estimate.probability = mean_of(probabilities, options.confidence, estimate.first_worlds, estimate.relative_error);
    for (std::size_t r = 0; r < estimate.runs.size(); ++r) {
        SplittingRun& run = estimate.runs[r];
        const double share = run.probability /
                             static_cast<double>(estimate.runs.size() * std::max<std::size_t>(run.in_event.size(), 1));
        for (WorldResult& result : run.in_event) estimate.in_event.add(std::move(result), share, r);
        run.in_event.clear();
    }
    return estimate;
}

double SplittingEstimate::largest() const {
    double largest = 0.0;
    for (const SplittingRun& run : runs) largest = std::max(largest, run.largest);
    return largest;
}

double SplittingEstimate::weight() const {
    double sum = 0.0;
    for (const SplittingRun& run : runs) sum += run.weight / static_cast<double>(runs.size());
    return sum;
}

std::uint64_t SplittingEstimate::worlds_from(double quantity) const {
    std::uint64_t count = 0;
    for (const SplittingRun& run : runs)
        for (const WeightedWorld& world : run.all) count += world.quantity >= quantity ? 1U : 0U;
    return count;
}

IntervalEstimate SplittingEstimate::exceedance(double amount, double confidence) const {
    std::vector<double> probabilities;
    for (const SplittingRun& run : runs) {
        double sum = 0.0;
        for (const WeightedWorld& world : run.all) sum += world.quantity >= amount ? world.weight : 0.0;
        probabilities.push_back(sum);
    }
    double relative = 0.0;
    return mean_of(probabilities, confidence, first_worlds, relative);
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
