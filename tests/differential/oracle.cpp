// The phases of a step, in the order of sim/README.md, and what is recorded.
#include "tests/differential/oracle.hpp"

#include <algorithm>
#include <cmath>

#include "models/behaviour/registry.hpp"
#include "models/mark/registry.hpp"
#include "models/price/registry.hpp"
#include "models/random/normal_block.hpp"
#include "models/random/philox.hpp"
#include "models/waterfall/layers.hpp"
#include "tests/differential/by_model.hpp"
#include "tests/differential/oracle_state.hpp"
#include "tests/differential/slow_prices.hpp"

namespace plunge::oracle {
namespace {

double keep_after(double seconds, double half_life) {
    return half_life > 0.0 ? std::pow(2.0, -seconds / half_life) : 0.0;
}

// What of a cohort's behaviour answers margin calls; null where nothing does.
const TopUp::Params* top_up_of(const BehaviourChoice& behaviour) {
    using Answer = const TopUp::Params*;
    return by_model(
        BehaviourModels{}, behaviour, [](const Passive::Params&) -> Answer { return nullptr; },
        [](const TopUp::Params& top_up) -> Answer { return &top_up; });
}

// Log move of one asset's own scripted shocks at step t.
double shocked(const Scenario& scenario, std::size_t asset, std::size_t t) {
    double sum = 0.0;
    for (const Shock& shock : scenario.shocks) {
        sum += shock.log_move(asset) * shock.share_at(static_cast<double>(t) * scenario.run.step_seconds);
    }
    return sum;
}

// Log premium of a wrapped asset at t = 0, 1, ...: half of it is gone after a half-life, and its variance approaches
// sigma^2 / (2 kappa) as much per step as keeps it there.
Vector basis_path(const Asset& asset, std::size_t index, const RunSettings& run, std::uint64_t world) {
    const std::size_t steps = run.steps();
    const double dt = run.step_seconds;
    const bool mirrored = run.antithetic && world % 2 == 1;
    Vector b(steps + 1, asset.basis ? asset.basis->start : 0.0);
    if (!asset.basis) return b;
    Vector z((steps / normal_group + 1) * normal_group);
    const StreamKey stream{.seed = run.seed, .world = mirrored ? world - 1 : world, .stream = Stream::basis};
    fill_normals(stream, static_cast<std::uint32_t>(index), 0, z.size() / normal_group, z.data());
    const double keep = std::pow(2.0, -dt / asset.basis->half_life_seconds);
    const double kappa = std::log(2.0) / asset.basis->half_life_seconds; // per second
    const double stationary = asset.basis->volatility * asset.basis->volatility / seconds_per_year / (2.0 * kappa);
    const double innovation = (mirrored ? -1.0 : 1.0) * std::sqrt(stationary * (1.0 - keep * keep));
    for (std::size_t t = 1; t <= steps; ++t) b[t] = keep * b[t - 1] + innovation * z[t - 1];
    return b;
}

} // namespace

bool RowState::has_position() const {
    return std::any_of(position.begin(), position.end(), [](double q) { return q != 0.0; });
}

bool RowState::has_collateral() const {
    return std::any_of(collateral.begin(), collateral.end(), [](double k) { return k != 0.0; });
}

Vector index_moves(const Scenario& scenario, std::uint64_t world, const Vector& returns) {
    const std::size_t n = scenario.assets.size();
    const std::size_t steps = scenario.run.steps();
    Vector moves((steps + 1) * n, 0.0);
    std::size_t row = 0; // of the process, which knows nothing of wrapped assets
    for (std::size_t a = 0; a < n; ++a) {
        if (scenario.assets[a].follows) continue;
        double process = 0.0;
        for (std::size_t t = 1; t <= steps; ++t) {
            process += returns[row * steps + t - 1];
            moves[t * n + a] = process + shocked(scenario, a, t);
        }
        ++row;
    }
    for (std::size_t a = 0; a < n; ++a) {
        const Asset& asset = scenario.assets[a];
        if (!asset.follows) continue;
        const Vector premium = basis_path(asset, a, scenario.run, world);
        for (std::size_t t = 1; t <= steps; ++t) {
            moves[t * n + a] = moves[t * n + *asset.follows] + premium[t] - premium[0] + shocked(scenario, a, t);
        }
    }
    return moves;
}

Vector index_path(const Scenario& scenario, std::uint64_t world) {
    std::size_t driven = 0;
    for (const Asset& asset : scenario.assets) driven += asset.follows ? 0 : 1;
    return index_moves(scenario, world, process_returns(scenario, {world, driven, 0, scenario.run.steps()}));
}

Oracle::Oracle(const Scenario& scenario, std::vector<std::vector<OracleRow>> rows)
    : scenario_{scenario}, rows_{std::move(rows)} {}

OracleOutcome Oracle::run(std::uint64_t world, const Vector& log_moves, std::uint64_t rounding) const {
    OracleOutcome outcome = World{scenario_, rows_, world, log_moves, true, rounding}.run();
    if (scenario_.record.counterfactual) {
        const OracleOutcome without = World{scenario_, rows_, world, log_moves, false, rounding}.run();
        outcome.counterfactual_tied = without.tied;
        for (const VenueMetrics& venue : without.result.venues) {
            outcome.result.counterfactual.liquidated_accounts += venue.liquidated_accounts;
            outcome.result.counterfactual.liquidated_notional += venue.liquidated_notional;
            outcome.result.counterfactual.shortfall += venue.shortfall;
            outcome.result.counterfactual.uncovered += venue.uncovered;
            outcome.result.counterfactual.loss_beyond_bankruptcy += venue.loss_beyond_bankruptcy;
            outcome.result.counterfactual.contagion_notional += venue.contagion_notional;
        }
        outcome.result.counterfactual_contagion = without.result.contagion;
    }
    return outcome;
}

World::World(const Scenario& scenario, const std::vector<std::vector<OracleRow>>& rows, std::uint64_t world,
             const Vector& log_moves, bool impact_on, std::uint64_t rounding)
    : scenario_{scenario}, log_moves_{log_moves}, world_{world}, n_assets_{scenario.assets.size()},
      dt_{scenario.run.step_seconds}, sigma_{total_volatility(scenario)}, x_(n_assets_, 0.0) {
    const Vector zero(n_assets_, 0.0);
    const Vector one(n_assets_, 1.0);
    for (std::size_t v = 0; v < scenario.venues.size(); ++v) {
        const Venue& venue = scenario.venues[v];
        books_.emplace_back(scenario, venue, impact_on, rounding);
        margins_.emplace_back(scenario, venue);
        VenueState s;
        s.permanent = s.transient = s.transient_before = s.drawdown = s.log_at_phase3 = zero;
        s.review_log = zero;
        s.depth = s.variance_ratio = s.review_ratio = one;
        for (const Asset& asset : scenario.assets) s.ema.push_back(asset.price);
        s.end_prices.push_back(s.ema);
        s.current_marks.push_back(s.ema);
        s.carried.resize(n_assets_);
        s.contagion.assign(n_assets_, zero);
        s.liquidated_long = s.liquidated_short = s.deleveraged = s.deleveraged_base = s.deleveraged_money = zero;
        for (const OracleRow& row : rows[v]) {
            RowState r;
            r.cash = row.cash;
            r.position = row.position;
            r.collateral = row.collateral;
            r.entry = row.entry;
            r.realised = zero;
            r.cohort = row.cohort;
            r.owner = row.owner;
            r.initial_position = row.position;
            r.initial_collateral = row.collateral;
            r.earned = zero;
            r.initial_wealth = margins_.back().value(1.0, r.cash, r.position, r.collateral, s.ema).wealth;
            s.initial_cash.push_back(r.cash);
            s.rows.push_back(std::move(r));
        }
        venues_.push_back(std::move(s));
    }
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        const auto& cut = scenario.venues[v].leverage_cut;
        if (cut) announce_cut(v, steps_rounded_up(cut->at_seconds, dt_), LeverageCutTrigger::time);
    }
    open_pots();
    outcome_.result.assets.resize(n_assets_);
    outcome_.result.cohorts.resize(scenario.cohorts.size());
    for (std::size_t a = 0; a < n_assets_; ++a) {
        peak_.push_back(scenario.assets[a].price);
        index_peak_.push_back(scenario.assets[a].price);
        outcome_.result.assets[a].min_price = scenario.assets[a].price;
    }
}

