#include "models/margin/portfolio_var.hpp"

#include <cmath>

#include <Eigen/Core>
#include <boost/math/distributions/normal.hpp>

#include "models/contract/linear.hpp"
#include "models/price/check_correlation.hpp"
#include "models/price/correlation.hpp"

namespace plunge {
namespace {

NormalVar make_measure(const PortfolioVarMargin::Params& params, const MarginContext& context) {
    const double z = boost::math::quantile(boost::math::normal(), params.confidence);
    const SquareMatrix factor = correlation_factor(params.correlation.empty() ? context.correlation
                                                                              : params.correlation);
    std::vector<double> scaled;
    for (std::size_t a = 0; a < context.assets; ++a) {
        const double annual = params.volatility.empty() ? context.annual_volatility[a] : params.volatility[a];
        const double sigma = annual * std::sqrt(params.horizon_seconds / seconds_per_year);
        for (std::size_t k = 0; k < context.assets; ++k) scaled.push_back(z * sigma * factor(a, k));
    }
    return NormalVar(std::move(scaled), context.assets);
}

} // namespace

double NormalVar::risk(const double* position, const double* mark) const {
    const auto n = static_cast<Eigen::Index>(assets_);
    const Eigen::Map<const Eigen::ArrayXd> q(position, n);
    const Eigen::Map<const Eigen::ArrayXd> p(mark, n);
    const Eigen::Map<const Eigen::MatrixXd> transposed(factor_.data(), n, n); // column-major reads rows as columns
    return transposed.lazyProduct(LinearContract::value(q, p).matrix()).norm();
}

Findings PortfolioVarMargin::check(const Params& params, const CheckContext& /*context*/) {
    Findings findings;
    if (!params.correlation.empty())
        check_definite(findings, params.correlation, "no prices can have these correlations");
    return findings;
}

PortfolioVarMargin::PortfolioVarMargin(const Params& params, const MarginContext& context)
    : PortfolioMargin(make_measure(params, context), context.assets, params.concentration) {}

} // namespace plunge
