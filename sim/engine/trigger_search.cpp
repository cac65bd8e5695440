#include "sim/engine/trigger_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <variant>

namespace plunge {
namespace {

// How much wider than the expected range a box is made, as a share of that range: room for impact before a rebuild.
constexpr double headroom = 0.15;
// Rounding room of the radii against the logarithms that they are compared with.
constexpr double radius_margin = 1e-9;

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
    std::vector<double> radius(rows.size());
    std::visit(
        [&](const auto& r) {
            for (std::size_t row = 0; row < rows.size(); ++row) {
                radius[row] = safe_radius(r, rows, row, multiple, grid);
            }
        },
        rule);
    SafeRadii result;
    result.row.resize(rows.size());
    std::iota(result.row.begin(), result.row.end(), 0U);
    std::sort(result.row.begin(), result.row.end(),
              [&](std::uint32_t i, std::uint32_t j) { return radius[i] != radius[j] ? radius[i] < radius[j] : i < j; });
    for (const std::uint32_t row : result.row) result.radius.push_back(radius[row]);
    return result;
}

void TriggerSearch::bind(const MarginRule& rule, double multiple, const SafeRadii& radii,
                         const std::vector<double>& initial_price, const std::vector<double>& typical_move,
                         std::size_t steps) {
    rule_ = &rule;
    multiple_ = multiple;
    radii_ = &radii;
    initial_price_ = &initial_price;
    typical_move_ = &typical_move;
    assets_ = initial_price.size();
    steps_ = steps;
    for (Level& level : levels_) {
        level.low.resize(assets_);
        level.high.resize(assets_);
    }
    member_of_.assign(radii.row.size(), 0);
    begin_world();
}

void TriggerSearch::begin_world() {
    for (const std::uint32_t row : levels_[0].rows) member_of_[row] = 0;
    for (Level& level : levels_) {
        level.built = false;
        level.rows.clear();
    }
}

bool TriggerSearch::holds(const Level& level, std::size_t step, const double* mark) const {
    if (!level.built || step > level.last_step) return false;
    for (std::size_t a = 0; a < assets_; ++a) {
        if (!(mark[a] >= level.low[a] && mark[a] <= level.high[a])) return false;
    }
    return true;
}

void TriggerSearch::choose_box(std::size_t index, std::size_t step, const double* mark, const IndexPath& path,
                               const Outlook& outlook) {
    Level& level = levels_[index];
    const Level* parent = index > 0 ? &levels_[index - 1] : nullptr;
    const std::size_t size = block_steps[index];
    level.last_step = size == 0 ? steps_ : std::min(((step - 1) / size + 1) * size, parent->last_step);
    level.built = true;
    path.range(step, level.last_step, level.low.data(), level.high.data());
    const double kept = outlook.keep < 1.0 ? std::pow(outlook.keep, static_cast<double>(level.last_step - step)) : 1.0;
    const double* index_price = path.price(step);
    for (std::size_t a = 0; a < assets_; ++a) {
        const double now = mark[a] / index_price[a];
        const double later = outlook.settled[a] + (now - outlook.settled[a]) * kept;
        double low = level.low[a] * std::min(now, later);
        double high = level.high[a] * std::max(now, later);
        const double room = headroom * (high - low);
        low = std::min(low - room, mark[a]);
        high = std::max(high + room, mark[a]);
        level.low[a] = parent != nullptr ? std::max(low, parent->low[a]) : std::max(low, 0.0);
        level.high[a] = parent != nullptr ? std::min(high, parent->high[a]) : high;
    }
}

template <class Rule>
bool TriggerSearch::may_trigger(const Rule& rule, const Level& level, const AccountRows& rows,
                                std::uint32_t row) const {
    return !(slack_lower_bound(rule, rows.view(row), multiple_, level.low.data(), level.high.data(), assets_) > 0.0) &&
           rows.has_position(row);
}

template <class Rule>
void TriggerSearch::fill_level(const Rule& rule, std::size_t index, const AccountRows& rows,
                               const std::vector<std::uint32_t>& changed) {
    Level& level = levels_[index];
    const auto consider = [&](std::uint32_t row) {
        const bool stays = may_trigger(rule, level, rows, row);
        member_of_[row] = static_cast<std::uint8_t>(index + (stays ? 1 : 0));
        if (stays) level.rows.push_back(row);
    };
    if (index > 0) {
        level.rows.clear();
        for (const std::uint32_t row : levels_[index - 1].rows) consider(row);
        return;
    }
    for (const std::uint32_t row : level.rows) member_of_[row] = 0;
    level.rows.clear();
    double radius = 0.0;
    for (std::size_t a = 0; a < assets_; ++a) {
        const double start = (*initial_price_)[a];
        const double farthest = std::max(std::log(level.high[a] / start), std::log(start / level.low[a]));
        radius = std::max(radius, farthest / (*typical_move_)[a]);
    }
    radius += radius_margin * (1.0 + radius);
    constexpr std::uint8_t considered = 255;
    for (const std::uint32_t row : changed) {
        consider(row);
        if (member_of_[row] == 0) member_of_[row] = considered;
    }
    for (std::size_t i = 0; i < radii_->row.size() && radii_->radius[i] < radius; ++i) {
        if (member_of_[radii_->row[i]] == 0) consider(radii_->row[i]);
    }
    for (const std::uint32_t row : changed) {
        if (member_of_[row] == considered) member_of_[row] = 0;
    }
}

void TriggerSearch::rebuild(std::size_t step, const double* mark, const IndexPath& path, const Outlook& outlook,
                            const AccountRows& rows, const std::vector<std::uint32_t>& changed) {
    std::size_t index = 0;
    while (index + 1 < depth && holds(levels_[index], step, mark)) ++index;
    std::visit(
        [&](const auto& rule) {
            for (; index < depth; ++index) {
                choose_box(index, step, mark, path, outlook);
                fill_level(rule, index, rows, changed);
            }
        },
        *rule_);
}

void TriggerSearch::find(const double* mark, const AccountRows& rows, std::vector<std::uint32_t>& found) const {
    found.clear();
    std::visit(
        [&](const auto& rule) {
            for (const std::uint32_t row : levels_[depth - 1].rows) {
                const MarginState state = margin_state(rule, rows.view(row), mark, assets_);
                if (state.equity < multiple_ * state.maintenance && rows.has_position(row)) found.push_back(row);
            }
        },
        *rule_);
    std::sort(found.begin(), found.end());
}

void TriggerSearch::row_changed(const AccountRows& rows, std::uint32_t row) {
    std::visit(
        [&](const auto& rule) {
            while (member_of_[row] < depth) {
                Level& level = levels_[member_of_[row]];
                if (!level.built || !may_trigger(rule, level, rows, row)) return;
                level.rows.push_back(row);
                ++member_of_[row];
            }
        },
        *rule_);
}

} // namespace plunge
