// The state of the oracle's world, and the verbs of a step. Internal to tests/differential.
#pragma once

#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "models/waterfall/adl.hpp"
#include "models/waterfall/default_fund.hpp"
#include "models/waterfall/socialized_loss.hpp"
#include "tests/differential/oracle.hpp"
#include "tests/differential/page_numbers.hpp"

namespace plunge::oracle {

/// Whole steps in a duration; scenario durations are decimal multiples of the step, which division may miss by an ulp.
inline std::size_t steps_rounded_up(double seconds, double dt) {
    return static_cast<std::size_t>(std::ceil(seconds / dt - page::part_of_a_step));
}

struct RowState {
    double cash = 0.0;
    Vector position;
    Vector collateral;
    Vector entry;
    std::size_t cohort = 0;
    std::size_t owner = 0;
    double initial_wealth = 0.0;
    double deposits = 0.0;
    Vector realised; ///< per asset: what closing positions has brought over their entry prices
    Vector frozen;   ///< collateral that an insolvent venue does not give back; empty where none is
    bool in_call = false;
    bool selling = false;              ///< has no positions, and sells collateral for what it owes
    bool bore_loss = false;            ///< liquidated, deleveraged, or charged with socialized losses
    std::vector<std::size_t> arrivals; ///< steps at which promised money comes
    std::size_t slices = 0;            ///< partial closes so far
    std::size_t last_slice = 0;        ///< step of the last one
    Vector initial_position;           ///< at the start of the world
    Vector initial_collateral;
    Vector earned;             ///< per asset: what closing and selling has brought, less what buying has cost
    std::size_t called_at = 0; ///< step of the last margin call
    bool was_liquidated = false;
    std::optional<std::pair<std::size_t, std::size_t>> short_since; ///< (step, round)

