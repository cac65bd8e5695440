#include "sim/engine/safe_radii.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <variant>

#include "models/margin/any_rule.hpp"

namespace plunge {
namespace {

// The planes of a population are taken over a box of this many typical moves either way.
constexpr double plane_moves = 8.0;

// Radii that are tried, and their boxes: a grid, so that the exponentials are computed once and not once per row.
struct RadiusGrid {
    static constexpr std::size_t points = 128;
    static constexpr double smallest = 1.0 / 256.0;
    static constexpr double largest = 64.0;

    std::vector<double> radius;
    std::vector<double> low; // [points x A]
    std::vector<double> high;

    RadiusGrid(const std::vector<double>& initial_price, const std::vector<double>& typical_move) {
        const double ratio = std::pow(largest / smallest, 1.0 / static_cast<double>(points - 1));
        for (std::size_t k = 0; k < points; ++k) {
            radius.push_back(smallest * std::pow(ratio, static_cast<double>(k)));
            for (std::size_t a = 0; a < initial_price.size(); ++a) {
                low.push_back(initial_price[a] * std::exp(-radius.back() * typical_move[a]));
                high.push_back(initial_price[a] * std::exp(radius.back() * typical_move[a]));
            }
        }
    }
};

// The largest radius of the grid that is safe; zero where none is. Bounds shrink as boxes grow, so halving finds it.
template <class Rule>
double safe_radius(const Rule& rule, const AccountRows& rows, std::size_t row, double multiple,
                   const RadiusGrid& grid) {
    if (!rows.has_position(row)) return std::numeric_limits<double>::infinity();
    std::size_t safe = 0; // this many radii of the grid are safe
    std::size_t unsafe = RadiusGrid::points + 1;
    while (unsafe - safe > 1) {
        const std::size_t middle = (safe + unsafe) / 2;
        const std::size_t box = (middle - 1) * rows.assets;
        const double bound = slack_lower_bound(rule, rows.view(row), multiple, grid.low.data() + box,
                                               grid.high.data() + box, rows.assets);
        (bound > 0.0 ? safe : unsafe) = middle;
    }
    return safe == 0 ? 0.0 : grid.radius[safe - 1];
}

} // namespace

SafeRadii safe_radii(const MarginRule& rule, const AccountRows& rows, double multiple,
                     const std::vector<double>& initial_price, const std::vector<double>& typical_move) {
    const RadiusGrid grid(initial_price, typical_move);
    const std::size_t assets = initial_price.size();
    SafeRadii result;
    for (std::size_t a = 0; a < assets; ++a) {
        result.low.push_back(initial_price[a] * std::exp(-plane_moves * typical_move[a]));
        result.high.push_back(initial_price[a] * std::exp(plane_moves * typical_move[a]));
    }
    std::vector<double> radius(rows.size());
    std::vector<std::uint32_t> order(rows.size());
    std::iota(order.begin(), order.end(), 0U);
    std::visit(
        [&](const auto& r) {
            for (std::size_t row = 0; row < rows.size(); ++row) radius[row] = safe_radius(r, rows, row, multiple, grid);
            std::sort(order.begin(), order.end(), [&](std::uint32_t i, std::uint32_t j) {
                return radius[i] != radius[j] ? radius[i] < radius[j] : i < j;
            });
            result.planes.set_assets(assets);
            result.exact.resize(rows.size());
            std::vector<double> slope(assets);
            for (const std::uint32_t row : order) {
                const MarginView view = rows.view(row);
                const double base = slack_plane(r, view, multiple, result.low.data(), result.high.data(), assets,
                                                slope.data());
                result.radius.push_back(radius[row]);
                result.planes.push_back(row, base, slope.data());
                result.exact[row] = is_linear_over(r, view, result.low.data(), result.high.data(), assets) ? 1 : 0;
            }
        },
        rule);
    return result;
}

} // namespace plunge
