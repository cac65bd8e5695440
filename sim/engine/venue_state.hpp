// One venue in one world: its rows, books, marks, layers and metrics, and the rules that change them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "models/impact/trade.hpp"
#include "sim/engine/inventory.hpp"
#include "sim/engine/ledger.hpp"
#include "sim/engine/lineage.hpp"
#include "sim/engine/look_ahead.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/trigger_search.hpp"
#include "sim/engine/waterfall.hpp"
#include "sim/engine/world_result.hpp"

namespace plunge {

/// One forced order, as it was decided.
struct LiquidationEntry {
    std::uint32_t step;
    std::uint32_t round; ///< from 1
    std::uint32_t venue;
    std::uint32_t row;
    double fraction; ///< of every position
};
using LiquidationLog = std::vector<LiquidationEntry>;

/// A forced order of one row within a round.
struct Order {
    std::uint32_t row = 0;
    double fraction = 0.0;         ///< of every position; of a loan's supplied assets
    double debt_fraction = 0.0;    ///< of every short position: of a loan's borrowed assets, else the same
    bool by_keepers = false;       ///< keepers settle at the mark, and trade on the book for themselves
    double repaid = 0.0;           ///< of the debt in quote, by keepers
    double collateral_share = 0.0; ///< of every collateral balance, sold on the book
    bool had_position = false;
    bool is_cut = false; ///< not short of margin, but above the leverage that is allowed now
    double equity = 0.0;
    double maintenance = 0.0;
    double gross = 0.0;
    double gross_left = 0.0; ///< of it, what is not closed against opposite accounts
    double wealth = 0.0;     ///< before haircuts, at the mark

    double share_of(double position) const { return position > 0.0 ? fraction : debt_fraction; }
    bool closes_whole() const { return (fraction == 1.0 && debt_fraction == 1.0) || !had_position; }
    void scale(double share) {
        fraction *= share;
        debt_fraction *= share;
        repaid *= share;
    }
    bool closes_something() const { return fraction > 0.0 || !had_position; }
};

/// The partial closes of one row so far.
struct PartialClose {
    std::uint32_t count = 0;
    std::uint32_t last_step = 0;
};

/// An order as the search for the share that goes to the book sees it: nothing of it moves while that is sought.
struct PlannedOrder {
    std::uint32_t row = 0;
    double cash = 0.0;
    bool may_fall_short = false; ///< nothing is left of it: what its cash is below zero is a shortfall
    std::size_t lines_end = 0;   ///< one past its last line
};
struct PlannedLine {
    std::size_t asset = 0;
    double quantity = 0.0;         ///< that the book or winners take [base, signed]
    double bankruptcy_price = 0.0; ///< at which winners do
    double from_opposite = 0.0;    ///< what opposite accounts have paid for the rest [quote]
    double collateral_sold = 0.0;  ///< [base]
};

/// Rows that have a long, or a short, position in an asset before the first step, ascending, with their entry prices.
/// No row ever gets a position that it did not have then.
struct OpeningSide {
    std::vector<std::uint32_t> row;
    std::vector<double> entry;
};

/// The longs or the shorts of one asset that a round closes.
struct AdlSide {
    std::size_t asset = 0;
    double side = 1.0;    ///< of the orders' positions
    double ordered = 0.0; ///< all that is closed [base]
    double needed = 0.0;  ///< what winners are to take of it [base]
    double price = 0.0;   ///< mean of the bankruptcy prices
};

/// When and where a round takes place.
struct RoundContext {
    std::size_t step;
    std::size_t round; ///< from 1
    std::uint32_t venue;
    const double* index_price; ///< [A] exp(x): the displacement-free price
    const IndexPath* path;
    LiquidationLog* log;
    std::function<void()> move_marks; ///< sets the marks of all venues to the prices there are now
};

class VenueState {
  public:
    VenueState(const Market& market, std::uint32_t venue, Search search);

    // ---- a world's life --------------------------------------------------------------------------------------------

