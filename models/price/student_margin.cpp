#include "models/price/student_margin.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "models/price/student_copula.hpp"
#include "models/random/elementary_block.hpp"

namespace plunge {
namespace {

constexpr double grid_spacing = 1.0 / 64.0;
constexpr double grid_end = 36.0; // beyond it the last value is held, a 1e-283 event

} // namespace

StudentMargin::StudentMargin(double dof) : scale_{std::sqrt((dof - 2.0) / dof)}, asinh_{grid_spacing} {
    const boost::math::students_t student(dof);
    const boost::math::normal normal;
    const auto points = static_cast<std::size_t>(grid_end / grid_spacing) + 1;
    const double log_at_zero = std::log(boost::math::pdf(student, 0.0));
    const auto slope_at = [&](double z, double u) { // du/dz, u = asinh(t); the density alone would underflow
        const double t = std::sinh(u);
        const double log_density = log_at_zero - 0.5 * (dof + 1.0) * std::log1p(t * t / dof);
        return boost::math::pdf(normal, z) / std::exp(log_density + 0.5 * std::log1p(t * t));
    };
    double u = 0.0;
    for (std::size_t i = 0; i < points; ++i) {
        const double z = static_cast<double>(i) * grid_spacing;
        if (i > 0) u += grid_spacing * asinh_.slope.back();
        for (int newton = 0; newton < 3 && i > 0; ++newton) {
            u -= (normal_of_student(dof, std::sinh(u)) - z) * slope_at(z, u);
        }
        asinh_.value.push_back(u);
        asinh_.slope.push_back(slope_at(z, u));
    }
}

double StudentMargin::of_normal(double z) const {
    make_of_normals(&z, 1);
    return z;
}

void StudentMargin::make_of_normals(double* z, std::size_t count) const {
    constexpr std::size_t together = 64;
    double u[together];
    for (std::size_t begin = 0; begin < count; begin += together) {
        const std::size_t n = std::min(together, count - begin);
        double* of = z + begin;
        for (std::size_t i = 0; i < n; ++i) u[i] = asinh_.at(std::fabs(of[i]));
        fill_exp(u, n, u);
        for (std::size_t i = 0; i < n; ++i) of[i] = std::copysign(scale_ * 0.5 * (u[i] - 1.0 / u[i]), of[i]);
    }
}

} // namespace plunge
