// How sizes of funds are said.
#pragma once

#include <optional>
#include <string>

#include "sim/driver/critical_fund.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/stats/interval.hpp"

namespace plunge {

std::string money(double value);            ///< "1.2e9 USD"
std::string percent(double share);          ///< "99.9 %"
std::string fund_text(double value);        ///< "none" where it is infinite
std::string range(double low, double high); ///< "1e6 - ?" where it has no upper end
std::string without(FundEvent event);       ///< "without auto-deleveraging"
std::string amount_name(FundEvent event);   ///< "mean ADL"

/// What a committee is told: question and answer, what it rests on, per what time the probability is, and which
/// uncertainty is in the interval.
struct SizeInWords {
    const Scenario& scenario;
    FundQuestion question;
    double survive = 0.0;
    double confidence = 0.0;
    IntervalEstimate fund;
    std::string rests_on;                              ///< "20,000 worlds, of which 21 need more"
    std::optional<IntervalEstimate> extrapolated = {}; ///< by a fitted tail, where worlds give no upper end
};
std::string size_in_words(const SizeInWords& answer);

} // namespace plunge
