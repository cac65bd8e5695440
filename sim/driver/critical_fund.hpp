// The smallest insurance fund with which one world survives.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/common/field.hpp"
#include "sim/engine/world_result.hpp"
#include "sim/scenario/scenario.hpp"

namespace plunge {

/// What a venue does not survive.
enum class FundEvent { adl, uncovered, socialized };
template <> struct EnumNames<FundEvent> {
    static constexpr std::array<std::string_view, 3> value{"adl", "uncovered", "socialized"};
};

/// A venue's fund, and the event that it is there to prevent.
struct FundQuestion {
    std::size_t venue = 0; ///< index into Scenario::venues
    FundEvent event = FundEvent::adl;
};

/// What of a world says that it did not survive: the event, or losses still open at the end that pots could not pay.
/// A fund that survives bears those too.
bool happened(FundEvent event, const VenueMetrics& metrics);

/// How much of it: auto-deleveraged notional, uncovered or socialized losses [quote].
double amount_of(FundEvent event, const VenueMetrics& metrics);

/// The scenario with another opening balance of a venue's insurance funds, all of them together: several funds keep
/// their proportions, a segregated fund the shares of its pots. Nothing is recorded beyond metrics.
/// \throws std::invalid_argument where the venue has no insurance fund
Scenario with_fund(Scenario scenario, std::size_t venue, double balance);

/// An opening balance far beyond what a venue could need, and a power of two, so that what is left of it keeps its last
/// digits: at least 16 times the open interest.
double ample_fund(const Scenario& scenario, std::size_t venue, double open_interest);

/// Whether the fund's size is without effect until the fund is empty, and the event happens exactly then. The smallest
/// fund with which a world survives is then the most that it draws, net of what flows in, from an ample fund. Not so
/// where margins rise as the fund is used up, where its pots are apart, or where between the fund and the event other
/// layers act.
bool draw_is_critical(const Scenario& scenario, const FundQuestion& question);

/// What a world did with an ample fund.
struct WorldDraw {
    /// Opening balance less the lowest balance in the world, or less what is left at its end of the balance and of the
    /// capital before it once losses that are still open are taken off, where that is more [quote].
    double draw = 0.0;
    double shortfall = 0.0;
    double fund_used = 0.0;
    double open_loss = 0.0; ///< still open at the end: insolvent accounts, inventory [quote]
    bool event = false;     ///< that no fund prevents

    /// Whether the world asks anything of the fund.
    bool asks() const { return shortfall > 0.0 || open_loss > 0.0; }
};

/// \param ample  the fund with which the world was run
WorldDraw draw_of(const Scenario& scenario, const FundQuestion& question, double ample, const VenueMetrics& metrics);

/// By how much, as a share, a fund that was searched for may be larger than need be.
inline constexpr double search_tolerance = 1e-4;

/// Searches, by running one world with funds of different sizes, for a size with which it survives and of which a
/// slightly smaller one is not enough. Where survival is not monotone in the fund there may be several; it returns the
/// one that it comes upon from `guess`.
/// \param guess  where to look first
/// \param ample  with which the world is known to survive
double search_critical_fund(const Scenario& scenario, const FundQuestion& question, std::uint64_t world, double guess,
                            double ample);

} // namespace plunge
