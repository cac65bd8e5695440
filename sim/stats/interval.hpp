// A number with the interval that it is known to lie in.
#pragma once

#include <limits>

namespace plunge {

/// An estimate and its confidence interval; an end that the sample cannot give is infinite.
struct IntervalEstimate {
    double point = std::numeric_limits<double>::quiet_NaN();
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
};

} // namespace plunge
