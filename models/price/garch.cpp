#include "models/price/garch.hpp"

#include <cmath>

#include "models/common/text.hpp"

namespace plunge {

Findings Garch::check(const Params& params, const CheckContext& context) {
    Findings findings = check_diffusion(params, context);
    for (std::size_t a = 0; a < params.alpha.size(); ++a) {
        const double persistence = params.persistence(a);
        if (persistence < 1.0) continue;
        const std::string whose = a < context.assets.size() ? context.assets[a] + ": " : "";
        findings.push_back({"alpha",
                            whose + "alpha + beta + gamma / 2 = " + significant(persistence, 6) +
                                ", but must be below one: the variance has no long-run mean",
                            "smaller alpha, beta or gamma"});
    }
    return findings;
}

Garch::Garch(const Params& params, std::size_t assets, double step_seconds)
    : correlated_{params, assets}, weights_{SquareMatrix::identity(assets).values} {
    const double dt = step_seconds / seconds_per_year;
    if (params.student) margin_.emplace(params.student->dof);
    if (!drivers().joint) weights_ = correlated_.factor().values;
    for (std::size_t a = 0; a < assets; ++a) {
        const double variance = params.volatility[a] * params.volatility[a] * dt;
        const double start = params.start.empty() ? 1.0 : params.start[a];
        recursion_.push_back({.volatility = params.volatility[a],
                              .drift = params.drift.empty() ? 0.0 : params.drift[a] * dt,
                              .omega = variance * (1.0 - params.persistence(a)),
                              .alpha = params.alpha[a],
                              .beta = params.beta[a],
                              .gamma = params.gamma.empty() ? 0.0 : params.gamma[a]});
        start_variance_.push_back(start * start * variance);
    }
}

// Innovations are written where the returns will be. Of the recursion only a product and a sum wait for the step
// before.
void Garch::returns(State& state, const InnovationBlock& block, double* out, std::size_t stride) const {
    const std::size_t assets = recursion_.size();
    for (std::size_t a = 0; a < assets; ++a) {
        const Recursion& law = recursion_[a];
        double* row = out + a * stride;
        weigh_normals(block, 0.0, weights_.data() + a * assets, a + 1, row);
        if (margin_) margin_->make_of_normals(row, block.steps);
        double h = state.variance[a];
        for (std::size_t t = 0; t < block.steps; ++t) {
            const double e = row[t];
            const double weight = e < 0.0 ? law.alpha + law.gamma : law.alpha;
            row[t] = law.drift + (std::sqrt(h) * e - 0.5 * h);
            h = law.omega + (law.beta + weight * (e * e)) * h;
        }
        state.variance[a] = h;
    }
}

} // namespace plunge