// ---- prices ---------------------------------------------------------------------------------------------------------

double World::index_price(std::size_t asset) const { return scenario_.assets[asset].price * std::exp(x_[asset]); }

double World::traded_price(std::size_t venue, std::size_t asset) const {
    const VenueState& s = venues_[venue];
    return scenario_.assets[asset].price * std::exp(x_[asset] + s.permanent[asset] + s.transient[asset]);
}

double World::weighted_price(std::size_t asset) const {
    double money = 0.0;
    double weight = 0.0;
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        money += books_[v].weight(asset) * traded_price(v, asset);
        weight += books_[v].weight(asset);
    }
    return money / weight;
}

Vector World::traded_prices(std::size_t venue) const {
    Vector price;
    for (std::size_t a = 0; a < n_assets_; ++a) price.push_back(traded_price(venue, a));
    return price;
}

// What marks would be if nobody traded, as far as the index and a scripted oracle go.
double World::undisplaced_mark(std::size_t venue, std::size_t asset) const {
    const ScriptedOracle* script = script_of(venue, asset);
    if (script == nullptr) return index_price(asset);
    return script->frozen ? marks(venue)[asset] : script->factor * index_price(asset);
}

// The script of the step at hand.
const ScriptedOracle* World::script_of(std::size_t venue, std::size_t asset) const {
    const std::size_t step = venues_[venue].current_marks.size() - 1;
    for (const ScriptedOracle& script : scenario_.venues[venue].oracle) {
        if (script.index && *script.index != asset) continue;
        if (step == 0 || step < steps_rounded_up(script.from_seconds, dt_)) continue;
        if (step < steps_rounded_up(script.to_seconds, dt_)) return &script;
    }
    return nullptr;
}

