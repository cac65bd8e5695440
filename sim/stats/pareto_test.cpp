#include "sim/stats/pareto_test.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace plunge {
namespace {

constexpr std::array<double, 22> levels{0.999, 0.99, 0.975, 0.95, 0.9,  0.8,   0.7,  0.6,   0.5,    0.4,   0.3,
                                        0.25,  0.2,  0.15,  0.1,  0.05, 0.025, 0.01, 0.005, 0.0025, 0.001, 0.0001};

struct Row {
    double xi;
    std::array<double, levels.size()> statistic;
};

// A^2 at the levels. The empirical process less what two estimated parameters take up has, in the orthonormal Legendre
// polynomials of 1 - F, the covariance D (1 - B I^-1 B') D with D^2 = 1 / (j (j + 1)), B the scores' coefficients
// (powers and logarithms of 1 - F) and I the information; the tails of sum lambda_j chi^2_1 over its eigenvalues are by
// Imhof (1961), Biometrika 48, 419.
constexpr std::array<Row, 17> table{{
    // clang-format off
    {-0.5, {0.1184, 0.1592, 0.1859, 0.2138, 0.2533, 0.3148, 0.3715, 0.4303, 0.4957, 0.5734, 0.6724,
           0.7353, 0.8131, 0.9147, 1.0612, 1.3205, 1.5897, 1.9578, 2.2432, 2.5331, 2.9216, 3.9159}},
    {-0.4, {0.1150, 0.1540, 0.1792, 0.2055, 0.2427, 0.3003, 0.3530, 0.4075, 0.4680, 0.5395, 0.6304,
           0.6880, 0.7591, 0.8518, 0.9852, 1.2209, 1.4653, 1.7993, 2.0582, 2.3213, 2.6738, 3.5764}},
    {-0.3, {0.1122, 0.1495, 0.1735, 0.1986, 0.2338, 0.2881, 0.3377, 0.3887, 0.4452, 0.5117, 0.5960,
           0.6494, 0.7150, 0.8007, 0.9236, 1.1404, 1.3649, 1.6716, 1.9093, 2.1509, 2.4746, 3.3036}},
    {-0.2, {0.1098, 0.1457, 0.1688, 0.1927, 0.2263, 0.2780, 0.3249, 0.3730, 0.4262, 0.4886, 0.5676,
           0.6175, 0.6788, 0.7586, 0.8730, 1.0744, 1.2828, 1.5672, 1.7877, 2.0118, 2.3121, 3.0812}},
    {-0.1, {0.1077, 0.1425, 0.1647, 0.1878, 0.2200, 0.2694, 0.3141, 0.3599, 0.4103, 0.4694, 0.5440,
           0.5910, 0.6486, 0.7236, 0.8310, 1.0197, 1.2148, 1.4809, 1.6871, 1.8967, 2.1776, 2.8972}},
    {0.0, {0.1060, 0.1398, 0.1613, 0.1836, 0.2147, 0.2622, 0.3051, 0.3489, 0.3970, 0.4533, 0.5241,
           0.5687, 0.6234, 0.6943, 0.7958, 0.9739, 1.1578, 1.4086, 1.6029, 1.8003, 2.0650, 2.7430}},
    {0.1, {0.1045, 0.1375, 0.1585, 0.1801, 0.2103, 0.2562, 0.2975, 0.3396, 0.3858, 0.4397, 0.5074,
           0.5500, 0.6021, 0.6697, 0.7662, 0.9354, 1.1099, 1.3476, 1.5318, 1.7190, 1.9700, 2.6130}},
    {0.2, {0.1033, 0.1356, 0.1561, 0.1772, 0.2065, 0.2511, 0.2911, 0.3318, 0.3763, 0.4282, 0.4932,
           0.5341, 0.5840, 0.6487, 0.7410, 0.9026, 1.0690, 1.2957, 1.4713, 1.6497, 1.8889, 2.5019}},
    {0.3, {0.1023, 0.1340, 0.1541, 0.1747, 0.2033, 0.2468, 0.2856, 0.3251, 0.3682, 0.4184, 0.4812,
           0.5205, 0.5686, 0.6309, 0.7195, 0.8746, 1.0341, 1.2512, 1.4194, 1.5903, 1.8194, 2.4065}},
    {0.5, {0.1008, 0.1316, 0.1510, 0.1709, 0.1984, 0.2400, 0.2771, 0.3146, 0.3555, 0.4029, 0.4621,
           0.4990, 0.5442, 0.6024, 0.6853, 0.8297, 0.9781, 1.1798, 1.3360, 1.4946, 1.7073, 2.2525}},
    {0.7, {0.0997, 0.1298, 0.1488, 0.1682, 0.1949, 0.2352, 0.2709, 0.3070, 0.3462, 0.3916, 0.4480,
           0.4832, 0.5261, 0.5814, 0.6598, 0.7963, 0.9362, 1.1262, 1.2731, 1.4224, 1.6226, 2.1358}},
    {0.9, {0.0989, 0.1286, 0.1472, 0.1663, 0.1924, 0.2317, 0.2665, 0.3015, 0.3394, 0.3833, 0.4376,
           0.4715, 0.5127, 0.5657, 0.6408, 0.7712, 0.9046, 1.0856, 1.2255, 1.3676, 1.5581, 2.0466}},
    {1.2, {0.0982, 0.1274, 0.1457, 0.1643, 0.1899, 0.2281, 0.2619, 0.2959, 0.3325, 0.3747, 0.4269,
           0.4594, 0.4988, 0.5494, 0.6210, 0.7448, 0.8713, 1.0425, 1.1748, 1.3091, 1.4891, 1.9508}},
    {1.6, {0.0977, 0.1266, 0.1446, 0.1629, 0.1880, 0.2255, 0.2585, 0.2916, 0.3273, 0.3682, 0.4188,
           0.4501, 0.4881, 0.5368, 0.6055, 0.7242, 0.8451, 1.0085, 1.1345, 1.2625, 1.4340, 1.8737}},
    {2.2, {0.0974, 0.1260, 0.1439, 0.1621, 0.1869, 0.2240, 0.2566, 0.2891, 0.3242, 0.3645, 0.4140,
           0.4447, 0.4819, 0.5295, 0.5966, 0.7123, 0.8299, 0.9887, 1.1111, 1.2353, 1.4018, 1.8287}},
    {3.0, {0.0973, 0.1260, 0.1439, 0.1621, 0.1869, 0.2240, 0.2567, 0.2894, 0.3246, 0.3649, 0.4148,
           0.4456, 0.4830, 0.5310, 0.5986, 0.7153, 0.8340, 0.9945, 1.1183, 1.2439, 1.4123, 1.8441}},
    {5.0, {0.0979, 0.1270, 0.1452, 0.1637, 0.1892, 0.2275, 0.2614, 0.2955, 0.3324, 0.3751, 0.4282,
           0.4612, 0.5015, 0.5533, 0.6269, 0.7549, 0.8862, 1.0644, 1.2022, 1.3423, 1.5301, 2.0115}},
    // clang-format on
}};

// The logit of the p-value, linear in the logarithm of the statistic between the levels and beyond them.
double logit_p(double log_statistic, const Row& row) {
    const auto logit = [](double p) { return std::log(p / (1.0 - p)); };
    std::size_t i = 1;
    while (i + 1 < levels.size() && log_statistic > std::log(row.statistic[i])) ++i;
    const double low = std::log(row.statistic[i - 1]);
    const double high = std::log(row.statistic[i]);
    const double part = (log_statistic - low) / (high - low);
    return (1.0 - part) * logit(levels[i - 1]) + part * logit(levels[i]);
}

} // namespace

