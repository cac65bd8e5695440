// How sizes of funds are said.
#pragma once

#include <string>

#include "sim/driver/critical_fund.hpp"

namespace plunge {

std::string money(double value);            ///< "1.2e9 USD"
std::string percent(double share);          ///< "99.9 %"
std::string fund_text(double value);        ///< "none" where it is infinite
std::string range(double low, double high); ///< "1e6 - ?" where it has no upper end
std::string without(FundEvent event);       ///< "without auto-deleveraging"

} // namespace plunge
