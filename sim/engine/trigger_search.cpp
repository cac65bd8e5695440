#include "sim/engine/trigger_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <span>
#include <variant>

#include "models/margin/any_rule.hpp"

namespace plunge {
namespace {

// How much wider than the expected range a box is made, as a share of that range: room for impact before a rebuild.
constexpr double headroom = 0.15;
// The same where every row must be asked for its plane.
constexpr double headroom_of_all_rows = 0.5;
// Rounding room of the radii against the logarithms that they are compared with.
constexpr double radius_margin = 1e-9;
// Boxes end above a price of zero, where a position would have no notional and its margin no minimum.
constexpr double least_price = 1e-200;

// Clears rows over a box by the steepest that the margin of an asset can get: but for a minimum M is convex and zero at
// zero, so it lies below its last rate times the notional, and the slack above a plane for each sign of a position. For
// rows without collateral; no rule is asked, and what is not cleared here may be safe all the same.
class SteepestMargin {
  public:
    template <SeparableRule Rule>
    SteepestMargin(const Rule& rule, double multiple, const double* low, const double* high, std::size_t assets,
                   std::vector<double>& memory)
        : assets_{assets} {
        constexpr double beyond = 1e100; // the last rate is that of any notional as large
        memory.resize(3 * assets);
        for (std::size_t a = 0; a < assets; ++a) {
            const double rate = multiple * std::max(rule.marginal_rate(a, beyond), rule.marginal_rate(a, -beyond));
            memory[a] = (1.0 - rate) * (rate < 1.0 ? low[a] : high[a]);
            memory[assets + a] = (1.0 + rate) * high[a];
            memory[2 * assets + a] = (1.0 + rate) * high[a];
        }
        if constexpr (HasMinimum<Rule>) minima_ = multiple * rule.minimum() * static_cast<double>(assets);
        long_ = memory.data();
        short_ = long_ + assets;
        size_ = short_ + assets;
    }

    static constexpr std::size_t block = 64;

    // Which of `count` <= block rows from `first` on are not cleared. All are worked out side by side and nothing
    // branches, because who is cleared is as good as random.
    std::span<const std::uint32_t> not_cleared(const AccountRows& rows, std::size_t first, std::size_t count) {
        constexpr double rounding = 1e-12;
        std::array<double, block> bound;
        std::array<double, block> size;
        for (std::size_t i = 0; i < count; ++i) {
            const double cash = rows.cash_of(first + i);
            bound[i] = cash - minima_;
            size[i] = std::fabs(cash) + minima_;
        }
        for (std::size_t a = 0; a < assets_; ++a) {
            const double* position = rows.positions_of(first) + a;
            for (std::size_t i = 0; i < count; ++i) {
                const double q = position[i * assets_];
                bound[i] += LinearContract::value(std::max(q, 0.0), long_[a]) +
                            LinearContract::value(std::min(q, 0.0), short_[a]);
                size[i] += LinearContract::notional(q, size_[a]);
            }
        }
        std::size_t left = 0;
        for (std::size_t i = 0; i < count; ++i) {
            left_[left] = static_cast<std::uint32_t>(first + i);
            left += bound[i] > rounding * size[i] ? 0 : 1;
        }
        return std::span(left_).first(left);
    }

