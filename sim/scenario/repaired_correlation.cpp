#include "sim/scenario/repaired_correlation.hpp"

#include <cmath>

#include <fmt/format.h>

#include "models/common/text.hpp"
#include "models/price/dependence.hpp"
#include "models/price/diffusion.hpp"
#include "models/price/registry.hpp"

namespace plunge {

std::string RepairedCorrelation::line() const {
    return fmt::format("prices.correlation is not positive semi-definite and was repaired; largest change {}: {}, {} "
                       "from {} to {}",
                       significant(std::fabs(used(a, b) - given(a, b)), 3), symbols[a], symbols[b],
                       significant(given(a, b), 6), significant(used(a, b), 6));
}

std::optional<RepairedCorrelation> repaired_correlation(const Scenario& scenario) {
    PriceChoice prices = scenario.prices;
    const DiffusionParams* params = diffusion_of(prices);
    if (params == nullptr || !params->repair || params->correlation.empty()) return std::nullopt;
    RepairedCorrelation repaired;
    repaired.given = params->correlation;
    repaired.used = used_correlation(*params, params->correlation.size);
    if (repaired.used.values == repaired.given.values) return std::nullopt;
    for (const Asset& asset : scenario.assets) {
        if (asset.underlying.empty()) repaired.symbols.push_back(asset.symbol);
    }
    double largest = 0.0;
    for (std::size_t i = 0; i < repaired.given.size; ++i) {
        for (std::size_t j = i + 1; j < repaired.given.size; ++j) {
            const double change = std::fabs(repaired.used(i, j) - repaired.given(i, j));
            if (change <= largest) continue;
            largest = change;
            repaired.a = i;
            repaired.b = j;
        }
    }
    return repaired;
}

} // namespace plunge