// What comes through an oracle was the mark some steps ago, at phase 3; before the start it was the scenario's price.
// A script multiplies that, or lets it stand where it stood in the step before.
Vector World::marks(std::size_t venue) const {
    Vector mark = current_marks(venue);
    const std::vector<Vector>& past = venues_[venue].current_marks;
    const std::size_t now = past.size() - 1;
    for (std::size_t a = 0; a < n_assets_; ++a) {
        const std::size_t late = steps_rounded_up(scenario_.assets[a].oracle_delay_seconds, dt_);
        const auto seen = [&](std::size_t step) { return past[step > late ? step - late : 0][a]; };
        if (late > 0) mark[a] = seen(now);
        const ScriptedOracle* script = script_of(venue, a);
        if (script == nullptr) continue;
        const std::size_t first = std::max<std::size_t>(1, steps_rounded_up(script->from_seconds, dt_));
        mark[a] = script->frozen ? seen(first - 1) : script->factor * mark[a];
    }
    return mark;
}

Vector World::current_marks(std::size_t venue) const {
    return by_model(
        MarkModels{}, scenario_.venues[venue].mark, [&](const LastMark::Params&) { return traded_prices(venue); },
        [&](const IndexMark::Params&) {
            Vector price;
            for (std::size_t a = 0; a < n_assets_; ++a) price.push_back(weighted_price(a));
            return price;
        },
        [&](const EmaMark::Params&) { return venues_[venue].ema; });
}

