// Liquidation of loans: keepers repay part of the debt and take collateral at a discount.
// Registered as 40: CloseFactorLiquidation
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <tuple>

#include "models/contract/linear.hpp"
#include "models/liquidation/common.hpp"
#include "models/liquidation/family.hpp"

namespace plunge {

/// With C the value of what a loan has supplied and D the value of its debts (borrowed assets, and negative cash),
/// keepers repay R = min(factor D, C / (1 + bonus)) and receive collateral worth (1 + bonus) R, all at the mark, pro
/// rata by value; the factor is `close_factor`, and one where the health factor (C - M) / D is below `full_below`. They
/// sell what they get and buy what they repay on the book, and act only as far as that pays: see keepers' share in
/// sim/README.md. A loan without collateral is written off. Source: Aave v3 documentation, "Liquidations": up to 50 %
/// of the debt per call, 100 % below a health factor of 0.95.
class CloseFactorLiquidation {
  public:
    static constexpr std::string_view name = "close_factor";
    static constexpr std::string_view equation =
        "repay R = min(factor D, C / (1 + bonus)) for collateral worth (1 + bonus) R, as far as keepers profit";
    static constexpr std::string_view source = "Aave v3 documentation, \"Liquidations\"";

    struct Params {
        using family = LiquidationFamily;
        double close_factor = 0.5;
        double full_below = 0.95;
        double bonus = 0.05;
        double min_profit = 0.0;
    };
    static constexpr auto fields() {
        return std::tuple{optional_field("close_factor", &Params::close_factor, Unit::fraction, {0.0, 1.0, true, false},
                                         "most of a loan's debt that is repaid at a time"),
                          optional_field("full_below", &Params::full_below, Unit::none, unit_interval,
                                         "below this health factor all of the debt may be repaid at once"),
                          optional_field("bonus", &Params::bonus, Unit::fraction, not_negative,
                                         "collateral that keepers receive beyond what they repay, as a share of it"),
                          optional_field("min_profit", &Params::min_profit, Unit::fraction, not_negative,
                                         "keepers act while they earn this share of what they repay, after slippage")};
    }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static LiquidationNeeds needs(const Params& /*params*/) { return {.loans = true}; }

    explicit CloseFactorLiquidation(const Params& params) : params_{params} {}

    /// What keepers do with one loan.
    template <class Rule> LoanClose close(const LiquidationView<Rule>& loan) const {
        double collateral = 0.0;
        double debt = std::max(0.0, -loan.account.cash);
        for (std::size_t a = 0; a < loan.assets; ++a) {
            const double value = LinearContract::value(loan.account.position[a], loan.mark[a]);
            (value > 0.0 ? collateral : debt) += std::fabs(value);
        }
        if (!(collateral > 0.0)) return {.supplied_share = 1.0, .debt_share = 1.0, .written_off = true};
        const double health = (collateral - loan.maintenance) / debt;
        const double wanted = (health < params_.full_below ? 1.0 : params_.close_factor) * debt;
        const double payable = collateral / (1.0 + params_.bonus);
        if (wanted >= payable) return {.supplied_share = 1.0, .debt_share = std::min(1.0, payable / debt)};
        return {.supplied_share = std::min(1.0, (1.0 + params_.bonus) * wanted / collateral),
                .debt_share = wanted / debt};
    }

    double min_profit() const { return params_.min_profit; }

  private:
    Params params_;
};

} // namespace plunge
