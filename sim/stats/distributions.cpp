#include "sim/stats/distributions.hpp"

#include <cmath>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace plunge {

double normal_quantile(double probability) { return boost::math::quantile(boost::math::normal(), probability); }

double normal_two_sided(double z) {
    if (std::isinf(z)) return 0.0;
    return std::fmin(1.0, 2.0 * boost::math::cdf(boost::math::complement(boost::math::normal(), std::fabs(z))));
}

double student_quantile(double probability, double degrees_of_freedom) {
    return boost::math::quantile(boost::math::students_t(degrees_of_freedom), probability);
}

double student_two_sided(double t, double degrees_of_freedom) {
    if (std::isinf(t)) return 0.0;
    const boost::math::students_t student(degrees_of_freedom);
    return std::fmin(1.0, 2.0 * boost::math::cdf(boost::math::complement(student, std::fabs(t))));
}

} // namespace plunge
