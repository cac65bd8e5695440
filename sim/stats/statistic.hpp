// A number that worlds are summed up by: mean, share, quantile.
#pragma once

#include <optional>
#include <string>

namespace plunge {

/// As users write it behind a metric's name:
///
///   mean   of the worlds
///   share  of worlds in which the metric is above zero
///   qNNN   quantile, NNN the digits after the decimal point: q5 is the median, q999 the 99.9 % quantile
struct Statistic {
    enum class Kind { mean, share, quantile };

    Kind kind = Kind::mean;
    double probability = 0.0; ///< of a quantile
};

/// \return nothing where the name is none of these
std::optional<Statistic> parse_statistic(const std::string& name);

} // namespace plunge