    bool has_position() const;
    bool has_collateral() const;
    bool holds_the_same_as(const RowState& other) const {
        return cash == other.cash && position == other.position && collateral == other.collateral;
    }
    void close(std::size_t asset, double quantity, double price) {
        realised[asset] += quantity * (price - entry[asset]);
    }
    bool owes_without_position() const { return cash < 0.0 && !has_position(); }
};

/// What a venue carries of one asset: taken over from accounts, to be sold part by part.
struct Carried {
    double base = 0.0;
    double cost = 0.0;                   ///< what it was taken over for
    std::map<std::size_t, double> parts; ///< by the step in which they are due
};

/// What a venue has done in its current run of steps with liquidations.
struct CascadeState {
    Cascade record;
    bool open = false;
    Vector start_log; ///< log traded price before the first round
};

struct VenueState {
    std::vector<RowState> rows;
    Vector permanent;        ///< m
    Vector transient;        ///< y
    Vector transient_before; ///< y before this step's rounds
    Vector depth;            ///< g
    Vector ema;
    Vector variance_ratio;              ///< thinning: s2 / sigma_0^2
    Vector drawdown;                    ///< thinning: u
    Vector log_at_phase3;               ///< x + m + y at phase 3 of the last step, x since t = 0
    std::vector<Vector> pot;            ///< per layer: its balance, or one per asset, or one per institution
    std::vector<Vector> end_prices;     ///< traded prices at the end of every step, what the breaker looks back at
    std::size_t breaker_origin = 0;     ///< the first step that the window may reach back to
    std::size_t halted_until = 0;       ///< last step of the halt
    std::optional<std::size_t> cut_due; ///< step of the announced reduction to a lower leverage
    bool reopening = false;             ///< the next step that is not halted is the first after a halt
    double allowance = 0.0;             ///< what is left of the step's throughput
    double liquidity_cash = 0.0;        ///< liquidity providers
    std::vector<Carried> carried;       ///< per asset
    std::vector<Vector> current_marks;  ///< per step from 0: marks at phase 3 as they would be without delay
    Vector fund_at_end;                 ///< per step from 0: what the insurance funds held
    bool adl_is_on = false;             ///< by a drawdown of those
    double factor = 1.0;                ///< on maintenance margins
    Vector review_log;                  ///< log traded price at the last review, x since t = 0
    Vector review_ratio;                ///< realised variance over expected
    double paid_out = 0.0;              ///< fees and surplus where there is no fund
    Vector initial_cash;                ///< per row
    std::vector<Vector> initial_pot;
    std::vector<Vector> assessed; ///< per layer and institution: paid beyond contributions
    double assessments = 0.0;     ///< money that came in from members' capital
    std::set<std::size_t> frozen_owners;
    bool has_frozen = false; ///< what it holds for accounts elsewhere
    VenueMetrics metrics;
    std::set<std::size_t> liquidated_owners;
    std::set<std::size_t> deleveraged_owners;
    CascadeState cascade;
    double fund_at_start = 0.0;
    double waited_after_call = 0.0; ///< steps, of called_liquidations together
    Vector open_interest;           ///< at the end of every step, from 0 on
    Vector equity;                  ///< what all accounts have together, then
    Vector paid_in;                 ///< by their holders, until then
    Vector layers;                  ///< in all pots
    std::vector<Vector> contagion;  ///< lost in, sold of
    Vector liquidated_long;         ///< per asset
    Vector liquidated_short;
    Vector deleveraged; ///< notional
    Vector deleveraged_base;
    Vector deleveraged_money;
    // of the round at hand
    double round_shortfall = 0.0;
    double round_dust = 0.0;   ///< amounts that rounding makes of zero in a round of this size
    double round_income = 0.0; ///< fees and surplus, credited after the losses
    Vector loss_of_asset;      ///< parts of round_shortfall
    Vector loss_of_cohort;
    Vector income_of_asset; ///< parts of round_income
    // of the step at hand
    bool step_halted = false;
    std::size_t step_rounds = 0;
    std::size_t step_events = 0;
    double step_notional = 0.0;
    double step_shortfall = 0.0;
    double step_adl_notional = 0.0;
    double step_calls = 0.0;
};

/// An institution in a world.
struct InstitutionRecord {
    double capital = 0.0; ///< neither contributed nor called yet
    double lost = 0.0;    ///< contributions that paid for losses, and assessments
    bool failed = false;  ///< was called for more than it had
};

/// A round's shortfall on its way through the layers.
struct LossInPassing {
    double left = 0.0;
    double dust = 0.0;
    Vector of_asset;
    Vector of_cohort;
    void reduce(double paid); ///< takes it off, alike from all parts
};

/// One row's order in a round.
struct Order {
    std::size_t row = 0;
    double fraction = 0.0;
    bool whole = false;         ///< the row had positions and all are closed
    bool is_cut = false;        ///< reduced to a lower leverage
    bool by_keepers = false;    ///< a loan that keepers take on
    double debt_fraction = 0.0; ///< of a loan's debts, that are repaid
    double repaid = 0.0;        ///< of its debt in quote
    double collateral_share = 0.0;
    double gross = 0.0; ///< G before the round
    double ratio = 0.0; ///< E / M
    Vector close;       ///< signed base of positions to close
    Vector rest;        ///< of that, what opposite accounts have not taken
    Vector sell;        ///< base of collateral to sell; once traded, what the book has taken of it
    Vector bankruptcy_price;
    Vector on_book;  ///< share of `rest` that goes to the book, per asset
    Vector unfilled; ///< signed base of positions that the book has not taken
};

/// What winners are to take over.
struct Taking {
    std::size_t asset = 0;
    double sign = 1.0;   ///< of the positions that are closed; the winners' is the opposite
    double demand = 0.0; ///< base
    double most = 0.0;   ///< base that there is to close them against
    double price = 0.0;
};

class World {
  public:
    World(const Scenario& scenario, const std::vector<std::vector<OracleRow>>& rows, std::uint64_t world,
          const Vector& log_moves, bool impact_on, std::uint64_t rounding);
    OracleOutcome run();

  private:
    // oracle.cpp: the phases of a step
    void decay();
    void arbitrage();
    void thin_depth();
    void move_ema();
    void keep_marks();
    void calls_and_top_ups(std::size_t step);
    void rounds(std::size_t step);
    void breaker(std::size_t step);
    void count_raised_margins();
    void review_margins(std::size_t step);
    void end_of_step(std::size_t step);
    void record();
    void note_contagion(std::size_t venue, const Order& order);
    void note_depletion(std::size_t venue);
    void count_open_losses(std::size_t venue);
    void finish_metrics(std::size_t venue);
    void finish_assets();
    void finish();

    // oracle_own_acts.cpp: what a venue does by itself
    bool carries(std::size_t venue) const;
    void sell_carried(std::size_t venue, std::size_t step);
    void take_over(std::size_t venue, std::size_t step, std::size_t asset, double quantity, double price);
    void book_profit(std::size_t venue, std::size_t asset, double profit);
    void announce_cut(std::size_t venue, std::size_t step, LeverageCutTrigger trigger);
    void cut_leverage(std::size_t venue, std::size_t step);

