// What one world leaves behind. `result_columns` names every member once for files, summaries and checks.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "models/waterfall/loss.hpp"

namespace plunge {

inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Metrics of one venue in one world; for all venues together they are summed, or the largest or smallest is taken.
struct VenueMetrics : LossMetrics {
    std::uint64_t liquidated_accounts = 0;
    std::uint64_t liquidations = 0;
    double liquidated_notional = 0.0;
    double liquidated_long_notional = 0.0;
    double liquidated_short_notional = 0.0;
    double endogenous_notional = 0.0;
    std::uint64_t margin_calls = 0;
    std::uint64_t top_ups = 0;
    double top_up_amount = 0.0;
    std::uint64_t cascades = 0;
    double largest_cascade_notional = 0.0;
    std::uint64_t max_rounds = 0;
    double shortfall = 0.0;
    double fees = 0.0;
    double surplus = 0.0;
    double fund_min_balance = 0.0;
    double fund_final_balance = 0.0;
    double adl_contracts = 0.0;
    double adl_notional = 0.0;
    double adl_pnl_given_up = 0.0;
    double adl_loss = 0.0;
    double adl_overshoot_contracts = 0.0;
    double adl_overshoot_notional = 0.0;
    double adl_overshoot_pnl = 0.0;
    std::uint64_t adl_accounts = 0;
    double uncovered = 0.0;
    std::uint64_t insolvent = 0;
    std::uint64_t open_insolvent_accounts = 0;
    double open_insolvent_loss = 0.0;
    double open_loss_unpaid = 0.0;
    double loss_beyond_bankruptcy = 0.0;
    std::uint64_t leverage_cuts = 0;
    double leverage_cut_notional = 0.0;
    double offset_notional = 0.0;
    double inventory_profit = 0.0;
    double max_inventory_notional = 0.0;
    double inventory_left_notional = 0.0;
    double inventory_left_profit = 0.0;
    double inventory_left_loss = 0.0;
    double keeper_profit = 0.0;
    std::uint64_t keeper_limits = 0;
    std::uint64_t margin_raises = 0;
    std::uint64_t raised_margin_steps = 0;
    double max_margin_factor = 1.0;
    std::uint64_t frozen_accounts = 0;
    double frozen_value = 0.0;
    std::uint64_t halts = 0;
    std::uint64_t halted_steps = 0;
    double first_liquidation_step = not_a_number;
    double first_adl_step = not_a_number;
    double fund_exhausted_step = not_a_number;
    double liquidation_to_exhaustion_seconds = not_a_number;
    std::uint64_t called_liquidations = 0;
    double call_to_liquidation_seconds = not_a_number;
    double worst_step_equity_loss = 0.0;
    double worst_hour_equity_loss = 0.0;
    double leverage_at_start = 0.0;
    double max_leverage = 0.0;
    double layer_cover_at_start = not_a_number;
    double min_layer_cover = not_a_number;
    double peak_step_notional = 0.0;
    double branching_ratio = not_a_number;
    double contagion_notional = 0.0;
    double contagion_share = not_a_number;
};

/// A maximal run of steps with forced liquidations at one venue.
struct Cascade {
    std::uint32_t venue = 0;
    std::uint32_t first_step = 0;
    std::uint32_t last_step = 0;
    std::uint32_t rounds = 0;
    std::uint32_t accounts = 0; ///< liquidation events
    double notional = 0.0;
    double shortfall = 0.0;
    std::vector<double> price_move; ///< [assets], log traded price at the end less at the start
};

/// Metrics of one cohort in one world.
struct CohortMetrics {
    std::uint64_t liquidated_accounts = 0;
    double liquidated_notional = 0.0;
    double loss = 0.0; ///< wealth lost from start to end, deposits counted in; negative is a gain [quote]
    double adl_pnl_given_up = 0.0;
    double adl_notional = 0.0;
};

/// Per-asset metrics of one world; traded prices are depth-weighted over venues.
struct AssetMetrics {
    double min_price = 0.0;
    double max_drawdown = 0.0;           ///< of the traded price: 1 - trough / peak before it
    double exogenous_max_drawdown = 0.0; ///< of the index path, which no trading moves
    double final_price = 0.0;
    double liquidated_long_notional = 0.0;
    double liquidated_short_notional = 0.0;
    double adl_notional = 0.0;
    double adl_price = not_a_number; ///< mean by quantity
};

/// What the same path would have done without impact.
struct CounterfactualMetrics {
    std::uint64_t liquidated_accounts = 0;
    double liquidated_notional = 0.0;
    double shortfall = 0.0;
    double uncovered = 0.0;
    double loss_beyond_bankruptcy = 0.0;
    double contagion_notional = 0.0;
};

/// How the institutions cleared what they owe one another; zero where nobody was hurt.
struct NetworkMetrics {
    std::uint64_t institution_defaults = 0;
    std::uint64_t contagion_defaults = 0;
    double creditor_losses = 0.0;
};

struct WorldResult {
    std::vector<VenueMetrics> venues;
    std::vector<CohortMetrics> cohorts;
    std::vector<AssetMetrics> assets;
    std::vector<Cascade> cascades;
    /// [A x A] notional that was liquidated of asset j by accounts that had lost in asset i, row i, over all venues;
    /// empty: zero.
    std::vector<double> contagion;
    CounterfactualMetrics counterfactual;         ///< zero unless record.counterfactual
    std::vector<double> counterfactual_contagion; ///< like `contagion`
    NetworkMetrics network;
    double amplification = not_a_number; ///< mean traded over mean exogenous max_drawdown across assets
    double ledger_error = 0.0;           ///< largest money imbalance over gross flows, over venues
};

/// All metrics of all venues together.
VenueMetrics combine_venues(const std::vector<VenueMetrics>& venues);

} // namespace plunge
