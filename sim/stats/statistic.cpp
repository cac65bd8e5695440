#include "sim/stats/statistic.hpp"

namespace plunge {

std::optional<Statistic> parse_statistic(const std::string& name) {
    if (name == "mean") return Statistic{};
    if (name == "share") return Statistic{Statistic::Kind::share};
    const bool digits = name.size() > 1 && name.size() < 16 &&
                        name.find_first_not_of("0123456789", 1) == std::string::npos;
    if (!digits || name.front() != 'q') return std::nullopt;
    const double probability = std::stod("0." + name.substr(1));
    if (!(probability > 0.0)) return std::nullopt;
    return Statistic{Statistic::Kind::quantile, probability};
}

} // namespace plunge
