#include "sim/stats/power.hpp"

#include <limits>

#include "sim/stats/distributions.hpp"

namespace plunge {

double detectable_difference(double standard_error, double alpha, double power, double degrees_of_freedom) {
    return (-student_quantile(0.5 * alpha, degrees_of_freedom) + normal_quantile(power)) * standard_error;
}

double worlds_factor(double detectable, double wanted) {
    if (!(wanted > 0.0)) return std::numeric_limits<double>::infinity();
    const double ratio = detectable / wanted;
    return ratio * ratio;
}

} // namespace plunge
