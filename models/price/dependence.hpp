// How the innovations of assets hang together: what gbm, merton and others have in common.
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "models/common/values.hpp"
#include "models/price/innovations.hpp"

namespace plunge {

struct Tails {
    double dof = 4.0;
    static constexpr auto fields() {
        return std::tuple{required_field("dof", &Tails::dof, Unit::none, {1.0, 1e6, true, false},
                                         "degrees of freedom of the Student-t copula; smaller is more joint extremes")};
    }
};

/// Correlation, and a copula for joint extremes.
struct DependenceParams {
    SquareMatrix correlation;
    std::vector<std::vector<double>> loadings;
    bool repair = false;
    std::optional<Tails> tails;

    static constexpr auto dependence_fields() {
        using P = DependenceParams;
        return std::tuple{
            optional_field("correlation", &P::correlation, Unit::none, {-1.0, 1.0},
                           "matrix, or one number for every pair; uncorrelated where left out"),
            optional_field("loadings", &P::loadings, Unit::none, {-1.0, 1.0},
                           "instead of `correlation`: one row of factor loadings per asset"),
            optional_field("repair", &P::repair, Unit::none, any_number,
                           "replace a matrix that is not positive semi-definite by the nearest one (Higham 2002)"),
            optional_field("tails", &P::tails, Unit::none, any_number,
                           "Student-t copula joining the Gaussian innovations; Gaussian where left out")};
    }
};

/// The correlation that the parameters mean, repaired where they ask for that.
/// \throws std::invalid_argument where it is not positive semi-definite and `repair` is off.
SquareMatrix used_correlation(const DependenceParams& params, std::size_t assets);

/// One standard normal per asset and step, correlated.
class CorrelatedNormals {
  public:
    /// \throws std::invalid_argument where the correlation is not positive semi-definite and `repair` is off.
    CorrelatedNormals(const DependenceParams& params, std::size_t assets);

    /// A normal per asset: correlated already where a copula joins them, else to be weighted with the factor's rows.
    const Drivers& drivers() const { return drivers_; }
    void add_clock(JumpClock clock) { drivers_.clocks.push_back(std::move(clock)); }

    /// Factor L of the correlation, L L' = C.
    const SquareMatrix& factor() const { return factor_; }

  private:
    SquareMatrix factor_;
    Drivers drivers_;
};

/// out[t] = constant + sum over drivers b < count of weights[b] normals[b][t], for the steps of the block.
void weigh_normals(const InnovationBlock& block, double constant, const double* weights, std::size_t count,
                   double* out);

} // namespace plunge
