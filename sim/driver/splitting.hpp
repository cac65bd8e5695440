// Adaptive multilevel splitting: probabilities far below what crude Monte Carlo can see.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "sim/driver/event_worlds.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/score.hpp"
#include "sim/stats/interval.hpp"

namespace plunge {

struct SplittingOptions {
    std::uint64_t particles = 250;  ///< worlds that one repetition keeps alive
    std::uint64_t repetitions = 16; ///< independent: their spread is the error
    double confidence = 0.95;
    unsigned threads = 0;
    const std::atomic<bool>* stop = nullptr;
    std::function<void(std::uint64_t repetitions)> progress = {};
    /// Told by any thread after a level: the share of worlds that those now alive stand for, the largest quantity of
    /// them, and worlds simulated in this repetition so far.
    std::function<void(double weight, double largest, std::uint64_t worlds)> watch = {};
};

/// A world that was simulated, and the share of worlds that it stands for.
struct WeightedWorld {
    double quantity; ///< of the event, at its end
    double weight;
};

/// One run of the algorithm.
struct SplittingRun {
    double probability = 0.0;
    std::uint64_t levels = 0; ///< times that the lowest worlds were replaced
    std::uint64_t worlds = 0; ///< that were simulated
    bool extinct = false;     ///< all worlds had the same highest score: nobody was left to branch from
    bool stuck = false;       ///< given up: worlds became ever rarer and the quantity did not grow
    bool stopped = false;     ///< from outside
    double weight = 1.0;      ///< share of worlds that the last ones stood for
    double largest = 0.0;     ///< quantity of any world that ever was; of a price move, the furthest
    /// Every world that ever was. Their weights sum to one, and those of worlds that share a property are an unbiased
    /// estimate of its probability.
    std::vector<WeightedWorld> all;
    std::vector<WorldResult> in_event; ///< of equal weight; none where it died out
};

struct SplittingEstimate {
    /// Mean of the repetitions, Student's t interval, cut at zero. Where none reached the event, the exact interval of
    /// their first worlds, which are independent: all that is certain.
    IntervalEstimate probability;
    double relative_error = 0.0; ///< standard error over the mean
    std::vector<SplittingRun> runs;
    EventWorlds in_event; ///< those that the runs ended with
    std::uint64_t worlds = 0;
    std::uint64_t first_worlds = 0; ///< of these: independent ones that the repetitions began with
    bool interrupted = false;       ///< `runs` are those that were finished

    bool reached() const { return probability.point > 0.0; }
    double largest() const;                           ///< quantity of any world
    std::uint64_t worlds_from(double quantity) const; ///< worlds with so much or more; not of a price move
    double weight() const;                            ///< mean over the repetitions of what their last worlds stood for

    /// P(quantity >= amount), from the same runs.
    IntervalEstimate exceedance(double amount, double confidence) const;
};

/// P(event) by last-particle adaptive multilevel splitting: the worlds with the lowest highest score Z are taken away,
/// all that tie for it, and replaced by branches of worlds drawn from the others, each from the first step in which its
/// parent's score was above Z; until the lowest has reached the event. With K_q of N worlds replaced at level q and R
/// of them in the event at the end,
///
///   p = prod_q (1 - K_q / N) R / N
///
/// is unbiased for any score, ties included. A branch is the parent's random numbers up to a step and new ones after
/// it: it is run again from its start, so no state of a world need be copied.
///
/// A quantity may have a cap below the event, while worlds can come nearer for ever (prices can always fall further).
/// A repetition is given up once its worlds stand for 1e-9 of those among which the largest quantity last rose by a
/// thousandth, or for 1e-15 of all where it has not risen at all, or for 1e-100 of all; it counts as one that did not
/// reach the event. Where the first four are given up, the others are left.
///
/// Source: Cerou & Guyader (2007), Stoch. Anal. Appl. 25, 417; ties and unbiasedness: Brehier, Gazeau, Goudenege,
/// Lelievre & Rousset (2016), Ann. Appl. Probab. 26, 3559. With the ideal score the relative variance of a run is
/// p^(-1/N) - 1, about -log(p) / N.
/// \throws LedgerError where money was not conserved
SplittingEstimate estimate_by_splitting(const Market& market, const RareEvent& event, const SplittingOptions& options);

/// The same by counting: independent worlds 0, 1, ..., with the Clopper & Pearson interval.
struct CrudeEstimate {
    IntervalEstimate probability;
    std::uint64_t worlds = 0;
    EventWorlds in_event;
    bool interrupted = false;

    std::uint64_t events() const { return in_event.results.size(); }
};
CrudeEstimate estimate_by_counting(const Market& market, const RareEvent& event, std::uint64_t worlds,
                                   const SplittingOptions& options);

} // namespace plunge
