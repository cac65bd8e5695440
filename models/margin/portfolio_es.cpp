#include "models/margin/portfolio_es.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>

#include <Eigen/Core>

namespace plunge {
namespace {

ScenarioTail make_measure(const PortfolioEsMargin::Params& params, const MarginContext& context) {
    std::vector<double> returns = params.table.seconds.empty()
                                      ? context.draw_returns(params.scenarios, params.horizon_seconds)
                                      : overlapping_returns(params.table, context.assets, params.horizon_seconds,
                                                            params.scenarios);
    if (returns.empty()) throw std::invalid_argument("portfolio_es: the history is shorter than the horizon");
    const std::size_t count = returns.size() / context.assets;
    const auto scenarios = static_cast<double>(count);
    const double worst = params.measure == ScenarioMeasure::worst_case
                             ? 1.0
                             : std::clamp((1.0 - params.confidence) * scenarios, 1.0, scenarios);
    return {std::move(returns), context.assets, worst};
}

} // namespace

double ScenarioTail::risk(const double* position, const double* mark) const {
    const auto n = static_cast<Eigen::Index>(assets_);
    const Eigen::Map<const Eigen::ArrayXd> q(position, n);
    const Eigen::Map<const Eigen::ArrayXd> p(mark, n);
    const Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> returns(
        returns_.data(), static_cast<Eigen::Index>(returns_.size()) / n, n);
    Eigen::VectorXd loss = -(returns * (q * p).matrix());
    const auto whole = static_cast<Eigen::Index>(worst_);
    const double rest = worst_ - static_cast<double>(whole);
    const auto reached = std::min(whole, loss.size() - 1);
    std::nth_element(loss.begin(), loss.begin() + reached, loss.end(), std::greater<>());
    // Sorted, so that a sum does not depend on how a library partitions.
    std::sort(loss.begin(), loss.begin() + whole, std::greater<>());
    double sum = 0.0;
    for (Eigen::Index s = 0; s < whole; ++s) sum += loss[s];
    if (rest > 0.0) sum += rest * loss[whole];
    return std::max(0.0, sum / worst_);
}

std::vector<double> overlapping_returns(const PriceTable& table, std::size_t assets, double horizon_seconds,
                                        std::size_t count) {
    const std::size_t rows = table.seconds.size();
    std::vector<std::pair<std::size_t, std::size_t>> window; // rows at its start and end
    for (std::size_t from = 0; from < rows; ++from) {
        const double end = table.seconds[from] + horizon_seconds;
        const auto after = std::upper_bound(table.seconds.begin(), table.seconds.end(), end);
        if (after == table.seconds.end() && table.seconds.back() < end) break;
        window.emplace_back(from, static_cast<std::size_t>(after - table.seconds.begin()) - 1);
    }
    const std::size_t used = std::min(count, window.size());
    std::vector<double> returns;
    for (std::size_t s = 0; s < used; ++s) {
        const auto [from, to] = window[s * window.size() / used];
        for (std::size_t a = 0; a < assets; ++a) {
            returns.push_back(table.closes[to * assets + a] / table.closes[from * assets + a] - 1.0);
        }
    }
    return returns;
}

PortfolioEsMargin::PortfolioEsMargin(const Params& params, const MarginContext& context)
    : PortfolioMargin(make_measure(params, context), context.assets, params.concentration) {}

} // namespace plunge