Valuation World::value_at(std::size_t venue, const RowState& row, const Vector& price) const {
    return margins_[venue].value(venues_[venue].factor, row.cash, row.position, row.collateral, price);
}

double World::unrealised(const RowState& row, const Vector& price) const {
    double profit = 0.0;
    for (std::size_t a = 0; a < n_assets_; ++a) profit += row.position[a] * (price[a] - row.entry[a]);
    return profit;
}

void World::observe_prices() {
    for (std::size_t a = 0; a < n_assets_; ++a) {
        const double price = weighted_price(a);
        AssetMetrics& metrics = outcome_.result.assets[a];
        metrics.min_price = std::min(metrics.min_price, price);
        peak_[a] = std::max(peak_[a], price);
        metrics.max_drawdown = std::max(metrics.max_drawdown, 1.0 - price / peak_[a]);
    }
}

double World::fund_balance(std::size_t venue) const {
    double balance = 0.0;
    for (std::size_t i = 0; i < venues_[venue].pot.size(); ++i) {
        if (!scenario_.venues[venue].waterfall[i].holds<InsuranceFund::Params>()) continue;
        for (const double pot : venues_[venue].pot[i]) balance += pot;
    }
    return balance;
}

void World::observe_fund(std::size_t venue) {
    VenueState& s = venues_[venue];
    s.metrics.fund_min_balance = std::min(s.metrics.fund_min_balance, fund_balance(venue));
    const bool is_first = std::isnan(s.metrics.fund_exhausted_step);
    if (s.fund_at_start > 0.0 && s.metrics.fund_min_balance <= 0.0 && is_first) {
        s.metrics.fund_exhausted_step = static_cast<double>(s.open_interest.size()); // the step at hand: 0 was recorded
    }
}

// ---- the phases -----------------------------------------------------------------------------------------------------

OracleOutcome World::run() {
    record();
    for (std::size_t step = 1; step <= scenario_.run.steps(); ++step) {
        for (std::size_t a = 0; a < n_assets_; ++a) x_[a] = log_moves_[step * n_assets_ + a];
        decay();
        arbitrage();
        thin_depth();
        move_ema();
        keep_marks();
        observe_prices();
        calls_and_top_ups(step);
        rounds(step);
        breaker(step);
        end_of_step(step);
        count_raised_margins();
        if (!outcome_.tied) outcome_.compare_until = step;
        record();
        review_margins(step);
    }
    finish();
    return std::move(outcome_);
}

void World::decay() {
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        const ImpactCommon& impact = scenario_.venues[v].impact_common;
        VenueState& s = venues_[v];
        for (std::size_t a = 0; a < n_assets_; ++a) {
            const double moved = s.transient[a] - s.transient_before[a];
            s.permanent[a] += impact.permanent * moved;
            s.transient[a] -= impact.permanent * moved;
            s.transient[a] *= keep_after(dt_, impact.half_life_seconds);
        }
    }
}

void World::arbitrage() {
    const double tau = scenario_.market.arbitrage_seconds;
    for (std::size_t a = 0; a < n_assets_; ++a) {
        double mean = 0.0;
        double weight = 0.0;
        for (std::size_t v = 0; v < venues_.size(); ++v) {
            mean += books_[v].weight(a) * venues_[v].transient[a];
            weight += books_[v].weight(a);
        }
        mean /= weight;
        for (VenueState& s : venues_) {
            if (tau > 0.0 && venues_.size() > 1) {
                s.transient[a] = mean + (s.transient[a] - mean) * std::exp(-dt_ / tau);
            }
            if (std::fabs(s.transient[a]) < page::transient_of_nothing) s.transient[a] = 0.0;
        }
    }
}