    /// Puts everything back to the start. Undoes what the last world changed where the population is the same.
    /// \param lineage, institutions  as they start the world; must outlive it
    void begin_world(const Population& population, const Lineage& lineage, bool impact,
                     std::vector<InstitutionState>& institutions);

    // ---- steps in which nothing happens ----------------------------------------------------------------------------

    /// Steps from `t` on for which the venue's rules stay as they are: it neither reopens nor changes its margins.
    std::size_t steps_until_change(std::size_t t) const;

    /// Enters the steps that `ahead` has looked at, from `t` on.
    /// \return the first k < limit in which this venue has something to do: an account to call or to liquidate, money
    ///         that arrives, a breaker that trips; `limit` where there is none
    std::size_t first_event(std::size_t t, std::size_t limit, const LookAhead& ahead, const IndexPath& path);

    /// Lets `count` steps from `t` on go by.
    void pass(std::size_t t, std::size_t count);

    // ---- steps in which something happens --------------------------------------------------------------------------

    void begin_step(std::size_t t);

    /// Phase 5.
    void call_margins(std::size_t t, const IndexPath& path);

    /// Whether trading is halted in the current step.
    bool halted() const { return halted_; }

    /// Phase 6, before its rounds: sells what is due of what the venue carries; reduces accounts above a lower
    /// leverage.
    void act_by_itself(const RoundContext& context);

    /// Phase 6: one round; false where nobody had to sell.
    bool round(const RoundContext& context);

    /// Collateral held at a venue that has become insolvent is out of reach.
    void freeze_collateral_held_at(std::size_t venue);

    /// Breakers of phase 7 and the bookkeeping of cascades.
    void end_step(std::size_t t);

    /// The rest of phase 7, in every step: the review of the margin factor, where it is due.
    void review_margin(std::size_t t);
    void end_world();

    // ---- what the world and the records read -----------------------------------------------------------------------

    const VenueModel& model() const { return model_; }
    VenuePrices& prices() { return prices_; }
    const VenuePrices& prices() const { return prices_; }
    double depth_multiplier(std::size_t asset) const { return prices_.book.depth_multiplier[asset]; }
    /// The larger side of an asset's open positions [base].
    double open_base(std::size_t asset) const { return std::max(long_base_[asset], short_base_[asset]); }
    double open_interest() const;
    double fund_balance() const { return waterfall_.fund_balance(); }
    double initial_fund_balance() const { return plunge::initial_fund_balance(model_.layers); }
    double layers_balance() const { return waterfall_.balance(); }
    bool insolvent() const { return metrics_.insolvent != 0; }
    /// What a cohort's accounts lose if the venue's debt falls on those it owes, pro rata to wealth; at the end.
    double lost_with_venue(std::size_t cohort) const;
    double step_notional() const { return step_notional_; }
    double step_shortfall() const { return step_shortfall_; }
    double step_adl_notional() const { return step_adl_notional_; }
    std::uint64_t step_rounds() const { return step_rounds_; }
    std::uint64_t step_margin_calls() const { return step_margin_calls_; }
    double margin_factor() const { return margin_factor_; }
    /// What the venue carries, at its marks, long and short added up.
    double inventory_notional() const;
    const VenueMetrics& metrics() const { return metrics_; }
    std::vector<Cascade>& cascades() { return cascades_; }
    double ledger_error() const;
    void add_cohort_metrics(std::vector<CohortMetrics>& cohorts) const;
    /// What was lost since the start by rows that this world changed, per cohort; call at the end.
    void add_cohort_losses(std::vector<CohortMetrics>& cohorts) const;

