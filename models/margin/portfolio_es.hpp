// Portfolio margin by scenarios: expected shortfall, or the worst case.
// Registered as 40: PortfolioEsMargin
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "models/common/price_history.hpp"
#include "models/common/values.hpp"
#include "models/margin/context.hpp"
#include "models/margin/family.hpp"
#include "models/margin/portfolio.hpp"

namespace plunge {

enum class ScenarioMeasure { expected_shortfall, worst_case };
template <> struct EnumNames<ScenarioMeasure> {
    static constexpr std::array<std::string_view, 2> value{"expected_shortfall", "worst_case"};
};

/// Mean of the largest losses -x' r over a fixed set of return scenarios, at least zero.
class ScenarioTail {
  public:
    /// \param returns  [scenarios x assets], simple
    /// \param worst    how many of the largest losses are averaged, at least one; the last one by its fraction
    ScenarioTail(std::vector<double> returns, std::size_t assets, double worst)
        : returns_{std::move(returns)}, assets_{assets}, worst_{worst} {}

    double risk(const double* position, const double* mark) const;

  private:
    std::vector<double> returns_;
    std::size_t assets_;
    double worst_;
};

/// M = max(0, ES_alpha(-x' r)) + sum_a addon_a(|x_a|), x_a = q_a p_a: the mean of the worst (1 - alpha) S of S
/// scenarios, the last of them by its fraction; `worst_case` takes the worst one alone. Scenarios are drawn once from
/// the price process, or are the overlapping returns of a file of prices; they are the same in every world. Source:
/// Acerbi & Tasche (2002), "On the coherence of expected shortfall", J. Banking & Finance 26, 1487 (the estimator for a
/// finite sample); the worst case over scenarios is how CME's SPAN sets margin.
class PortfolioEsMargin : public PortfolioMargin<ScenarioTail> {
  public:
    static constexpr std::string_view name = "portfolio_es";
    static constexpr std::string_view equation =
        "M = max(0, mean of the worst (1 - alpha) S of -x' r_s) + sum_a addon_a(|x_a|), x_a = q_a p_a";
    static constexpr std::string_view source = "Acerbi & Tasche (2002), J. Banking & Finance 26, 1487; CME SPAN";

    struct Params : HistoryReading {
        using family = MarginFamily;
        ScenarioMeasure measure = ScenarioMeasure::expected_shortfall;
        double confidence = 0.975;
        double horizon_seconds = 86'400.0;
        std::uint64_t scenarios = 250;
        InputFile history;
        TierTable concentration;
        PriceTable table; ///< read from `history` by the scenario reader
    };
    static constexpr auto fields() {
        return std::tuple_cat(
            std::tuple{optional_field("measure", &Params::measure, Unit::none, any_number,
                                      "mean of the worst scenarios, or the worst of them"),
                       optional_field("confidence", &Params::confidence, Unit::fraction, {0.0, 1.0, false, true},
                                      "alpha of the expected shortfall"),
                       optional_field("horizon", &Params::horizon_seconds, Unit::duration, positive,
                                      "time over which returns are taken"),
                       optional_field("scenarios", &Params::scenarios, Unit::count, {1, 100'000},
                                      "number of scenarios; a history that has more is thinned out evenly"),
                       optional_field(
                           "history", &Params::history, Unit::none, any_number,
                           "CSV of prices, as for the price model replay: scenarios are its overlapping returns; drawn "
                           "from the price process where left out"),
                       optional_field(
                           "concentration", &Params::concentration, Unit::fraction, below_one,
                           "add-on for large positions: brackets of notional and marginal rate, none where left out")},
            HistoryReading::reading_fields());
    }
    static Findings check(const Params& params, const CheckContext& context);
    static MarginNeeds needs(const Params& params) {
        return {.drawn_returns = params.history.path.empty(), .returns_key = "history"};
    }
    /// Reads `history`: scenarios of a history are its returns over the horizon.
    static Findings finish(Params& params, const InputContext& context);

    PortfolioEsMargin(const Params& params, const MarginContext& context);
};

/// Overlapping simple returns over `horizon_seconds` of a table of prices, at most `count` of them, evenly spaced.
/// \return [scenarios x assets]; empty where the table is shorter than the horizon
std::vector<double> overlapping_returns(const PriceTable& table, std::size_t assets, double horizon_seconds,
                                        std::size_t count);

} // namespace plunge
