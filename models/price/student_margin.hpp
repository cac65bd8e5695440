// Student-t innovations made of normals: heavy tails of single assets, whatever joins the normals of several.
#pragma once

#include <cstddef>

#include "models/common/cubic_table.hpp"

namespace plunge {

/// e = sqrt((nu - 2) / nu) T_nu^-1(Phi(z)): a Student-t variate of variance one for a standard normal z. Increasing and
/// odd, so that whatever is done to the normals is done to it: mirrored ones, quasi-random ones and those of another
/// law. With a Student-t copula of as many degrees of freedom before it, assets are jointly Student-t.
class StudentMargin {
  public:
    /// \param dof  above two: the variance is finite
    explicit StudentMargin(double dof);

    /// From a cubic table of asinh(t); relative error below 2e-9.
    double of_normal(double z) const;
    /// The same of many, in place, to the bit.
    void make_of_normals(double* z, std::size_t count) const;

  private:
    double scale_;
    CubicTable asinh_; // asinh(t) of z >= 0; odd symmetry gives the rest
};

} // namespace plunge
