#include "models/price/student_copula.hpp"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "models/random/elementary.hpp"

namespace plunge {
namespace {

constexpr double grid_spacing = 1.0 / 256.0;
constexpr double grid_end = 40.0; // asinh(t); beyond it the last value is held, a 1e-17 event for dof above 1

} // namespace

// Worked in the lower tail, where both distribution functions keep their relative precision.
double normal_of_student(double dof, double t) {
    if (t == 0.0) return 0.0;
    const double tail = boost::math::cdf(boost::math::students_t(dof), -t);
    if (!(tail > 1e-300)) return 37.0;
    return -boost::math::quantile(boost::math::normal(), tail);
}

StudentCopula::StudentCopula(double dof) : dof_{dof}, table_{grid_spacing} {
    const boost::math::students_t student(dof);
    const boost::math::normal normal;
    const auto points = static_cast<std::size_t>(grid_end / grid_spacing) + 1;
    for (std::size_t i = 0; i < points; ++i) {
        const double u = static_cast<double>(i) * grid_spacing;
        const double t = std::sinh(u);
        const double z = normal_of_student(dof, t);
        table_.value.push_back(z);
        const double density = boost::math::pdf(normal, z);
        table_.slope.push_back(density > 0.0 ? boost::math::pdf(student, t) / density * std::cosh(u) : 0.0);
    }
}

double StudentCopula::to_normal(double t) const {
    const double size = std::fabs(t);
    const double u = det_log(size + std::sqrt(size * size + 1.0)); // asinh
    const double z = table_.at(u);
    return std::copysign(z, t);
}

} // namespace plunge
