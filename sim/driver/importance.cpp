#include "sim/driver/importance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/driver/scored_worlds.hpp"
#include "sim/driver/tilted_engine.hpp"
#include "sim/engine/world_numbers.hpp"
#include "sim/stats/exceedance.hpp"
#include "sim/stats/weighted_tail.hpp"

namespace plunge {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// visit(place, record, moments, result) comes from any thread; what it takes of the result it may keep. \return how
// many of the worlds were run
template <class LawOf, class Visit>
std::uint64_t run_tilted(const Market& market, const RareEvent& event, const WorldRange& numbers, std::uint64_t worlds,
                         const BlockOptions& options, const LawOf& law_of, const Visit& visit) {
    const auto run = [&](TiltedEngine& engine, std::uint64_t i, WorldResult& result, const WorldSinks& sinks) {
        const PathMoments moments = engine.run(numbers.world(i), law_of(i), result, sinks);
        visit(static_cast<std::size_t>(i), *sinks.score, moments, result);
    };
    return run_scored<TiltedEngine>(market, event, worlds, options, run);
}

// A world of the search.
struct PilotWorld {
    double rank = 0.0; // the higher, the nearer to the event; infinite in it
    double weight = 0.0;
    bool rose = false;
    PathMoments moments;
};

// Worlds in which the quantity has begun to grow are nearer than all in which it has not. Not the score: it is high on
// the way of worlds that end anywhere, and their weights would differ by orders of magnitude.
double rank_of(const ScoreRecord& record) {
    if (record.highest() >= RareEvent::reached) return infinity;
    constexpr double any_move = 1e6;
    return record.quantity() > 0.0 ? any_move + record.quantity() : std::min(any_move, record.highest_move());
}

// The rank that this weighted share of the worlds reaches; infinite for a share of zero. Sorts them.
double goal_of(std::vector<PilotWorld>& worlds, double share) {
    std::sort(worlds.begin(), worlds.end(), [](const PilotWorld& x, const PilotWorld& y) { return x.rank > y.rank; });
    double weights = 0.0;
    for (const PilotWorld& world : worlds) {
        if (!(share > 0.0)) break;
        weights += world.weight / static_cast<double>(worlds.size());
        if (weights >= share) return world.rank;
    }
    return infinity;
}

double effective(const std::vector<double>& weights) {
    double sum = 0.0;
    double squares = 0.0;
    for (const double weight : weights) {
        sum += weight;
        squares += weight * weight;
    }
    return squares > 0.0 ? sum * sum / squares : 0.0;
}

// The weights where they say as much as a quarter of them would if they were equal; else raised to the power below one
// at which they do: a handful of worlds would decide the law by chance. Which law is found makes no estimate biased.
std::vector<double> tempered(const std::vector<double>& weights) {
    const double enough = 0.25 * static_cast<double>(weights.size());
    if (effective(weights) >= enough) return weights;
    std::vector<double> result(weights.size());
    double power = 0.0;
    constexpr int halvings = 12;
    double step = 1.0;
    for (int i = 0; i < halvings; ++i) {
        step *= 0.5;
        for (std::size_t j = 0; j < weights.size(); ++j) result[j] = std::pow(weights[j], power + step);
        if (effective(result) >= enough) power += step;
    }
    for (std::size_t j = 0; j < weights.size(); ++j) result[j] = std::pow(weights[j], power);
    return result;
}

// The law nearest to the weighted worlds whose rank is at least `level`.
PathTilt fit(const std::vector<PilotWorld>& worlds, double level) {
    std::vector<const PilotWorld*> near;
    std::vector<double> likelihood;
    for (const PilotWorld& world : worlds) {
        if (world.rank < level) continue;
        near.push_back(&world);
        likelihood.push_back(world.weight);
    }
    double weights = 0.0;
    PathMoments sum;
    const std::vector<double> weight = tempered(likelihood);
    for (std::size_t i = 0; i < near.size(); ++i) {
        const PathMoments& path = near[i]->moments;
        weights += weight[i];
        sum.steps = path.steps;
        sum.normal_sum.resize(path.normal_sum.size());
        for (std::size_t a = 0; a < path.normal_sum.size(); ++a) sum.normal_sum[a] += weight[i] * path.normal_sum[a];
        sum.clocks.resize(path.clocks.size());
        for (std::size_t c = 0; c < path.clocks.size(); ++c) {
            const PathMoments::Clock& clock = path.clocks[c];
            sum.clocks[c].expected = clock.expected;
            sum.clocks[c].arrivals += weight[i] * clock.arrivals;
            sum.clocks[c].size_sum.resize(clock.size_sum.size());
            for (std::size_t a = 0; a < clock.size_sum.size(); ++a) {
                sum.clocks[c].size_sum[a] += weight[i] * clock.size_sum[a];
            }
        }
    }
    PathTilt tilt;
    for (const double normals : sum.normal_sum) tilt.shift.push_back(normals / (weights * sum.steps));
    for (const PathMoments::Clock& clock : sum.clocks) {
        // Paths without jumps must stay possible, and those with many must not crowd out all others.
        constexpr double fewest = 0.5;
        PathTilt::Clock law;
        if (clock.expected > 0.0) law.rate_factor = std::max(fewest, clock.arrivals / (weights * clock.expected));
        for (const double normals : clock.size_sum) {
            law.size_shift.push_back(clock.arrivals > 0.0 ? normals / clock.arrivals : 0.0);
        }
        tilt.clocks.push_back(std::move(law));
    }
    return tilt;
}

} // namespace

