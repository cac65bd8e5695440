// Importance sampling: worlds drawn from laws under which a rare event is common, each weighted by its likelihood
// ratio.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "models/price/tilt.hpp"
#include "sim/driver/event_worlds.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/score.hpp"
#include "sim/stats/interval.hpp"

namespace plunge {

/// Laws that worlds are drawn from in turns: the scenario's own, and tilted ones.
class LawMixture {
  public:
    /// Every so many worlds all laws have had their turns, and weights are unbiased.
    static constexpr std::uint64_t turns = 20;

    /// \param searches  tilts from mild to strong, one list per way to the event. The last ones share most turns, at
    /// most
    ///                  six of the others have one each, the scenario's own law two. None: it has them all.
    explicit LawMixture(const std::vector<std::vector<PathTilt>>& searches);

    /// Turns of the scenario's own law, of `turns`.
    std::uint64_t own_turns() const {
        return static_cast<std::uint64_t>(std::count(law_of_turn_.begin(), law_of_turn_.end(), std::size_t{0}));
    }

    const PathTilt& law(std::uint64_t world) const { return laws_[law_of_turn_[world % turns]]; }
    const std::vector<PathTilt>& laws() const { return laws_; }

    /// 1 / sum_j share_j dQ_j/dP: at most one over the share of the scenario's own law, whatever the tilts. A mean over
    /// all worlds of weight times value is unbiased for the value's mean under the scenario.
    /// Source: Veach & Guibas (1995), SIGGRAPH, 419, the balance heuristic; Hesterberg (1995), Technometrics 37, 185,
    /// on keeping the original law among them, so that no weight is large (defensive mixtures).
    double weight(const PathMoments& path) const;

  private:
    std::vector<PathTilt> laws_; // the scenario's own first
    std::vector<std::size_t> law_of_turn_;
};

struct ImportanceOptions {
    std::uint64_t worlds = 10'000; ///< rounded up to whole turns
    std::uint64_t pilot = 2'000;   ///< worlds of each stage of the search for laws
    double rarity = 0.0; ///< the search also ends once a tenth of its worlds are as near as this share of all would be
    double confidence = 0.95;
    unsigned threads = 0;
    const std::atomic<bool>* stop = nullptr;
    std::function<void(std::uint64_t worlds)> progress = {}; ///< of the last stage, after the search
};

/// Laws under which the event is common, by the cross-entropy method: of the worlds of one stage the tenth that came
/// nearest to the event decides the law of the next one, until a tenth reaches it. For normals and Poisson counts the
/// law nearest to theirs has their mean, weighted. Where the event may come from either side, falls and rises have a
/// search each.
/// Source: de Boer, Kroese, Mannor & Rubinstein (2005), Ann. Oper. Res. 134, 19.
struct FoundLaws {
    LawMixture mixture{{}};
    std::uint64_t worlds = 0; ///< of the search
    bool reached = false;     ///< a tenth of the worlds of its last stage were in the event, or as near as asked
    bool interrupted = false;
};
FoundLaws find_laws(const Market& market, const RareEvent& event, const ImportanceOptions& options);

/// A world of the last stage.
struct LikelyWorld {
    double quantity; ///< of the event, at its end; the furthest move of prices
    double weight;   ///< of mean one
    bool reached;
};

struct ImportanceEstimate {
    /// Weighted share with Student's t interval, cut at zero. Where no world is in the event, weights say nothing: the
    /// exact interval of the worlds of the scenario's own law.
    IntervalEstimate probability;
    double relative_error = 0.0; ///< standard error over the estimate
    FoundLaws laws;
    std::vector<LikelyWorld> all;
    EventWorlds in_event;
    double effective_events = 0.0; ///< (sum w)^2 / sum w^2 of them: as many of one weight say as much
    bool interrupted = false;      ///< `all` is what was finished

    std::uint64_t worlds() const { return laws.worlds + all.size(); }
    /// Of `all`, those of the scenario's own law.
    std::uint64_t own_worlds() const { return all.size() / LawMixture::turns * laws.mixture.own_turns(); }

    /// P(quantity >= amount), from the same worlds.
    IntervalEstimate exceedance(double amount, double confidence) const;
};

/// P(event) by importance sampling. Worlds of the search are not used again, so that the estimate is unbiased. Taking
/// laws in turns makes the error a little smaller than stated: it is that of independent draws from the mixture.
/// \throws LedgerError where money was not conserved
ImportanceEstimate estimate_by_importance(const Market& market, const RareEvent& event,
                                          const ImportanceOptions& options);

} // namespace plunge