void World::thin_depth() {
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        VenueState& s = venues_[v];
        const auto& thinning = scenario_.venues[v].impact_common.thinning;
        for (std::size_t a = 0; a < n_assets_; ++a) {
            const double log_price = x_[a] + s.permanent[a] + s.transient[a];
            const double r = log_price - s.log_at_phase3[a];
            s.log_at_phase3[a] = log_price;
            if (!thinning) continue;
            const double keep = keep_after(dt_, thinning->half_life_seconds);
            const double variance_per_step = sigma_[a] * sigma_[a] * dt_ / seconds_per_year;
            s.variance_ratio[a] += (1.0 - keep) * (r * r / variance_per_step - s.variance_ratio[a]);
            s.drawdown[a] = std::max(0.0, keep * s.drawdown[a] - r);
            // Calm does not make up for what a drawdown has driven away: the volatility's factor is at most one.
            const double by_volatility = std::min(1.0, std::pow(s.variance_ratio[a], -thinning->exponent / 2.0));
            const double by_drawdown = std::exp(-thinning->drawdown * s.drawdown[a]);
            s.depth[a] = std::max(thinning->floor, by_volatility * by_drawdown);
        }
    }
}

void World::move_ema() {
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        const auto* ema = scenario_.venues[v].mark.get_if<EmaMark::Params>();
        if (ema == nullptr) continue;
        for (std::size_t a = 0; a < n_assets_; ++a) {
            double& average = venues_[v].ema[a];
            average += (1.0 - keep_after(dt_, ema->half_life_seconds)) * (traded_price(v, a) - average);
        }
    }
}

void World::keep_marks() {
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        const Vector mark = current_marks(v);
        venues_[v].current_marks.push_back(mark);
    }
}

void World::calls_and_top_ups(std::size_t step) {
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        VenueState& s = venues_[v];
        s.step_calls = 0.0;
        const Vector mark = marks(v);
        const double warning = scenario_.venues[v].margin_common.warning;
        for (std::size_t i = 0; i < s.rows.size(); ++i) {
            RowState& row = s.rows[i];
            const Valuation now = value_at(v, row, mark);
            const bool below = warning > 0.0 && row.has_position() && now.equity < warning * now.maintenance;
            if (!below) {
                row.in_call = false;
                continue;
            }
            if (row.in_call) continue;
            row.in_call = true;
            row.called_at = step;
            s.step_calls += 1.0;
            ++s.metrics.margin_calls;
            const auto* top_up = top_up_of(scenario_.cohorts[row.cohort].behaviour);
            if (top_up == nullptr) continue;
            const StreamKey key{.seed = scenario_.run.seed,
                                .world = world_,
                                .stream = Stream::behaviour,
                                .lane = static_cast<std::uint8_t>(v)};
            const PhiloxWords words = philox_words(key, static_cast<std::uint32_t>(step),
                                                   static_cast<std::uint32_t>(i));
            if (uniform_open(words[0], words[1]) < top_up->probability) {
                row.arrivals.push_back(step + steps_rounded_up(top_up->delay_seconds, dt_));
            }
        }
        for (RowState& row : s.rows) {
            if (std::find(row.arrivals.begin(), row.arrivals.end(), step) == row.arrivals.end()) continue;
            if (!row.has_position()) continue;
            const TopUp::Params& top_up = *top_up_of(scenario_.cohorts[row.cohort].behaviour);
            const Valuation now = value_at(v, row, mark);
            const double missing = top_up.target * now.maintenance - now.equity;
            const double amount = std::min(missing, top_up.limit * row.initial_wealth - row.deposits);
            if (!(amount > page::top_up_of_nothing * now.maintenance)) continue;
            row.cash += amount;
            row.deposits += amount;
            flow(amount);
            ++s.metrics.top_ups;
            s.metrics.top_up_amount += amount;
        }
    }
}

