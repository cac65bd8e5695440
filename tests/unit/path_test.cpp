// Index paths: prices and their ranges from log moves, for every length of the path.
#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "models/random/elementary.hpp"
#include "models/random/philox.hpp"
#include "models/random/variates.hpp"
#include "sim/engine/path.hpp"

namespace plunge {
namespace {

constexpr std::size_t assets = 2;

// Random walks from zero, [assets x (steps + 1)].
std::vector<double> random_moves(std::size_t steps) {
    PhiloxEngine engine({.seed = 17, .world = steps});
    std::vector<double> moves(assets * (steps + 1), 0.0);
    for (std::size_t a = 0; a < assets; ++a) {
        for (std::size_t t = 1; t <= steps; ++t)
            moves[a * (steps + 1) + t] = moves[a * (steps + 1) + t - 1] + 0.1 * draw_normal(engine);
    }
    return moves;
}

} // namespace

TEST_CASE("path: prices, ranges and drawdowns are those of the log moves, whatever the number of steps") {
    const std::vector<double> initial{60'000.0, 0.5};
    for (std::size_t steps = 1; steps <= 50; ++steps) {
        CAPTURE(steps);
        const std::vector<double> moves = random_moves(steps);
        IndexPath path;
        path.assign(moves, initial);
        std::size_t wrong = 0;
        for (std::size_t a = 0; a < assets; ++a) {
            std::vector<double> price;
            for (std::size_t t = 0; t <= steps; ++t) price.push_back(det_exp(moves[a * (steps + 1) + t]) * initial[a]);
            double peak = 0.0;
            double drawdown = 0.0;
            for (std::size_t t = 0; t <= steps; ++t) {
                wrong += path.price(a, t) != price[t];
                peak = std::max(peak, price[t]);
                drawdown = std::max(drawdown, 1.0 - price[t] / peak);
            }
            CHECK(path.max_drawdown(a) == doctest::Approx(drawdown).epsilon(1e-14));
            for (std::size_t first = 0; first <= steps; ++first) {
                for (std::size_t last = first; last <= steps; ++last) {
                    double low[assets];
                    double high[assets];
                    path.range(first, last, low, high);
                    const std::size_t begin = first / range_block * range_block;
                    const std::size_t end = std::min((last / range_block + 1) * range_block, steps + 1);
                    const auto [lowest,
                                highest] = std::minmax_element(price.begin() + static_cast<std::ptrdiff_t>(begin),
                                                               price.begin() + static_cast<std::ptrdiff_t>(end));
                    wrong += low[a] != *lowest;
                    wrong += high[a] != *highest;
                }
            }
        }
        CHECK(wrong == 0);
    }
}

} // namespace plunge
