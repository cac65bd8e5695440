// Auto-deleveraging: opposite positions of winners are closed against bankrupt accounts at bankruptcy prices.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"

namespace plunge {

enum class Ranking { queue, pro_rata };
template <> struct EnumNames<Ranking> { static constexpr std::array<std::string_view, 2> value{"queue", "pro_rata"}; };

/// A winner who can be deleveraged in one asset.
struct AdlCandidate {
    std::uint32_t account;
    double quantity; ///< base, positive: most that may be taken (the position, less where its equity would not bear it)
    double position; ///< base, positive: the whole position
    double pnl_ratio; ///< unrealised profit over entry notional
    double leverage;  ///< gross notional of the account over its equity
};

/// Which winners are closed, and how much of each.
/// Source: queue: BitMEX, "Auto-Deleveraging" and Binance, "ADL": rank = PnL % x effective leverage, highest first;
/// pro_rata: in proportion to position (Chitra et al. 2025, "Autodeleveraging", compare the rules).
class AutoDeleveraging {
  public:
    static constexpr std::string_view name = "adl";
    static constexpr std::string_view equation = "queue: rank = PnL % x leverage; pro_rata: share = |q_j| / sum |q|";
    static constexpr std::string_view source = "BitMEX, \"Auto-Deleveraging\"; Binance, \"Auto-Deleveraging (ADL)\"";
    struct Params {
        Ranking ranking = Ranking::queue;
    };
    static constexpr auto fields() {
        return std::tuple{optional_field("ranking", &Params::ranking, Unit::none, any_number, "who is closed first")};
    }

    explicit AutoDeleveraging(const Params& params) : ranking_{params.ranking} {}

    /// Base quantity to take from each candidate; the sum is min(demand, what there is).
    std::vector<double> allocate(double demand, const std::vector<AdlCandidate>& candidates) const;

  private:
    Ranking ranking_;
};

} // namespace plunge
