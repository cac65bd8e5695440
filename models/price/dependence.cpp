#include "models/price/dependence.hpp"

#include <algorithm>
#include <stdexcept>

#include "models/price/correlation.hpp"

namespace plunge {
namespace {

constexpr double definiteness_tolerance = -1e-10;

// out[t] += the sum over the terms of weight[i] z[i][t], term by term.
template <std::size_t Terms>
void add_terms(const double* weight, const double* const* z, std::size_t steps, double* out) {
    for (std::size_t t = 0; t < steps; ++t) {
        double sum = out[t];
        for (std::size_t i = 0; i < Terms; ++i) sum += weight[i] * z[i][t];
        out[t] = sum;
    }
}

} // namespace

SquareMatrix used_correlation(const DependenceParams& params, std::size_t assets) {
    if (!params.loadings.empty()) return correlation_from_loadings(params.loadings);
    if (params.correlation.empty()) return SquareMatrix::identity(assets);
    if (smallest_eigenvalue(params.correlation) >= definiteness_tolerance) return params.correlation;
    if (!params.repair) throw std::invalid_argument("the correlation matrix is not positive semi-definite");
    return nearest_correlation(params.correlation);
}

CorrelatedNormals::CorrelatedNormals(const DependenceParams& params, std::size_t assets)
    : factor_{correlation_factor(used_correlation(params, assets))} {
    drivers_.assets = drivers_.normals = assets;
    if (params.tails) drivers_.joint = JointNormals{factor_, StudentCopula(params.tails->dof)};
}

// Several normals in one pass.
void weigh_normals(const InnovationBlock& block, double constant, const double* weights, std::size_t count,
                   double* out) {
    constexpr std::size_t together = 3;
    double weight[together];
    const double* z[together];
    std::size_t terms = 0;
    const auto add = [&] {
        if (terms == 1) add_terms<1>(weight, z, block.steps, out);
        if (terms == 2) add_terms<2>(weight, z, block.steps, out);
        if (terms == 3) add_terms<3>(weight, z, block.steps, out);
        terms = 0;
    };
    std::fill_n(out, block.steps, constant);
    for (std::size_t b = 0; b < count; ++b) {
        if (weights[b] == 0.0) continue;
        weight[terms] = weights[b];
        z[terms++] = block.normals(b);
        if (terms == together) add();
    }
    add();
}

} // namespace plunge
