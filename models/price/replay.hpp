// One historical path, the same in every world.
// Registered as 30: Replay
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/price_history.hpp"
#include "models/common/values.hpp"
#include "models/price/family.hpp"
#include "models/price/innovations.hpp"

namespace plunge {

/// Log returns of a file of closes, started at the scenario's prices; linear in log price between the file's times.
/// Source: the file. All worlds see the same prices: only behaviour and liquidation differ, so that one world says all.
class Replay {
  public:
    static constexpr std::string_view name = "replay";
    static constexpr std::string_view equation =
        "log S_a(t) = log price_a + log close_a(start + t) - log close_a(start)";
    static constexpr std::string_view source = "the file named by `file`";

    struct Params : HistoryReading {
        using family = PriceFamily;
        InputFile file;
        std::string start;
        PerAsset volatility;
        PriceTable table;           ///< read from `file` by the scenario reader
        double start_seconds = 0.0; ///< `start` resolved by the scenario reader
    };
    static constexpr auto fields() {
        return std::tuple_cat(
            std::tuple{required_field(
                           "file", &Params::file, Unit::none, any_number,
                           "CSV of closes: a time column (`time`, `timestamp`, `datetime`, `date`, `close_time` or "
                           "`open_time`: ISO 8601, or seconds, milliseconds, microseconds or nanoseconds since 1970) "
                           "and one column per asset symbol"),
                       optional_field("start", &Params::start, Unit::none, any_number,
                                      "time at which the run starts, as in the file; the first row where left out"),
                       optional_field(
                           "volatility", &Params::volatility, Unit::per_year, positive,
                           "annualised volatility that thinning and square-root impact refer to; measured on the file "
                           "where left out")},
            HistoryReading::reading_fields());
    }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    /// Reads `file`, and finds `start` in it.
    static Findings finish(Params& params, const InputContext& context);
    static constexpr bool is_drawn = false;
    static DiffusionParams* diffusion(Params& /*params*/) { return nullptr; }

    Replay(const Params& params, std::size_t assets, double step_seconds);

    static constexpr bool any_step = true;
    struct State {};

    /// None: nothing is drawn.
    const Drivers& drivers() const { return drivers_; }
    void start(State& /*state*/) const {}
    void returns(State& state, const InnovationBlock& block, double* out, std::size_t stride) const;

    double total_volatility(std::size_t asset) const { return volatility_[asset]; }

    /// Factor of the correlation measured on the file's returns.
    const SquareMatrix& factor() const { return factor_; }

    /// Steps that the file covers from its start.
    std::size_t steps_covered() const;

  private:
    SquareMatrix summed_return_products() const;
    double log_close(double seconds, std::size_t asset) const;

    std::size_t assets_;
    double step_seconds_;
    double start_;
    std::vector<double> seconds_;
    std::vector<double> log_closes_; // [rows x assets]
    std::vector<double> volatility_;
    SquareMatrix factor_;
    Drivers drivers_;
};

} // namespace plunge
