// Auto-deleveraging: opposite positions of winners are closed against bankrupt accounts at bankruptcy prices.
// Registered as 40: AutoDeleveraging
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"
#include "models/waterfall/allocation.hpp"
#include "models/waterfall/family.hpp"
#include "models/waterfall/loss.hpp"

namespace plunge {

enum class Ranking { queue, pro_rata, integer_pro_rata, largest_first };
template <> struct EnumNames<Ranking> {
    static constexpr std::array<std::string_view, 4> value{"queue", "pro_rata", "integer_pro_rata", "largest_first"};
};

enum class AdlTrigger { empty, drawdown };
template <> struct EnumNames<AdlTrigger> {
    static constexpr std::array<std::string_view, 2> value{"empty", "drawdown"};
};

/// A winner who can be deleveraged in one asset.
struct AdlCandidate {
    std::uint32_t account;
    double quantity; ///< base, positive: most that may be taken (the position, less where its equity would not bear it)
    double position; ///< base, positive: the whole position
    double pnl_ratio; ///< unrealised profit over entry notional
    double leverage;  ///< gross notional of the account over its equity
};

/// What is to be closed in one asset.
struct AdlDemand {
    double needed; ///< base, positive
    double limit;  ///< base, at least `needed`: there are no more opposite contracts to close winners against
    std::size_t asset = 0;
};

/// Which winners are closed, and how much of each.
///
/// `queue` and `largest_first` go from winner to winner: by profit times leverage, or by size of position. With
/// `whole_positions` the last one reached gives all that may be taken of it, not only what is missing. `pro_rata` takes
/// the same share of every position; `integer_pro_rata` does so in whole contracts: every winner gives the whole part
/// of its share, and the contracts that are missing then come one each from the largest remainders. The number of
/// contracts is what is needed, rounded up where there is something to close them against, else down.
///
/// With `trigger = "empty"` winners bear what the layers before cannot; with `"drawdown"` also what would take the
/// insurance funds below `1 - start` of the most that they held within `over`, until they are back at `1 - stop` of it.
///
/// Source: queue: BitMEX, "Auto-Deleveraging" and Binance, "ADL": rank = PnL % x effective leverage, highest first;
/// Hyperliquid docs, "Auto-deleveraging": ranked by unrealised profit and leverage used. The others are compared with
/// it by Chitra et al. (2025), "Autodeleveraging: Impossibilities and Optimization", who find that queues close far
/// more than is needed. Drawdown: Bybit API documentation, "Get ADL Alert". Largest remainders: Hamilton's method of
/// apportionment, Balinski & Young (1982), Fair Representation.
class AutoDeleveraging {
  public:
    static constexpr std::string_view name = "adl";
    static constexpr std::string_view equation =
        "queue: rank = PnL % x leverage; largest_first: rank = |q_j|; pro_rata: "
        "share = |q_j| / sum |q|; integer_pro_rata: the same in whole "
        "contracts, by largest remainders";
    static constexpr std::string_view source = "BitMEX, \"Auto-Deleveraging\"; Binance, \"Auto-Deleveraging (ADL)\"; "
                                               "Chitra et al. (2025), \"Autodeleveraging\"; trigger: Bybit API "
                                               "documentation, \"Get ADL Alert\"";
    struct Params {
        using family = WaterfallFamily;
        Ranking ranking = Ranking::queue;
        double max_share = 1.0;
        bool whole_positions = false;
        PerAsset contract{};
        AdlTrigger trigger = AdlTrigger::empty;
        double start = 0.30;
        double stop = 0.25;
        double over_seconds = 8.0 * 3600.0;
    };
    static constexpr auto fields() {
        return std::tuple{
            optional_field("ranking", &Params::ranking, Unit::none, any_number, "who is closed first"),
            optional_field("max_share", &Params::max_share, Unit::fraction, {0.0, 1.0, true, false},
                           "most of a winner's position that one round takes; the rest goes to the book after all"),
            optional_field("whole_positions", &Params::whole_positions, Unit::none, any_number,
                           "queue and largest_first: the last winner reached is closed as far as it may be, not only "
                           "as far as it is needed"),
            optional_field("contract", &Params::contract, Unit::base, positive,
                           "integer_pro_rata: size of a contract, per asset"),
            optional_field("trigger", &Params::trigger, Unit::none, any_number,
                           "empty: winners bear what the layers before cannot; drawdown: also what the insurance funds "
                           "would fall by beyond `start`"),
            optional_field(
                "start", &Params::start, Unit::fraction, {0.0, 1.0, true, false},
                "drawdown: fall of the insurance funds, from the most that they held within `over`, at which "
                "winners bear all further losses"),
            optional_field("stop", &Params::stop, Unit::fraction, unit_interval,
                           "drawdown: fall from which on they bear them no longer; below `start`"),
            optional_field("over", &Params::over_seconds, Unit::duration, positive,
                           "drawdown: time over which the most that the funds held is looked for")};
    }
    static Findings check(const Params& params, const CheckContext& context);
    static LayerNeeds needs(const Params& params) {
        return {.to_be_alone = true, .counterparties = true, .fund = params.trigger == AdlTrigger::drawdown};
    }
    static double initial_balance(const Params& /*params*/) { return 0.0; }

    explicit AutoDeleveraging(const Params& params) : params_{params} {}
    AutoDeleveraging(const Params& params, const LayerStart& /*start*/) : AutoDeleveraging(params) {}

    // It acts before a round is traded, and has nothing to pay of what is left after that.
    double balance() const { return 0.0; }
    double payable(Loss& /*loss*/, LossBearers& /*bearers*/) const { return 0.0; }
    void pay(Loss& /*loss*/, LossBearers& /*bearers*/, LossMetrics& /*metrics*/) const {}

    /// Whether winners are reached in the order of falling score_of().
    bool ranks_by_leverage() const { return params_.ranking == Ranking::queue; }
    static double score_of(const AdlCandidate& winner) { return winner.pnl_ratio * winner.leverage; }

    /// Most that one round may take of a position, where equity bears `bearable` [base].
    double most_of(double position, double bearable) const;

    /// Base quantity to take from each candidate. Their sum is min(needed, what there is), but for whole contracts and
    /// whole positions, which may go beyond as far as `limit`, and contracts may fall short by less than one.
    std::vector<double> allocate(const AdlDemand& demand, const std::vector<AdlCandidate>& candidates) const;

    /// Memory of the next, which is kept from call to call.
    struct Work {
        struct Ranked {
            double score;
            std::uint32_t candidate;
        };
        std::vector<double> taken; ///< the answer
        std::vector<Ranked> order;
        std::vector<double> weight;
        std::vector<double> cap;
        ProRataWork shares;
        std::vector<double> contracts;
        std::vector<std::uint32_t> remainders;
    };
    /// The same, into work.taken.
    void allocate(const AdlDemand& demand, const std::vector<AdlCandidate>& candidates, Work& work) const;

  private:
    void in_rank_order(const AdlDemand& demand, const std::vector<AdlCandidate>& candidates, Work& work) const;
    void pro_rata(const AdlDemand& demand, const std::vector<AdlCandidate>& candidates, Work& work) const;
    void in_contracts(const AdlDemand& demand, const std::vector<AdlCandidate>& candidates, Work& work) const;

    Params params_;
};

} // namespace plunge
