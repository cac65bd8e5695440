// When a run has enough worlds: a limit on how uncertain one number may be.
#pragma once

#include <string>

#include "sim/stats/column.hpp"
#include "sim/stats/observations.hpp"
#include "sim/stats/statistic.hpp"

namespace plunge {

/// `width(METRIC.STATISTIC) < LIMIT` or `se(METRIC.STATISTIC) < LIMIT`; METRIC is a name of the summary, STATISTIC one
/// of
///
///   mean   of the worlds; its interval is +- 1.96 standard errors
///   share  of worlds in which the metric is above zero; exact binomial interval
///   qNNN   quantile, NNN the digits after the decimal point: q5 is the median, q999 the 99.9 % quantile;
///          distribution-free interval
///
/// `width` is the width of the 95 % interval over the size of the number, `se` the standard error of a mean or share
/// over it. LIMIT is a share ("0.05") or a percentage ("5%").
struct StoppingRule {
    enum class Measure { width, standard_error };

    Measure measure = Measure::width;
    Statistic statistic;
    std::string metric;
    double limit = 0.0;
    std::string text; ///< as it was written

    bool met(double value) const { return value < limit; }
};

/// \throws std::invalid_argument saying what is wrong and what would be accepted.
StoppingRule parse_stopping_rule(const std::string& text);

/// What the rule limits, on the worlds of a column; those without a value are left out. Zero where the number is zero
/// for certain, infinite where its interval has no end or it is zero and might not be.
/// \param dependence  over what the standard error of a mean is taken
double uncertainty(const StoppingRule& rule, const Column& column, Dependence dependence);

} // namespace plunge