  private:
    std::size_t assets_;
    double minima_ = 0.0; // of all assets
    const double* long_;
    const double* short_;
    const double* size_;
    std::array<std::uint32_t, block> left_;
};

} // namespace

void TriggerSearch::bind(const MarginRule& rule, double multiple, const SafeRadii& radii,
                         const std::vector<double>& initial_price, const std::vector<double>& typical_move,
                         std::size_t steps) {
    rule_ = &rule;
    multiple_ = multiple;
    factor_ = 1.0;
    radii_ = &radii;
    initial_price_ = &initial_price;
    typical_move_ = &typical_move;
    assets_ = initial_price.size();
    steps_ = steps;
    for (Level& level : levels_) {
        level.low.resize(assets_);
        level.high.resize(assets_);
        level.planes.set_assets(assets_);
        level.planes.clear();
        level.place.assign(radii.planes.size(), nowhere);
        level.built = false;
    }
    found_at_.clear();
    slope_.resize(assets_);
    mark_.resize(assets_);
}

void TriggerSearch::set_factor(double factor) {
    if (factor == factor_) return;
    factor_ = factor;
    begin_world(); // lists were made for another test
}

void TriggerSearch::begin_world() {
    found_at_.clear();
    for (Level& level : levels_) {
        level.built = false;
        clear(level);
    }
}

// ---- boxes ---------------------------------------------------------------------------------------------------------

bool TriggerSearch::holds(const Level& level, std::size_t step, const double* low, const double* high) const {
    if (!level.built || step > level.last_step) return false;
    for (std::size_t a = 0; a < assets_; ++a) {
        if (!(low[a] >= level.low[a] && high[a] <= level.high[a])) return false;
    }
    return true;
}

void TriggerSearch::choose_box(std::size_t index, std::size_t step, const double* low, const double* high,
                               const double* now, const IndexPath& path, const Outlook& outlook) {
    Level& level = levels_[index];
    const Level* parent = index > 0 ? &levels_[index - 1] : nullptr;
    const std::size_t size = block_steps[index];
    level.last_step = size == 0 ? steps_ : std::min((step / size + 1) * size - 1, parent->last_step);
    level.built = true;
    path.range(step, level.last_step, level.low.data(), level.high.data());
    const double kept = outlook.keep < 1.0 ? std::pow(outlook.keep, static_cast<double>(level.last_step - step)) : 1.0;
    for (std::size_t a = 0; a < assets_; ++a) {
        const double displacement = now[a] / path.price(a, step);
        const double later = outlook.settled[a] + (displacement - outlook.settled[a]) * kept;
        double from = level.low[a] * std::min(displacement, later);
        double to = level.high[a] * std::max(displacement, later);
        const double room = (index == 0 && asks_all_rows() ? headroom_of_all_rows : headroom) * (to - from);
        from = std::min(from - room, low[a]);
        to = std::max(to + room, high[a]);
        level.low[a] = parent != nullptr ? std::max(from, parent->low[a]) : std::max(from, least_price);
        level.high[a] = parent != nullptr ? std::min(to, parent->high[a]) : to;
    }
}

// What of SafeRadii a level's box must be compared with.
double TriggerSearch::radius_of(const Level& level) const {
    double radius = 0.0;
    for (std::size_t a = 0; a < assets_; ++a) {
        const double start = (*initial_price_)[a];
        const double farthest = std::max(std::log(level.high[a] / start), std::log(start / level.low[a]));
        radius = std::max(radius, farthest / (*typical_move_)[a]);
    }
    return radius + radius_margin * (1.0 + radius);
}

// ---- lists ---------------------------------------------------------------------------------------------------------

void TriggerSearch::clear(Level& level) {
    for (const std::uint32_t row : level.planes.rows()) level.place[row] = nowhere;
    level.planes.clear();
}

void TriggerSearch::forget(Level& level, std::uint32_t row) {
    std::uint32_t& place = level.place[row];
    if (place != nowhere) level.planes.blank(place);
    place = nowhere;
}

// Asks the rule for the row's plane over the level's box; it holds in the boxes inside too.
void TriggerSearch::ask_plane(const Level& level, const AccountRows& rows, std::uint32_t row) {
    base_ = std::visit(
        [&](const auto& rule) {
            return slack_plane(rule, rows.view(row), multiple_ * factor_, level.low.data(), level.high.data(), assets_,
                               slope_.data());
        },
        *rule_);
}

// Keeps the plane that was asked for last unless it is positive all over the level's box; returns whether it is kept.
bool TriggerSearch::keep_plane(Level& level, std::uint32_t row) {
    double lowest = base_;
    for (std::size_t a = 0; a < assets_; ++a) {
        lowest += std::min(slope_[a] * level.low[a], slope_[a] * level.high[a]);
    }
    if (lowest > 0.0) {
        forget(level, row);
        return false;
    }
    std::uint32_t& place = level.place[row];
    if (place != nowhere) {
        level.planes.replace(place, base_, slope_.data());
    } else {
        place = static_cast<std::uint32_t>(level.planes.size());
        level.planes.push_back(row, base_, slope_.data());
    }
    return true;
}

void TriggerSearch::consider(Level& level, const AccountRows& rows, std::uint32_t row) {
    if (!rows.has_position(row)) return forget(level, row);
    ask_plane(level, rows, row);
    keep_plane(level, row);
}

void TriggerSearch::fill_first(const AccountRows& rows, const std::vector<std::uint32_t>& changed) {
    Level& level = levels_[0];
    clear(level);
    if (asks_all_rows()) return fill_from_rows(rows);
    // Rows with a safe radius below the box's, as if nothing had changed.
    const auto end = std::lower_bound(radii_->radius.begin(), radii_->radius.end(), radius_of(level));
    const auto count = static_cast<std::size_t>(end - radii_->radius.begin());
    bool planes_hold = true;
    for (std::size_t a = 0; a < assets_; ++a) {
        planes_hold = planes_hold && level.low[a] >= radii_->low[a] && level.high[a] <= radii_->high[a];
    }
    if (planes_hold) {
        level.planes.append_over(radii_->planes, level.low.data(), level.high.data(), count);
        note_places(level);
        for (const std::uint32_t row : level.planes.rows()) {
            if (radii_->exact[row] == 0) consider(level, rows, row);
        }
    } else {
        for (std::size_t i = 0; i < count; ++i) consider(level, rows, radii_->planes.row(i));
    }
    for (const std::uint32_t row : changed) consider(level, rows, row);
}

// Asks every row as it is now.
void TriggerSearch::fill_from_rows(const AccountRows& rows) {
    Level& level = levels_[0];
    level.planes.reserve(rows.size());
    std::visit(
        [&](const auto& rule) {
            constexpr bool separable = SeparableRule<std::decay_t<decltype(rule)>>;
            const double multiple = multiple_ * factor_;
            const auto ask = [&](std::uint32_t row) {
                if (!rows.has_position(row)) return;
                if constexpr (separable) { // the plane's lowest point, without the plane
                    if (slack_lower_bound(rule, rows.view(row), multiple, level.low.data(), level.high.data(),
                                          assets_) > 0.0) {
                        return;
                    }
                }
                const double base = slack_plane(rule, rows.view(row), multiple, level.low.data(), level.high.data(),
                                                assets_, slope_.data());
                if constexpr (!separable) {
                    double lowest = base;
                    for (std::size_t a = 0; a < assets_; ++a) {
                        lowest += std::min(slope_[a] * level.low[a], slope_[a] * level.high[a]);
                    }
                    if (lowest > 0.0) return;
                }
                level.planes.push_back(row, base, slope_.data());
            };
            if constexpr (separable) {
                if (!rows.has_collateral()) {
                    SteepestMargin steepest(rule, multiple, level.low.data(), level.high.data(), assets_, steepest_);
                    for (std::size_t row = 0; row < rows.size(); row += SteepestMargin::block) {
                        const std::size_t count = std::min(SteepestMargin::block, rows.size() - row);
                        for (const std::uint32_t left : steepest.not_cleared(rows, row, count)) ask(left);
                    }
                    return;
                }
            }
            for (std::uint32_t row = 0; row < rows.size(); ++row) ask(row);
        },
        *rule_);
    note_places(level);
}

void TriggerSearch::note_places(Level& level) {
    for (std::size_t i = 0; i < level.planes.size(); ++i) {
        level.place[level.planes.row(i)] = static_cast<std::uint32_t>(i);
    }
}

void TriggerSearch::fill_from(const SlackPlanes& parent, Level& level) {
    clear(level);
    level.planes.append_over(parent, level.low.data(), level.high.data(), parent.size());
    note_places(level);
}

void TriggerSearch::rebuild(std::size_t step, const double* low, const double* high, const double* now,
                            const IndexPath& path, const Outlook& outlook, const AccountRows& rows,
                            const std::vector<std::uint32_t>& changed) {
    std::size_t index = 0;
    while (index + 1 < depth && holds(levels_[index], step, low, high)) ++index;
    for (; index < depth; ++index) {
        if (levels_[index].place.size() != rows.size()) levels_[index].place.assign(rows.size(), nowhere);
        choose_box(index, step, low, high, now, path, outlook);
        if (index == 0) {
            fill_first(rows, changed);
        } else {
            fill_from(levels_[index - 1].planes, levels_[index]);
        }
    }
}

void TriggerSearch::row_changed(const AccountRows& rows, std::uint32_t row) {
    if (!found_at_.empty()) changed_since_.push_back(row);
    if (!levels_[0].built) return; // then nobody has a place
    bool kept = rows.has_position(row);
    if (kept) ask_plane(levels_[0], rows, row);
    for (Level& level : levels_) { // what clears a box clears those inside it
        if (kept) {
            kept = keep_plane(level, row);
        } else {
            forget(level, row);
        }
    }
}

// ---- looking -------------------------------------------------------------------------------------------------------

void TriggerSearch::find(const double* mark, const AccountRows& rows, std::vector<std::uint32_t>& found) {
    found.clear();
    if (brute_) {
        for (std::uint32_t row = 0; row < rows.size(); ++row) {
            if (is_in_breach(rows, row, mark)) found.push_back(row);
        }
        return;
    }
    const Level& near = levels_[depth - 1];
    const auto ask = [&](std::uint32_t row) {
        if (is_in_breach(rows, row, mark)) found.push_back(row);
    };
    if (std::equal(found_at_.begin(), found_at_.end(), mark, mark + assets_)) { // only who has changed can differ
        std::sort(changed_since_.begin(), changed_since_.end());
        changed_since_.erase(std::unique(changed_since_.begin(), changed_since_.end()), changed_since_.end());
        std::set_difference(found_.begin(), found_.end(), changed_since_.begin(), changed_since_.end(),
                            std::back_inserter(found));
        for (const std::uint32_t row : changed_since_) {
            if (near.place[row] != nowhere) ask(row);
        }
    } else {
        for (const std::uint32_t i : near.planes.find_at(mark, candidates_)) ask(near.planes.row(i));
    }
    std::sort(found.begin(), found.end());
    found_.assign(found.begin(), found.end());
    found_at_.assign(mark, mark + assets_);
    changed_since_.clear();
}

bool TriggerSearch::is_in_breach(const AccountRows& rows, std::uint32_t row, const double* mark) const {
    return breaches(*rule_, rows.view(row), multiple_ * factor_, mark, assets_) && rows.has_position(row);
}

std::size_t TriggerSearch::first_step(const MarkStretch& marks, std::size_t limit, const AccountRows& rows,
                                      const std::vector<std::uint8_t>& passed_over, std::uint8_t mask) {
    const auto is_in_breach_at = [&](std::uint32_t row, std::size_t k) {
        for (std::size_t a = 0; a < assets_; ++a) mark_[a] = marks.mark[a][k];
        return is_in_breach(rows, row, mark_.data());
    };
    if (brute_) {
        for (std::uint32_t row = 0; row < rows.size(); ++row) {
            for (std::size_t k = 0; k < limit && (passed_over[row] & mask) == 0; ++k) {
                if (is_in_breach_at(row, k)) limit = k;
            }
        }
        return limit;
    }
    const SlackPlanes& near = levels_[depth - 1].planes;
    const auto candidates = near.find_over(marks.low, marks.high, candidates_);
    if (candidates.empty()) return limit;
    const std::size_t stride = limit + SlackPlanes::lanes;
    if (marks_ahead_.size() < assets_ * stride) marks_ahead_.resize(assets_ * stride);
    for (std::size_t a = 0; a < assets_; ++a) {
        std::transform(marks.mark[a], marks.mark[a] + limit, marks_ahead_.data() + a * stride,
                       [](double mark) { return static_cast<float>(mark); });
    }
    for (const std::uint32_t i : candidates) {
        const std::uint32_t row = near.row(i);
        if ((passed_over[row] & mask) != 0) continue;
        for (std::size_t k = 0; (k = near.first_at(i, marks_ahead_.data(), stride, k, limit)) < limit; ++k) {
            if (is_in_breach_at(row, k)) limit = k;
        }
    }
    return limit;
}

} // namespace plunge
