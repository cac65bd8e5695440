// How large an insurance fund has to be: the smallest with which a venue survives with a given probability.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/driver/critical_fund.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/stats/exceedance.hpp"
#include "sim/stats/quantile_interval.hpp"

namespace plunge {

struct SizingOptions {
    FundQuestion question;
    double survive = 0.999;
    double confidence = 0.95;
    std::uint64_t worlds = 1000;     ///< to begin with
    std::uint64_t max_worlds = 1000; ///< worlds are doubled up to here as long as `precision` is not reached
    double precision = 0.0;          ///< half-width of the interval over the point; zero: `worlds`, whatever it is
    bool verify = true;              ///< run the worlds again with the funds that were found
    /// Worlds run again per size, those whose critical fund is nearest to it, and with the scenario's own fund, the
    /// first ones; zero: all that ever touch the fund.
    std::uint64_t verify_worlds = 0;
    bool curve = false; ///< run the worlds with funds of many sizes
    unsigned threads = 0;
    const std::atomic<bool>* stop = nullptr;
    /// What is being done, and how far it has got.
    std::function<void(std::string_view stage, std::uint64_t done, std::uint64_t all)> progress = {};
};

/// Worlds run with one size of the fund, and what their critical funds said of them.
struct FundCheck {
    double fund = 0.0;
    std::uint64_t run = 0;       ///< worlds that were run; the others never touch the fund, or were not asked for
    std::uint64_t predicted = 0; ///< of those, worlds whose critical fund is larger
    std::uint64_t counted = 0;   ///< of those, worlds in which the event happened
    std::vector<std::uint64_t> differing;

    bool agrees() const { return predicted == counted; }
};

/// The event counted in runs with one fund after the other.
struct CountedFund {
    double fund = 0.0;
    std::uint64_t events = 0;
};

/// All worlds with a fund of one size: how often the event happens, and how large it is on average.
struct FundCurvePoint {
    double fund = 0.0;
    Exceedance event;        ///< probability, exact interval
    double amount = 0.0;     ///< mean over all worlds of auto-deleveraged notional, or of the loss of the event [quote]
    double error = 0.0;      ///< its standard error
    double event_fall = 0.0; ///< how much less likely the event is with the next fund, over the difference of the funds
    double amount_fall = 0.0; ///< likewise of the amount, world by world; NaN of the last fund, both
    double fall_error = 0.0;
};

/// What a single run with the scenario's own fund says: the sizing that people do by hand.
struct NaiveSizing {
    double fund = 0.0;        ///< the scenario's
    std::uint64_t worlds = 0; ///< the first so many
    std::uint64_t events = 0;
    std::uint64_t predicted = 0;     ///< by the critical funds
    double fund_used_quantile = 0.0; ///< at `survive`
    double shortfall_quantile = 0.0;
};

struct SizedFund {
    SizingOptions options;
    bool draw_is_critical = false;
    double ample = 0.0;
    std::vector<double> critical; ///< per world, in their order; infinite where no fund prevents the event
    std::vector<WorldDraw> draws;
    std::uint64_t searched = 0; ///< worlds whose critical fund was searched for, with one fund after the other
    QuantileEstimate answer;    ///< of the critical fund at `survive`
    bool precise = true;        ///< the precision asked for is reached
    std::vector<FundCheck> checks;
    std::vector<CountedFund> counted; ///< not empty where survival is not monotone: `answer` is then read off it
    std::optional<NaiveSizing> naive;
    std::vector<FundCurvePoint> curve; ///< by size: none, the scenario's own, the answer, and quantiles of `critical`
    bool interrupted = false;          ///< `critical` is a complete prefix of what was asked for; nothing is verified
    double seconds = 0.0;              ///< wall time of the first runs, with the ample fund

    std::vector<double> sorted() const;
};

/// Sizes a venue's insurance fund with common random numbers: world w sees the same paths and accounts whatever the
/// fund. Each has a critical fund, the smallest opening balance with which it survives, so that the fund that survives
/// with probability `survive` is the quantile of critical funds, with the distribution-free interval of a quantile.
///
/// The fund acts back on the market, so survival need not be monotone in it. The worlds are therefore run again with
/// the fund that was found and with both ends of its interval: the events that are counted must be those that the
/// critical funds say. Where they are not, the answer is read off counted runs with many sizes instead: the smallest
/// size from which on no size that was run has more events than the request allows, the ends of the interval likewise.
///
/// Depends on the scenario and the numbers of worlds alone, not on threads.
/// \throws std::invalid_argument where the venue has no insurance fund
SizedFund size_fund(const Scenario& scenario, const SizingOptions& options);

} // namespace plunge
