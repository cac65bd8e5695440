// A scenario made ready to run: models built, populations drawn, everything that all worlds share. Immutable.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/behaviour/top_up.hpp"
#include "models/price/quasi_path.hpp"
#include "models/waterfall/default_fund.hpp"
#include "sim/engine/population.hpp"
#include "sim/engine/safe_radii.hpp"
#include "sim/scenario/scenario.hpp"

namespace plunge {

/// Steps in which the marks of an asset are wrong.
struct MarkScript {
    std::size_t asset = 0;
    std::size_t first = 0;
    std::size_t end = 0;
    double factor = 1.0; ///< zero: they stand where they stood in the step before the first
};

/// One venue's models and the constants derived from its scenario section.
struct VenueModel {
    std::string name;
    Held<MarginRule> rule;
    Held<LiquidationPolicy> policy;
    LiquidationNeeds policy_needs;
    Held<ImpactShape> shape;
    ImpactCommon impact;
    LiquidationCommon liquidation;
    Held<MarkPrice> mark;
    bool mark_is_price = false;           ///< at all times; else it moves once a step
    bool mark_of_all_venues = false;      ///< follows the price over all venues, not the venue's own
    std::vector<MarkScript> mark_scripts; ///< steps in which marks are not what they would be
    std::uint64_t max_rounds = 64;
    double warning = 0.0;
    std::optional<DynamicMargin> dynamic_margin;
    std::size_t review_steps = 0;        ///< from one review of the margin factor to the next
    double review_keep = 0.0;            ///< of the realised variance, from review to review
    std::vector<double> review_variance; ///< [A] sigma_0^2 over that time
    std::vector<WaterfallChoice> layers;
    std::vector<double> haircut;       ///< [A]
    std::vector<double> depth_weight;  ///< [A] quote notional within 1 % at the initial price
    std::vector<double> base_variance; ///< [A] sigma_0^2 dt: variance of the log return per step, for thinning
    double transient_keep = 0.0;       ///< per step
    double thinning_keep = 0.0;        ///< per step
    std::size_t twap_steps = 0;        ///< over which the venue sells what it takes over in a round
    std::size_t breaker_window_steps = 0;
    std::size_t breaker_halt_steps = 0;
    std::optional<CircuitBreaker> breaker;
    std::optional<LeverageCut> leverage_cut;
    std::size_t cut_at_step = 0;      ///< announcement, where it is at a time
    std::size_t cut_grace_steps = 0;  ///< from the announcement to the reduction
    std::size_t adl_window_steps = 1; ///< over which a drawdown of the funds is looked for

    /// The script that the marks of an asset follow in step `t`; null where they are what they would be.
    const MarkScript* script_of(std::size_t asset, std::size_t t) const {
        for (const MarkScript& script : mark_scripts) {
            if (script.asset == asset && t >= script.first && t < script.end) return &script;
        }
        return nullptr;
    }
    bool has_script(std::size_t asset) const {
        return std::any_of(mark_scripts.begin(), mark_scripts.end(),
                           [&](const MarkScript& script) { return script.asset == asset; });
    }

    /// Whether the venue takes over what it closes and sells it by itself.
    bool carries() const { return liquidation.execution == OrderExecution::twap; }
};

/// Rows of all venues and what the trigger search knows about them.
struct Population {
    std::uint64_t world = 0; ///< which it was drawn for; 0 where it is shared
    std::vector<AccountRows> venues;
    /// Per venue, for E < M and for E < warning M. Without rows where nothing is known: a population that serves one
    /// world is looked at over that world's box, and where no calls are sent nobody asks.
    std::vector<SafeRadii> margin_radii;
    std::vector<SafeRadii> warning_radii;
    std::vector<std::vector<LayerStart>> layers; ///< per venue and loss layer
    std::vector<InstitutionState> institutions;
    std::vector<MemberExposure> exposures; ///< of institutions, at the venue looked at last
};

/// An asset whose index price follows another's.
struct WrappedAsset {
    std::size_t asset = 0;
    std::size_t underlying = 0;
    Basis basis;
};

/// What a cohort's behaviour is, per cohort.
struct TopUpModel {
    bool active = false;
    TopUp::Params params;
    std::size_t delay_steps = 0;
};

class Market {
  public:
    /// \throws std::invalid_argument where a model refuses its parameters (the scenario reader has checked them).
    explicit Market(Scenario scenario);

    const Scenario& scenario() const { return scenario_; }
    std::size_t assets() const { return scenario_.assets.size(); }
    std::size_t steps() const { return scenario_.run.steps(); }
    double step_seconds() const { return scenario_.run.step_seconds; }
    const std::vector<double>& initial_price() const { return initial_price_; }
    const PriceProcess& process() const { return *process_; }
    /// Where paths are quasi-random.
    const std::optional<QuasiPaths>& quasi_paths() const { return quasi_paths_; }
    /// Assets that the process drives, in its order, and those that follow one of them.
    const std::vector<std::size_t>& driven() const { return driven_; }
    const std::vector<WrappedAsset>& wrapped() const { return wrapped_; }
    const std::vector<VenueModel>& venues() const { return venues_; }
    /// Steps by which the marks of an asset are late, [A].
    const std::vector<std::size_t>& oracle_delay_steps() const { return oracle_delay_steps_; }
    const std::vector<TopUpModel>& top_ups() const { return top_ups_; }
    const std::vector<double>& typical_move() const { return typical_move_; }
    double arbitrage_keep() const { return arbitrage_keep_; }
    std::size_t cascade_gap_steps() const { return cascade_gap_steps_; }

    /// Cumulative log move of the scripted shocks at every step, [A x T+1]; empty without shocks.
    const std::vector<double>& shock_path() const { return shock_path_; }

    /// Open interest at the start, the larger side, [V x A] in quote. From the population of world 0.
    std::vector<double> initial_open_interest() const;

    /// The rows that `world` starts from: shared by all worlds, or drawn afresh.
    std::shared_ptr<const Population> population(std::uint64_t world) const;

  private:
    friend class PopulationSource;

    PopulationDraws population_draws() const;
    void draw(PopulationDraws& draws, std::uint64_t world, Population& population) const;
    void start_layers(Population& population) const;
    void member_exposures(const AccountRows& rows, std::size_t venue, const PerAsset& stress,
                          std::vector<MemberExposure>& exposures) const;

    Scenario scenario_;
    std::vector<double> initial_price_;
    Held<PriceProcess> process_;
    std::vector<std::size_t> driven_;
    std::vector<WrappedAsset> wrapped_;
    std::optional<QuasiPaths> quasi_paths_;
    std::vector<double> volatility_; // [A] of the index, annualised
    std::vector<std::size_t> oracle_delay_steps_;
    std::vector<VenueModel> venues_;
    std::vector<TopUpModel> top_ups_;
    std::vector<double> typical_move_; // [A] log move over the horizon that the search scales its radii with
    double arbitrage_keep_ = 1.0;
    std::size_t cascade_gap_steps_ = 0;
    std::vector<double> shock_path_;
    std::shared_ptr<const Population> shared_;
};

/// The populations of one world after another: the market's where it is shared, else one that is drawn anew for every
/// world into the same memory. One per thread.
class PopulationSource {
  public:
    /// \param market  must outlive it
    explicit PopulationSource(const Market& market);

    /// What `world` starts from; until the next is asked for.
    const Population& of(std::uint64_t world);

  private:
    const Market& market_;
    std::optional<PopulationDraws> draws_; // where populations are resampled
    Population own_;
    bool drawn_ = false;
};

} // namespace plunge