void World::rounds(std::size_t step) {
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        VenueState& s = venues_[v];
        s.transient_before = s.transient;
        s.allowance = scenario_.venues[v].liquidation_common.throughput;
        s.step_rounds = s.step_events = 0;
        s.step_notional = s.step_shortfall = s.step_adl_notional = 0.0;
        s.step_halted = halted(v, step);
        if (s.step_halted) ++s.metrics.halted_steps;
    }
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        if (halted(v, step)) continue;
        sell_carried(v, step);
        cut_leverage(v, step);
        if (venues_[v].metrics.uncovered > 0.0 && !venues_[v].has_frozen) freeze_collateral(v);
    }
    std::vector<bool> was_silent(venues_.size(), false);
    bool anybody = true;
    for (std::size_t round = 1; anybody; ++round) {
        anybody = false;
        for (std::size_t v = 0; v < venues_.size(); ++v) {
            if (halted(v, step) || round > scenario_.venues[v].max_rounds) continue;
            if (!(venues_[v].allowance > 0.0)) continue;
            if (!play_round(v, step, round)) {
                was_silent[v] = true;
                continue;
            }
            if (was_silent[v]) ++outcome_.counts.rounds_after_silence;
            was_silent[v] = false;
            anybody = true;
            if (venues_[v].metrics.uncovered > 0.0 && !venues_[v].has_frozen) freeze_collateral(v);
            ++venues_[v].step_rounds;
            if (round == scenario_.venues[v].max_rounds) ++outcome_.counts.round_limit_hits;
        }
    }
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        VenueState& s = venues_[v];
        if (s.step_rounds > 1) ++outcome_.counts.multi_round_steps;
        if (s.step_halted) continue;
        s.metrics.max_inventory_notional = std::max(s.metrics.max_inventory_notional, carried_notional(v));
    }
}

void World::breaker(std::size_t step) {
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        VenueState& s = venues_[v];
        s.end_prices.push_back(traded_prices(v));
        const auto& breaker = scenario_.venues[v].breaker;
        if (!breaker || halted(v, step)) continue;
        if (s.reopening) {
            // The window starts from this step's price at phase 3, put where the end of the step before would be.
            s.reopening = false;
            s.breaker_origin = step - 1;
            for (std::size_t a = 0; a < n_assets_; ++a) {
                s.end_prices[step - 1][a] = scenario_.assets[a].price * std::exp(s.log_at_phase3[a]);
            }
        }
        const auto window = std::max<std::size_t>(1,
                                                  static_cast<std::size_t>(std::lround(breaker->window_seconds / dt_)));
        const std::size_t then = step - s.breaker_origin >= window ? step - window : s.breaker_origin;
        bool beyond = false;
        for (std::size_t a = 0; a < n_assets_; ++a) {
            beyond = beyond || std::fabs(s.end_prices[step][a] / s.end_prices[then][a] - 1.0) > breaker->move;
        }
        if (!beyond) continue;
        ++s.metrics.halts;
        announce_cut(v, step, LeverageCutTrigger::halt);
        s.halted_until = step + steps_rounded_up(breaker->halt_seconds, dt_);
        s.reopening = true;
    }
}

void World::count_raised_margins() {
    for (VenueState& s : venues_) {
        if (s.factor > 1.0) ++s.metrics.raised_margin_steps;
    }
}

