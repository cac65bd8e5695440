#include "models/margin/portfolio_es.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>

#include <Eigen/Core>

#include "models/common/text.hpp"
#include "models/contract/linear.hpp"

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
    Eigen::VectorXd loss = -(returns * LinearContract::value(q, p).matrix());
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

Findings PortfolioEsMargin::check(const Params& params, const CheckContext& context) {
    const bool worst = params.measure == ScenarioMeasure::worst_case;
    if (worst && context.given("confidence")) {
        return {{"confidence", "the worst case has no confidence level",
                 "measure = \"expected_shortfall\", or leave it out"}};
    }
    const double tail = (1.0 - params.confidence) * static_cast<double>(params.scenarios);
    if (worst || tail >= 1.0 - 1e-9) return {};
    return {{"scenarios",
             std::to_string(params.scenarios) + " scenarios hold " + significant(tail, 3) + " of the worst " +
                 significant(1.0 - params.confidence, 3) + ": at least one is needed",
             "at least " + whole_text(std::ceil(1.0 / (1.0 - params.confidence) - 1e-9))}};
}

Findings PortfolioEsMargin::finish(Params& params, const InputContext& context) {
    if (params.history.text.empty() || context.assets.empty()) return {}; // not given, or reported already
    if (!context.read_prices(params.history, params, params.table)) return {};
    const double first = params.table.seconds.front();
    const double last = params.table.seconds.back();
    if (last - first < params.horizon_seconds) {
        return {{"history", "covers " + format_duration(last - first) + ": the horizon is " +
                                format_duration(params.horizon_seconds)}};
    }
    Findings findings;
    check_gaps(findings, "history", params.table, params, context, first, last);
    if (findings.empty()) context.tell(params.history, params.table, std::numeric_limits<double>::quiet_NaN());
    return findings;
}

PortfolioEsMargin::PortfolioEsMargin(const Params& params, const MarginContext& context)
    : PortfolioMargin(make_measure(params, context), context.assets, params.concentration) {}

} // namespace plunge