  private:
    // rows (rows.cpp)
    void restore_rows();
    void touch(std::uint32_t row);
    void row_changed(std::uint32_t row);
    void set_position(std::uint32_t row, std::size_t asset, double quantity);
    void set_collateral(std::uint32_t row, std::size_t asset, double quantity);
    double wealth(std::uint32_t row, const std::vector<double>& price) const;
    double gross(std::uint32_t row) const;
    bool is_solvent(std::uint32_t row) const;
    const OpeningSide& opening_side(std::size_t asset, double side);
    const Outlook& outlook() const;
    void search(TriggerSearch& trigger, std::size_t t, const IndexPath& path, std::vector<std::uint32_t>& found);
    std::size_t first_trigger(TriggerSearch& trigger, std::size_t t, std::size_t limit, const LookAhead& ahead,
                              const IndexPath& path, std::uint8_t passed_over);
    std::size_t first_call_event(std::size_t t, std::size_t limit, const LookAhead& ahead, const IndexPath& path);
    bool stays_in_call(std::uint32_t row, const double* mark) const;
    std::size_t first_trip(std::size_t t, std::size_t limit, const LookAhead& ahead);
    bool breaker_trips(std::size_t t) const;
    void end_cascade();
    void set_margin_factor(double factor);

    // what the venue carries (carrying.cpp)
    bool carries() const { return model_.liquidation.execution == OrderExecution::twap; }
    void sell_inventory(const RoundContext& context);
    void take_over(std::size_t asset, double quantity, double price);
    void note_inventory_profit(std::size_t asset, double profit);

    // closing against opposite accounts (offsetting.cpp)
    void offset(std::vector<Order>& orders);
    double find_opposite(std::size_t asset, double side);
    void close_opposite(std::size_t asset, double share);

    // orders (orders.cpp)
    bool is_short(std::uint32_t row) const;
    bool has_debt_to_sell_for(std::uint32_t row) const;
    void note_debt(std::uint32_t row);
    void find_short_rows(const RoundContext& context);
    Order decide(std::uint32_t row) const;
    void measure(Order& order) const;
    void set_collateral_sale(Order& order) const;
    void sort_by_priority(std::vector<Order>& orders);
    bool fit_into_throughput(Order& order);
    double closing_notional(const Order& order) const;
    void note_liquidation(const RoundContext& context, const Order& order);

    // reductions to a lower leverage (leverage_cut.cpp)
    void announce_leverage_cut(std::size_t t, LeverageCutTrigger trigger);
    void cut_leverage(const RoundContext& context);

    // loans (keepers.cpp)
    void limit_to_keepers(std::vector<Order>& orders);
    double keepers_excess(const std::vector<Order>& orders, double share, double asked) const;
    void pay_keepers(double profit);

    // clearing (clearing.cpp)
    void clear(std::vector<Order>& orders);
    void begin_turn();
    void add_book_quantities(const std::vector<Order>& orders, std::vector<double>& quantity) const;
    void trade(const std::vector<double>& quantity, Execution& execution) const;
    void commit_trade(const std::vector<double>& quantity, const Execution& execution);
    void settle(const Order& order, const Execution& execution);

    // auto-deleveraging (deleveraging.cpp)
    void deleverage(const std::vector<Order>& orders);
    double book_share(const std::vector<Order>& orders);
    void plan(const std::vector<Order>& orders);
    Loss shortfall_at(double share);
    bool before_adl_can_pay(double share, LossBearers& bearers);
    void close_against_winners(const std::vector<Order>& orders, double share);
    void find_winners();
    double take_from_winners(const AdlSide& sum, const std::vector<std::uint32_t>& winners);
    double bankruptcy_price(const Order& order, std::size_t asset) const;
    double left_of(const Order& order, std::size_t asset) const;

    // losses (losses.cpp)
    void absorb_losses();
    double rounding_room() const;
    void split_by_asset(std::uint32_t row, const double* closed, const double* sold, double amount,
                        std::vector<double>& by_asset) const;
    void note_shortfall(std::uint32_t row, double amount);
    void note_income(double amount, const std::vector<double>& notional);
    SolventAccounts solvent_accounts();
    const std::vector<AccountClaim>& claims();
    void charge(const std::vector<double>& payment);

    static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

    const Market& market_;
    const VenueModel& model_;
    std::uint32_t venue_;
    std::size_t assets_;
    const Lineage* lineage_ = nullptr;
    bool impact_ = true;