void World::review_margins(std::size_t step) {
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        const auto& dynamic = scenario_.venues[v].margin_common.dynamic;
        if (!dynamic) continue;
        const std::size_t interval = std::max<std::size_t>(1, steps_rounded_up(dynamic->interval_seconds, dt_));
        if (step % interval != 0) continue;
        VenueState& s = venues_[v];
        const double seconds = static_cast<double>(interval) * dt_;
        double largest = 0.0;
        for (std::size_t a = 0; a < n_assets_; ++a) {
            const double log_price = x_[a] + s.permanent[a] + s.transient[a];
            const double r = log_price - s.review_log[a];
            s.review_log[a] = log_price;
            const double expected = sigma_[a] * sigma_[a] * seconds / seconds_per_year;
            const double keep = keep_after(seconds, dynamic->half_life_seconds);
            s.review_ratio[a] = keep * s.review_ratio[a] + (1.0 - keep) * r * r / expected;
            largest = std::max(largest, s.review_ratio[a]);
        }
        double fund_at_start = 0.0;
        for (std::size_t i = 0; i < s.pot.size(); ++i) {
            if (scenario_.venues[v].waterfall[i].holds<InsuranceFund::Params>()) {
                for (const double pot : s.initial_pot[i]) fund_at_start += pot;
            }
        }
        double used = fund_at_start > 0.0 ? 1.0 - fund_balance(v) / fund_at_start : 0.0;
        if (!(used > page::fund_share_unused)) used = 0.0; // grown, or back where it was but for rounding
        const double by_volatility = std::max(1.0, std::pow(largest, dynamic->volatility / 2.0));
        const double factor = std::min(dynamic->max, by_volatility * (1.0 + dynamic->depletion * used));
        if (factor > s.factor * (1.0 + page::factor_not_raised)) {
            ++s.metrics.margin_raises;
            announce_cut(v, step, LeverageCutTrigger::margin_raise);
        }
        s.factor = factor;
        s.metrics.max_margin_factor = std::max(s.metrics.max_margin_factor, factor);
    }
}

void World::end_of_step(std::size_t step) {
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        VenueState& s = venues_[v];
        s.metrics.max_rounds = std::max<std::uint64_t>(s.metrics.max_rounds, s.step_rounds);
        s.fund_at_end.push_back(fund_balance(v));
        s.metrics.peak_step_notional = std::max(s.metrics.peak_step_notional, s.step_notional);
        if (s.step_events == 0) continue;
        Cascade& cascade = s.cascade.record;
        const double silence = s.cascade.open ? static_cast<double>(step - cascade.last_step - 1) * dt_ : 0.0;
        if (!s.cascade.open || silence > scenario_.record.cascade_gap_seconds * (1.0 + 1e-12)) {
            if (s.cascade.open && scenario_.record.cascades) outcome_.result.cascades.push_back(cascade);
            cascade = Cascade{};
            cascade.venue = static_cast<std::uint32_t>(v);
            cascade.first_step = static_cast<std::uint32_t>(step);
            s.cascade.start_log = s.log_at_phase3;
            s.cascade.open = true;
            ++s.metrics.cascades;
        }
        cascade.price_move.clear();
        for (std::size_t a = 0; a < n_assets_; ++a) {
            cascade.price_move.push_back(x_[a] + s.permanent[a] + s.transient[a] - s.cascade.start_log[a]);
        }
        cascade.last_step = static_cast<std::uint32_t>(step);
        cascade.rounds += static_cast<std::uint32_t>(s.step_rounds);
        cascade.accounts += static_cast<std::uint32_t>(s.step_events);
        cascade.notional += s.step_notional;
        cascade.shortfall += s.step_shortfall;
        s.metrics.largest_cascade_notional = std::max(s.metrics.largest_cascade_notional, cascade.notional);
    }
}

// ---- records --------------------------------------------------------------------------------------------------------

