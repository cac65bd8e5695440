#include "sim/stats/control_variates.hpp"

#include <cmath>
#include <utility>

#include <Eigen/Dense>

namespace plunge {
namespace {

// Columns are controls, less their means.
Eigen::MatrixXd centred(const std::vector<std::vector<double>>& values) {
    const auto controls = static_cast<Eigen::Index>(values.size());
    const auto worlds = static_cast<Eigen::Index>(values.empty() ? 0 : values.front().size());
    Eigen::MatrixXd columns(worlds, controls);
    for (Eigen::Index c = 0; c < controls; ++c) {
        columns.col(c) = Eigen::Map<const Eigen::VectorXd>(values[static_cast<std::size_t>(c)].data(), worlds);
    }
    if (worlds > 0) columns.rowwise() -= columns.colwise().mean().eval();
    return columns;
}

} // namespace

Controls make_controls(std::vector<std::vector<double>> values, const std::vector<std::vector<double>>& elsewhere,
                       Dependence dependence) {
    Controls controls{std::move(values), {}, {}};
    for (const std::vector<double>& control : elsewhere) {
        controls.elsewhere.push_back(independent_values(control, dependence));
        controls.mean.push_back(estimate_mean(controls.elsewhere.back()).mean);
    }
    return controls;
}

ControlledMean controlled_mean(const std::vector<double>& values, const Controls& controls, Dependence dependence) {
    const Eigen::MatrixXd columns = centred(controls.values);
    Eigen::VectorXd y = Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
    y.array() -= y.mean();
    // By a decomposition that finds out which controls say the same, or nothing.
    const Eigen::VectorXd slope = columns.completeOrthogonalDecomposition().solve(y);
    std::vector<double> adjusted(values);
    ControlledMean result;
    result.control_observations.assign(controls.elsewhere.empty() ? 0 : controls.elsewhere.front().size(), 0.0);
    for (std::size_t c = 0; c < controls.values.size(); ++c) {
        const double b = slope(static_cast<Eigen::Index>(c));
        for (std::size_t w = 0; w < values.size(); ++w) adjusted[w] -= b * (controls.values[c][w] - controls.mean[c]);
        for (std::size_t i = 0; i < result.control_observations.size(); ++i)
            result.control_observations[i] += b * controls.elsewhere[c][i];
    }
    result.observations = independent_values(adjusted, dependence);
    result.estimate = estimate_mean(result.observations);
    result.estimate.standard_error = std::hypot(result.estimate.standard_error,
                                                estimate_mean(result.control_observations).standard_error);
    return result;
}

} // namespace plunge
