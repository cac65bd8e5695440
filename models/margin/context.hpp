// What a margin rule may know about the market and the venue it stands in.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "models/common/values.hpp"

namespace plunge {

struct MarginContext {
    std::size_t assets = 0;
    std::vector<double> haircut{};           ///< of collateral, per asset
    std::vector<double> depth{};             ///< quote notional within 1 % of the initial price, per asset
    std::vector<double> annual_volatility{}; ///< of the price process, jumps included, per asset
    SquareMatrix correlation{};              ///< of the price process's diffusion

    /// Draws of simple returns over a horizon from the price process, [count x assets].
    std::function<std::vector<double>(std::size_t count, double horizon_seconds)> draw_returns{};
};

} // namespace plunge
