// What portfolio margin rules share: a risk measure of the whole account, and an add-on for concentrated positions.
#pragma once

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "models/contract/linear.hpp"
#include "models/margin/slack.hpp"
#include "models/margin/tiers.hpp"

namespace plunge {

/// M = risk(x) + sum_a addon_a(|x_a|), x_a = q_a p_a: `Measure` gives the risk, sublinear in x (convex, and twice the
/// portfolio has twice the risk); brackets give the add-on.
///
/// Above M over a box of prices lies a plane: the portfolio at one corner, and from there what every asset's further
/// notional would need alone, since the risk of a sum is at most the sum of the risks.
template <class Measure> class PortfolioMargin {
  public:
    PortfolioMargin(Measure measure, std::size_t assets, const TierTable& concentration)
        : measure_{std::move(measure)}, assets_{assets}, concentration_{concentration},
          has_addon_{!concentration.per_asset.empty()} {
        const std::vector<double> price(assets, 1.0);
        std::vector<double> alone(assets, 0.0);
        for (std::size_t a = 0; a < assets; ++a) {
            alone[a] = 1.0;
            long_alone_.push_back(measure_.risk(alone.data(), price.data()));
            alone[a] = -1.0;
            short_alone_.push_back(measure_.risk(alone.data(), price.data()));
            alone[a] = 0.0;
        }
    }

    /// M. \param position  [assets] q \param mark  [assets] p
    double maintenance(const double* position, const double* mark) const {
        return measure_.risk(position, mark) + addon(position, mark, 0.0);
    }

    /// M and its derivative with the share f of every position closed.
    ShrunkMargin shrunk(const double* position, const double* mark, double f) const {
        const double risk = measure_.risk(position, mark);
        ShrunkMargin margin{(1.0 - f) * risk + addon(position, mark, f), risk};
        for (std::size_t a = 0; a < assets_ && has_addon_; ++a) {
            const double notional = LinearContract::notional(position[a], mark[a]);
            margin.relief += concentration_.marginal_rate(a, (1.0 - f) * notional) * notional;
        }
        return margin;
    }

    /// A plane above M over the box: M <= base + sum_a slope_a mark_a. \param slope  [assets], written \return base
    double margin_plane(const double* position, const double* low, const double* high, double* slope) const {
        // From the low corner every price can only rise, from the high one only fall: the better of the two.
        const double risk_low = measure_.risk(position, low);
        const double risk_high = measure_.risk(position, high);
        double rise = 0.0;
        double fall = 0.0;
        for (std::size_t a = 0; a < assets_; ++a) {
            const double width = LinearContract::notional(position[a], high[a] - low[a]);
            rise += width * more(a, position[a]);
            fall += width * more(a, -position[a]);
        }
        const bool from_low = risk_low + rise <= risk_high + fall;
        double base = from_low ? risk_low : risk_high;
        for (std::size_t a = 0; a < assets_; ++a) {
            const double size = std::fabs(position[a]);
            slope[a] = from_low ? size * more(a, position[a]) : -size * more(a, -position[a]);
            base -= slope[a] * (from_low ? low[a] : high[a]);
            if (!has_addon_) continue;
            const double at_low = concentration_.maintenance(a, LinearContract::notional(size, low[a]));
            const double at_high = concentration_.maintenance(a, LinearContract::notional(size, high[a]));
            const double chord = high[a] > low[a] ? (at_high - at_low) / (high[a] - low[a]) : 0.0;
            slope[a] += chord;
            base += at_low - chord * low[a];
        }
        return base;
    }

  private:
    double addon(const double* position, const double* mark, double f) const {
        double sum = 0.0;
        for (std::size_t a = 0; a < assets_ && has_addon_; ++a) {
            sum += concentration_.maintenance(a, (1.0 - f) * LinearContract::value(position[a], mark[a]));
        }
        return sum;
    }

    // Risk of one more unit of notional on the side of `position`.
    double more(std::size_t asset, double position) const {
        return position > 0.0 ? long_alone_[asset] : short_alone_[asset];
    }

    Measure measure_;
    std::size_t assets_;
    TieredMargin concentration_;
    bool has_addon_;
    std::vector<double> long_alone_; // risk of one unit of notional held alone
    std::vector<double> short_alone_;
};

} // namespace plunge