LawMixture::LawMixture(const std::vector<std::vector<PathTilt>>& searches) : laws_{{}} {
    constexpr std::uint64_t own_turns = 2;
    constexpr std::size_t most_between = 6;
    law_of_turn_.assign(searches.empty() ? turns : own_turns, 0);
    const auto give = [this](const PathTilt& law, std::size_t count) {
        laws_.push_back(law);
        law_of_turn_.resize(law_of_turn_.size() + count, laws_.size() - 1);
    };
    for (const std::vector<PathTilt>& tilts : searches) {
        const std::size_t between = std::min(most_between / searches.size(), tilts.size() - 1);
        for (std::size_t i = 0; i < between; ++i) give(tilts[i * (tilts.size() - 1) / between], 1);
    }
    for (std::size_t i = 0; i < searches.size(); ++i) {
        give(searches[i].back(), (turns - law_of_turn_.size()) / (searches.size() - i));
    }
}

double LawMixture::weight(const PathMoments& path) const {
    double sum = 0.0;
    for (const std::size_t law : law_of_turn_) sum += std::exp(laws_[law].log_likelihood_ratio(path));
    return static_cast<double>(turns) / sum;
}

FoundLaws find_laws(const Market& market, const RareEvent& event, const ImportanceOptions& options) {
    constexpr std::uint64_t most_stages = 30;
    constexpr double elite = 0.1;
    const bool two_sided = event.toward == Toward::either;
    FoundLaws found;
    std::uint64_t number = 0; // of the stage
    std::vector<std::vector<PathTilt>> reaching;
    std::vector<std::vector<PathTilt>> stuck;
    for (const bool rise : {false, true}) {
        if (rise && !two_sided) break;
        std::vector<PathTilt> tilts;
        PathTilt law;
        double level = -infinity;
        bool reached = false;
        for (std::uint64_t stage = 0; stage < most_stages; ++stage) {
            std::vector<PilotWorld> worlds(static_cast<std::size_t>(options.pilot));
            const std::uint64_t done = run_tilted(
                market, event, world_numbers::of_searches.part(number++, world_numbers::search_stages), options.pilot,
                {options.threads, options.stop, {}}, [&](std::uint64_t) -> const PathTilt& { return law; },
                [&](std::size_t i, const ScoreRecord& record, const PathMoments& moments, WorldResult& /*result*/) {
                    worlds[i] = {rank_of(record), std::exp(-law.log_likelihood_ratio(moments)), record.rose(), moments};
                });
            found.worlds += done;
            found.interrupted = done < options.pilot;
            if (found.interrupted) return found;
            const double goal = goal_of(worlds, options.rarity);
            if (two_sided) std::erase_if(worlds, [&](const PilotWorld& world) { return world.rose != rise; });
            if (worlds.empty()) break;
            const double nearest = worlds[static_cast<std::size_t>(elite * static_cast<double>(worlds.size()))].rank;
            if (!(nearest > level) && !reached) break; // no nearer than the stage before
            level = nearest;
            law = fit(worlds, std::min(level, goal));
            tilts.push_back(law);
            if (reached) break; // fitted to worlds of a law that had reached it: once is enough
            reached = level >= goal;
        }
        if (!tilts.empty()) (reached ? reaching : stuck).push_back(std::move(tilts));
        found.reached = found.reached || reached;
    }
    // A side from which the event is out of reach is left to the scenario's own law.
    found.mixture = LawMixture(found.reached ? reaching : stuck);
    return found;
}

ImportanceEstimate estimate_by_importance(const Market& market, const RareEvent& event,
                                          const ImportanceOptions& options) {
    ImportanceEstimate estimate;
    estimate.laws = find_laws(market, event, options);
    estimate.interrupted = estimate.laws.interrupted;
    if (estimate.interrupted) return estimate;
    const LawMixture& mixture = estimate.laws.mixture;
    const std::uint64_t worlds = (options.worlds + LawMixture::turns - 1) / LawMixture::turns * LawMixture::turns;
    estimate.all.resize(static_cast<std::size_t>(worlds));
    KeptWorlds kept(worlds);
    const std::uint64_t done = run_tilted(
        market, event, world_numbers::of_found_laws, worlds, {options.threads, options.stop, options.progress},
        [&](std::uint64_t i) -> const PathTilt& { return mixture.law(i); },
        [&](std::size_t i, const ScoreRecord& record, const PathMoments& moments, WorldResult& result) {
            const bool is_move = event.quantity == RareQuantity::price_move;
            estimate.all[i] = {is_move ? record.highest_move() : record.quantity(), mixture.weight(moments),
                               record.highest() >= RareEvent::reached};
            if (estimate.all[i].reached) kept.keep(i, result);
        });
    estimate.interrupted = done < worlds;
    estimate.all.resize(static_cast<std::size_t>(done / LawMixture::turns * LawMixture::turns));
    std::vector<WeightedValue> reached;
    for (const LikelyWorld& world : estimate.all) reached.push_back({world.reached ? 1.0 : 0.0, world.weight});
    const std::uint64_t whole = estimate.all.size();
    estimate.in_event = kept.finish(
        whole, [&](std::uint64_t i) { return estimate.all[i].weight / static_cast<double>(whole); });
    estimate.effective_events = effective(estimate.in_event.weights.weight);
    const WeightedTail tail(std::move(reached));
    estimate.probability = tail.exceedance(0.0, options.confidence);
    if (estimate.in_event.results.empty() && whole > 0)
        estimate.probability.high = binomial_interval(0, estimate.own_worlds(), options.confidence).high;
    estimate.relative_error = tail.relative_error(0.0);
    return estimate;
}

IntervalEstimate ImportanceEstimate::exceedance(double amount, double confidence) const {
    std::vector<WeightedValue> quantities;
    for (const LikelyWorld& world : all) quantities.push_back({world.quantity >= amount ? 1.0 : 0.0, world.weight});
    return WeightedTail(std::move(quantities)).exceedance(0.0, confidence);
}

} // namespace plunge
