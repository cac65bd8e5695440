#include "sim/stats/proportions.hpp"

#include <algorithm>
#include <cmath>

#include <boost/math/special_functions/beta.hpp>

namespace plunge {
namespace {

double log_choose(double n, double k) { return std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0); }

} // namespace

FisherTails fisher_tails(const Proportion& a, const Proportion& b) {
    const auto n_a = static_cast<double>(a.trials);
    const auto n_b = static_cast<double>(b.trials);
    const double sum = static_cast<double>(a.count) + static_cast<double>(b.count);
    const auto observed = static_cast<double>(b.count);
    const double least = std::max(0.0, sum - n_a);
    const double most = std::min(sum, n_b);
    // Probability of the observed count, then outwards by ratios of neighbours until nothing is added any more.
    const double here = std::exp(log_choose(n_b, observed) + log_choose(n_a, sum - observed) -
                                 log_choose(n_a + n_b, sum));
    // Too far out for a double: one tail is nothing, the other everything.
    if (here == 0.0) return observed * n_a > (sum - observed) * n_b ? FisherTails{0.0, 1.0} : FisherTails{1.0, 0.0};
    const auto tail = [&](double step) {
        double total = here;
        double term = here;
        for (double k = observed; step > 0.0 ? k < most : k > least; k += step) {
            term *= step > 0.0 ? (n_b - k) / (k + 1.0) * (sum - k) / (n_a - sum + k + 1.0)
                               : k / (n_b - k + 1.0) * (n_a - sum + k) / (sum - k + 1.0);
            // Towards the middle terms grow before they fall: only falling ones may be left out.
            if (term < 1e-17 * total) break;
            total += term;
        }
        return std::min(total, 1.0);
    };
    return {tail(1.0), tail(-1.0)};
}

double fair_coin_p_value(std::uint64_t heads, std::uint64_t tails) {
    const auto few = static_cast<double>(std::min(heads, tails));
    const auto many = static_cast<double>(std::max(heads, tails));
    if (few == many) return 1.0;
    return std::min(1.0, 2.0 * boost::math::ibeta(many, few + 1.0, 0.5)); // P(at least `many` of all)
}

double pooled_share_error(const Proportion& a, const Proportion& b) {
    const auto n_a = static_cast<double>(a.trials);
    const auto n_b = static_cast<double>(b.trials);
    const double share = (static_cast<double>(a.count) + static_cast<double>(b.count)) / (n_a + n_b);
    return std::sqrt(share * (1.0 - share) * (1.0 / n_a + 1.0 / n_b));
}

} // namespace plunge