    // rows
    const Population* population_ = nullptr;
    std::uint64_t population_world_ = 0; // which it was drawn for
    const AccountRows* start_ = nullptr;
    AccountRows rows_; // cash, position, collateral, weight; the rest is read from *start_
    std::vector<std::uint32_t> touched_;
    std::vector<std::uint8_t> is_touched_;
    std::vector<std::uint8_t> row_flags_;
    std::vector<std::uint8_t> owner_flags_;
    std::vector<double> paid_in_;         // per row, by top-ups; empty where nobody tops up
    std::vector<PartialClose> closes_;    // per row; empty where the policy does not ask
    std::vector<double> start_long_base_; // [A], and what it is now: open interest by side
    std::vector<double> start_short_base_;
    std::vector<double> long_base_;
    std::vector<double> short_base_;

    VenuePrices prices_;
    mutable Outlook outlook_;
    std::vector<const double*> marks_ahead_; // [A], scratch
    std::vector<double> mark_now_;

    // dynamic margin
    double margin_factor_ = 1.0;
    std::vector<double> review_price_;    // [A] at the last review
    std::vector<double> review_variance_; // [A] realised over sigma_0^2

    std::size_t cut_due_ = never; // step of the announced reduction to a lower leverage

    // margin calls
    std::vector<std::uint32_t> in_call_;
    std::vector<std::pair<std::size_t, std::uint32_t>> top_ups_due_; // (step, row), ascending
    TriggerSearch warning_search_;

    // rounds
    TriggerSearch margin_search_;
    std::vector<std::uint32_t> short_rows_;
    std::vector<std::uint32_t> sales_in_progress_;
    std::vector<std::pair<std::uint32_t, std::uint64_t>> short_since_; // (row, time found), by row; for priority = age
    std::vector<Order> orders_;
    std::vector<double> quantity_;
    Execution execution_;
    std::vector<std::uint8_t> in_orders_;    // per row
    std::vector<double> offset_share_;       // [2 x A]: of orders, closed against opposite accounts; long then short
    std::vector<double> adl_share_;          // [2 x A]: of the rest, closed against winners
    std::vector<std::uint32_t> opposite_;    // rows that orders are offset against
    std::vector<OpeningSide> opening_sides_; // [2 x A], long then short; empty until they are asked for
    std::vector<PlannedOrder> planned_orders_;
    std::vector<PlannedLine> planned_lines_;
    Execution trial_;
    std::vector<AdlSide> adl_sides_;
    std::vector<std::vector<std::uint32_t>> winners_; // per side: rows
    std::vector<AdlCandidate> adl_candidates_;
    std::size_t step_ = 0;
    double throughput_left_ = 0.0;
    double round_gross_ = 0.0;
    Loss round_loss_;
    Income round_income_;                // fees and surplus, credited after losses
    std::vector<double> closed_;         // [A] of the row at hand: positions closed [base]
    std::vector<double> sold_;           // [A] collateral sold [base]
    std::vector<double> asset_notional_; // [A] what income is split by

    // losses
    Waterfall waterfall_;
    std::vector<InstitutionState>* institutions_ = nullptr;
    std::vector<AccountClaim> claims_;
    std::vector<std::uint32_t> claimants_; // rows of claims_
    Ledger ledger_;
    Inventory inventory_;

    // breaker
    bool halted_ = false;
    std::size_t halted_until_ = 0; // first step in which trading is open again
    std::size_t window_start_ = 0;
    std::vector<double> breaker_price_; // [T+1 x A]

    // metrics
    VenueMetrics metrics_;
    std::vector<CohortMetrics> cohort_metrics_;
    std::vector<Cascade> cascades_;
    bool in_cascade_ = false;
    Cascade cascade_;
    std::vector<double> cascade_start_price_;
    double step_notional_ = 0.0;
    double step_shortfall_ = 0.0;
    double step_adl_notional_ = 0.0;
    std::uint64_t step_rounds_ = 0;
    std::uint32_t step_liquidations_ = 0;
    std::uint64_t step_margin_calls_ = 0;
};

} // namespace plunge