    // oracle_round.cpp: a round at one venue
    bool play_round(std::size_t venue, std::size_t step, std::size_t round);
    bool is_short(std::size_t venue, const RowState& row) const;
    std::vector<std::size_t> find_short(std::size_t venue, std::size_t step, std::size_t round);
    Order decide(std::size_t venue, std::size_t row, std::size_t step) const;
    void cut_to_throughput(std::size_t venue, std::vector<Order>& orders);
    double notional_of(std::size_t venue, const Order& order) const;
    double unfilled_notional(const Order& order, const Vector& mark) const;
    void plan_loan(std::size_t venue, Order& order) const;
    double keepers_excess(std::size_t venue, const std::vector<Order>& orders, double share, double asked) const;
    void limit_to_keepers(std::size_t venue, std::vector<Order>& orders);
    void start_losses(std::size_t venue);
    void watch_funds(std::size_t venue);
    double highest_fund(std::size_t venue) const;
    const AutoDeleveraging::Params* adl_of(std::size_t venue) const;
    double payable_before_adl(std::size_t venue, const std::vector<Order>& orders, LossInPassing loss) const;
    template <class Lacking> double sought_share(std::size_t venue, const Lacking& lacking);
    double take_from_winners(std::size_t venue, std::size_t step, const std::vector<Order>& orders,
                             const Taking& taking);
    bool deleverage_carried(std::size_t venue, std::size_t step, Vector& due);
    double lacking_if_kept(std::size_t venue, const Vector& due, const std::vector<bool>& loses, double share) const;
    void offset(std::size_t venue, std::vector<Order>& orders);
    void plan_collateral(std::size_t venue, Order& order) const;
    void note_ties(std::size_t venue, const std::vector<Order>& orders);
    void sort_by_priority(std::size_t venue, std::vector<Order>& orders) const;
    void clear(std::size_t venue, std::size_t step, std::size_t round, std::vector<Order>& orders);
    Fill send_to_book(std::size_t venue, std::vector<Order>& orders);
    void deleverage(std::size_t venue, std::size_t step, std::vector<Order>& orders);
    double book_share(std::size_t venue, const std::vector<Order>& orders);
    double lacking_if(std::size_t venue, const std::vector<Order>& orders, double share) const;
    void close_against_winners(std::size_t venue, std::size_t step, std::vector<Order>& orders, std::size_t asset,
                               bool longs, double share);
    Vector share_contracts(std::size_t venue, double demand, double ordered, double contract,
                           const std::vector<std::size_t>& winner, const Vector& size, const Vector& cap);
    void pass_waterfall(std::size_t venue);
    double socialize(std::size_t venue, const SocializedLoss::Params& params, double loss);
    double can_be_socialized(std::size_t venue, const SocializedLoss::Params& params,
                             const std::vector<Order>& orders) const;
    void pay_from_fund(std::size_t venue, std::size_t layer, LossInPassing& loss);
    void pay_from_members(std::size_t venue, std::size_t layer, LossInPassing& loss);
    double assess_members(std::size_t venue, std::size_t layer, double loss);
    Vector split_over_assets(std::size_t venue, const RowState& row, const Vector& realised, const Vector& closed,
                             const Vector& sold, double amount) const;
    void open_pots();
    Vector contributions_to(const DefaultFund::Params& fund, std::size_t venue) const;
    double haircut_base(std::size_t venue, const SocializedLoss::Params& params, const RowState& row,
                        const Vector& mark) const;
    void freeze_collateral(std::size_t failed);
    void clear_network();
    void count_liquidation(std::size_t venue, std::size_t step, std::size_t round, const Order& order);

    Valuation value_at(std::size_t venue, const RowState& row, const Vector& price) const;
    double index_price(std::size_t asset) const;
    double traded_price(std::size_t venue, std::size_t asset) const;
    double weighted_price(std::size_t asset) const;
    Vector traded_prices(std::size_t venue) const;
    Vector marks(std::size_t venue) const;
    Vector current_marks(std::size_t venue) const;
    double undisplaced_mark(std::size_t venue, std::size_t asset) const;
    const ScriptedOracle* script_of(std::size_t venue, std::size_t asset) const;
    double carried_notional(std::size_t venue) const;
    double unrealised(const RowState& row, const Vector& price) const;
    bool halted(std::size_t venue, std::size_t step) const { return step <= venues_[venue].halted_until; }
    void observe_prices();
    void observe_fund(std::size_t venue);
    double fund_balance(std::size_t venue) const;
    void flow(double money) { outcome_.gross_flows += money < 0.0 ? -money : money; }

    const Scenario& scenario_;
    const Vector& log_moves_;
    std::uint64_t world_;
    std::size_t n_assets_;
    double dt_;
    Vector sigma_;
    std::vector<Book> books_;
    std::vector<Margin> margins_;
    std::vector<VenueState> venues_;
    std::vector<InstitutionRecord> institutions_;
    Vector x_; ///< log index moves of the step at hand
    Vector peak_;
    Vector index_peak_;
    OracleOutcome outcome_;
};

} // namespace plunge::oracle