double anderson_darling(const std::vector<double>& sorted, const GeneralizedPareto& fitted) {
    const std::size_t n = sorted.size();
    const double ratio = fitted.xi / fitted.beta;
    // log(1 - F)
    const auto log_beyond = [&](double y) {
        return fitted.xi == 0.0 ? -y / fitted.beta : -std::log1p(ratio * y) / fitted.xi;
    };
    if (!(1.0 + ratio * sorted.back() > 0.0)) return std::numeric_limits<double>::infinity();
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        const double log_below = std::log(-std::expm1(log_beyond(sorted[i])));
        sum += (2.0 * static_cast<double>(i) + 1.0) * (log_below + log_beyond(sorted[n - 1 - i]));
    }
    return -static_cast<double>(n) - sum / static_cast<double>(n);
}

double anderson_darling_p_value(double statistic, double xi) {
    if (!std::isfinite(statistic)) return 0.0;
    if (!(statistic > 0.0)) return 1.0;
    std::size_t above = 1;
    while (above + 1 < table.size() && xi > table[above].xi) ++above;
    const Row& low = table[above - 1];
    const Row& high = table[above];
    const double part = std::clamp((xi - low.xi) / (high.xi - low.xi), 0.0, 1.0);
    Row row{xi, {}};
    for (std::size_t i = 0; i < levels.size(); ++i)
        row.statistic[i] = (1.0 - part) * low.statistic[i] + part * high.statistic[i];
    return 1.0 / (1.0 + std::exp(-logit_p(std::log(statistic), row)));
}

std::size_t forward_stop(const std::vector<double>& p_values, double rate) {
    std::size_t rejected = 0;
    double sum = 0.0;
    for (std::size_t i = 0; i < p_values.size(); ++i) {
        sum -= std::log1p(-p_values[i]);
        if (sum <= rate * static_cast<double>(i + 1)) rejected = i + 1;
    }
    return rejected;
}

} // namespace plunge