void World::record() {
    WorldTrace& trace = outcome_.trace;
    for (std::size_t a = 0; a < n_assets_; ++a) {
        const double price = index_price(a);
        trace["index"].push_back(price);
        index_peak_[a] = std::max(index_peak_[a], price);
        double& drawdown = outcome_.result.assets[a].exogenous_max_drawdown;
        drawdown = std::max(drawdown, 1.0 - price / index_peak_[a]);
    }
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        const VenueState& s = venues_[v];
        const Vector mark = marks(v);
        double open_interest = 0.0;
        for (std::size_t a = 0; a < n_assets_; ++a) {
            trace["price"].push_back(traded_price(v, a));
            trace["mark"].push_back(mark[a]);
            trace["permanent"].push_back(s.permanent[a]);
            trace["transient"].push_back(s.transient[a]);
            trace["depth"].push_back(s.depth[a]);
            double longs = 0.0;
            double shorts = 0.0;
            for (const RowState& row : s.rows) (row.position[a] > 0.0 ? longs : shorts) += std::fabs(row.position[a]);
            open_interest += std::max(longs, shorts) * mark[a];
        }
        trace["open_interest"].push_back(open_interest);
        trace["liquidated_notional"].push_back(s.step_notional);
        trace["shortfall"].push_back(s.step_shortfall);
        trace["adl_notional"].push_back(s.step_adl_notional);
        trace["fund"].push_back(fund_balance(v));
        double layers = 0.0;
        for (const Vector& layer : s.pot) {
            for (const double pot : layer) layers += pot;
        }
        trace["layers"].push_back(layers);
        venues_[v].open_interest.push_back(open_interest);
        venues_[v].layers.push_back(layers);
        note_depletion(v);
        trace["inventory"].push_back(carried_notional(v));
        trace["rounds"].push_back(static_cast<double>(s.step_rounds));
        trace["margin_calls"].push_back(s.step_calls);
        trace["margin_factor"].push_back(s.factor);
        trace["halted"].push_back(s.step_halted ? 1.0 : 0.0);
    }
}

void World::finish() {
    WorldResult& result = outcome_.result;
    double traded = 0.0;
    double exogenous = 0.0;
    for (const AssetMetrics& asset : result.assets) {
        traded += asset.max_drawdown;
        exogenous += asset.exogenous_max_drawdown;
    }
    if (exogenous > 0.0) result.amplification = traded / exogenous;
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        VenueState& s = venues_[v];
        if (s.cascade.open && scenario_.record.cascades) result.cascades.push_back(s.cascade.record);
        s.metrics.liquidated_accounts = s.liquidated_owners.size();
        s.metrics.adl_accounts = s.deleveraged_owners.size();
        s.metrics.fund_final_balance = fund_balance(v);
        s.metrics.insolvent = s.metrics.uncovered > 0.0 ? 1 : 0;
        s.metrics.frozen_accounts = s.frozen_owners.size();
        s.metrics.inventory_left_notional = carried_notional(v);
        for (std::size_t a = 0; a < n_assets_; ++a) {
            s.metrics.inventory_left_profit += s.carried[a].base * traded_price(v, a) - s.carried[a].cost;
        }
        finish_metrics(v);
        result.venues.push_back(s.metrics);

        const Vector price = traded_prices(v);
        std::set<std::pair<std::size_t, std::size_t>> counted;
        for (const RowState& row : s.rows) {
            const bool liquidated = s.liquidated_owners.contains(row.owner);
            CohortMetrics& cohort = result.cohorts[row.cohort];
            if (liquidated && counted.insert({row.cohort, row.owner}).second) ++cohort.liquidated_accounts;
            if (row.bore_loss) cohort.loss += row.initial_wealth + row.deposits - value_at(v, row, price).wealth;
        }
    }
    finish_assets();
    clear_network();
    // The oracle keeps the ledger too: what accounts, pots, liquidity providers and fees gained, less what came in.
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        const VenueState& s = venues_[v];
        double money = s.liquidity_cash + s.paid_out - s.metrics.uncovered - s.assessments;
        for (const Carried& carried : s.carried) money -= carried.cost;
        for (std::size_t i = 0; i < s.rows.size(); ++i)
            money += s.rows[i].cash - s.initial_cash[i] - s.rows[i].deposits;
        for (std::size_t i = 0; i < s.pot.size(); ++i) {
            for (std::size_t k = 0; k < s.pot[i].size(); ++k) money += s.pot[i][k] - s.initial_pot[i][k];
        }
        result.ledger_error = std::max(result.ledger_error, std::fabs(money) / std::max(1.0, outcome_.gross_flows));
    }
}

} // namespace plunge::oracle
