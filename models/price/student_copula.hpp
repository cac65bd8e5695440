// Student-t copula with Gaussian margins: joint extremes without changing any single asset's distribution.
//
// z = L n;  s ~ chi2_nu / nu, common to all assets;  out_a = Phi^-1(T_nu(z_a / sqrt(s))).
// Upper and lower tail dependence is 2 T_{nu+1}(-sqrt((nu + 1) (1 - rho) / (1 + rho))).
// Source: Demarta & McNeil (2005), Int. Stat. Rev. 73, 111; McNeil, Frey & Embrechts (2015), section 7.3.
#pragma once

#include "models/common/cubic_table.hpp"

namespace plunge {

/// z with Phi(z) = T_nu(t), t >= 0, by the distribution functions; 37 beyond a tail of 1e-300.
double normal_of_student(double dof, double t);

class StudentCopula {
  public:
    explicit StudentCopula(double dof);

    double dof() const { return dof_; }

    /// Phi^-1(T_nu(t)), from a cubic table in asinh(t); absolute error below 1e-8.
    double to_normal(double t) const;

  private:
    double dof_;
    CubicTable table_; // of asinh(t) >= 0; odd symmetry gives the rest
};

} // namespace plunge
