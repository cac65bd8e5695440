// What a book shape may know about the market it stands in.
#pragma once

#include <vector>

namespace plunge {

struct ImpactContext {
    std::vector<double> initial_price;    ///< p0 [quote per base], per asset
    std::vector<double> daily_volume;     ///< [quote per day], per asset; zero where not given
    std::vector<double> daily_volatility; ///< of the log return over one day, per asset
};

} // namespace plunge
