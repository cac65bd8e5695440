// The Student-t copula: normal margins, and joint extremes as the closed forms have them.

#include <cmath>
#include <limits>
#include <vector>

#include <boost/math/constants/constants.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <doctest/doctest.h>

#include "models/price/gbm.hpp"
#include "tests/price_paths.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

using boost::math::normal;
using boost::math::students_t;

constexpr double rho = 0.5;
constexpr std::size_t draws = 1'000'000;

// Innovations of two assets, back as standard normals, [asset][draw].
std::vector<std::vector<double>> innovations(double dof, std::size_t count) {
    Gbm::Params params;
    params.volatility.values = {1.0, 1.0};
    params.drift.values = {0.5, 0.5}; // half the variance: no log drift
    params.correlation = {2, {1.0, rho, rho, 1.0}};
    if (std::isfinite(dof)) params.tails = Tails{.dof = dof};
    const Gbm gbm(params, 2, seconds_per_year); // one step is one standard deviation
    std::vector<double> path(2 * count);
    test::draw_path(gbm, {.seed = test::seed, .world = 1}, count, path.data());
    std::vector<std::vector<double>> z(2);
    for (std::size_t i = 0; i < path.size(); ++i) z[i / count].push_back(path[i]);
    return z;
}

const std::vector<std::vector<double>>& sample() {
    static const auto drawn = innovations(4.0, draws);
    return drawn;
}

// P(U_2 <= u | U_1 <= u) of the t copula. Given T_1 = x, T_2 is rho x + sqrt((nu + x^2) (1 - rho^2) / (nu + 1)) times a
// t variate with nu + 1 degrees of freedom (Demarta & McNeil 2005, Int. Stat. Rev. 73, 111).
double conditional_tail(double dof, double u) {
    const students_t margin(dof);
    const students_t conditional(dof + 1.0);
    const double t = boost::math::quantile(margin, u);
    const auto integrand = [&](double x) {
        const double scale = std::sqrt((dof + x * x) * (1.0 - rho * rho) / (dof + 1.0));
        return boost::math::pdf(margin, x) * boost::math::cdf(conditional, (t - rho * x) / scale);
    };
    using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
    return Quadrature::integrate(integrand, -std::numeric_limits<double>::infinity(), t, 15, 1e-10) / u;
}

// Its limit for u -> 0: 2 T_{nu+1}(-sqrt((nu + 1) (1 - rho) / (1 + rho))) (ibid.).
double tail_dependence(double dof) {
    return 2.0 * boost::math::cdf(students_t(dof + 1.0), -std::sqrt((dof + 1.0) * (1.0 - rho) / (1.0 + rho)));
}

// Draws with both below the u quantile (or both above the 1 - u quantile), and draws with the first one there.
struct Tail {
    double both = 0.0;
    double first = 0.0;
};

Tail tail(const std::vector<std::vector<double>>& z, double u, double side) {
    const double quantile = boost::math::quantile(normal(), u);
    Tail result;
    for (std::size_t i = 0; i < z[0].size(); ++i) {
        const bool first = side * z[0][i] <= quantile;
        result.first += first ? 1.0 : 0.0;
        result.both += first && side * z[1][i] <= quantile ? 1.0 : 0.0;
    }
    return result;
}

} // namespace

TEST_CASE("student copula: the marginal map agrees with the distribution functions to 1e-8") {
    const normal gauss;
    for (const double dof : {1.5, 2.0, 3.0, 4.0, 7.5, 30.0, 1000.0}) {
        const StudentCopula copula(dof);
        const students_t student(dof);
        double worst = 0.0;
        double last = -1.0;
        bool increasing = true;
        for (int i = 0; i <= 4000; ++i) {
            const double t = std::sinh(0.0037 * i);
            const double tail = boost::math::cdf(student, -t);
            if (tail < 1e-250) break;
            const double z = copula.to_normal(t);
            worst = std::max(worst, std::fabs(z + boost::math::quantile(gauss, tail)));
            increasing = increasing && z > last;
            last = z;
            CHECK(copula.to_normal(-t) == -z);
        }
        CAPTURE(dof);
        CHECK(worst < 1e-8);
        CHECK(increasing);
    }
}

TEST_CASE("student copula: far beyond any draw the map stays finite and increasing") {
    for (const double dof : {1.01, 4.0, 100.0, 1e6}) {
        const StudentCopula copula(dof);
        double last = 0.0;
        for (const double t : {1.0, 10.0, 1e3, 1e8, 1e16, 1e30, 1e200}) {
            const double z = copula.to_normal(t);
            CAPTURE(dof);
            CAPTURE(t);
            CHECK(std::isfinite(z));
            CHECK(z >= last);
            last = z;
        }
    }
}

TEST_CASE("student copula: margins stay standard normal") {
    for (std::size_t a = 0; a < 2; ++a) {
        const std::vector<double>& z = sample()[a];
        CAPTURE(a);
        test::check_estimate("mean", 0.0, test::estimate(z));
        test::check_estimate("variance", 1.0, test::estimate(z, [](double x) { return x * x; }));
        test::check_estimate("skewness", 0.0, test::estimate(z, [](double x) { return x * x * x; }));
        test::check_estimate("kurtosis", 3.0, test::estimate(z, [](double x) { return x * x * x * x; }));
        CHECK(test::kolmogorov_smirnov(z, test::normal_cdf) < test::kolmogorov_limit);
        for (const double u : {0.05, 0.001}) {
            test::check_probability("P(z <= quantile)", u, tail(sample(), u, 1.0).first, draws);
        }
    }
}

TEST_CASE("student copula: steps are independent") {
    std::vector<double> product;
    std::vector<double> of_squares;
    for (std::size_t i = 1; i < draws; ++i) {
        const double x = sample()[0][i];
        const double y = sample()[1][i - 1];
        product.push_back(x * y);
        of_squares.push_back((x * x - 1.0) * (y * y - 1.0)); // the mixing variate of a step is its own
    }
    test::check_estimate("covariance of neighbouring steps", 0.0, test::estimate(product));
    test::check_estimate("covariance of their squares", 0.0, test::estimate(of_squares));
}

TEST_CASE("student copula: Kendall's rank correlation is 2 / pi asin(rho), whatever the degrees of freedom") {
    // Lindskog, McNeil & Schmock (2003), "Kendall's tau for elliptical distributions": it holds for all elliptical
    // copulas. Each pair of draws is used once.
    const double expected = 2.0 / boost::math::constants::pi<double>() * std::asin(rho);
    for (const double dof : {2.0, 4.0, 20.0, std::numeric_limits<double>::infinity()}) {
        const auto z = innovations(dof, 400'000);
        std::vector<double> concordance;
        for (std::size_t i = 0; i + 1 < z[0].size(); i += 2) {
            concordance.push_back((z[0][i] - z[0][i + 1]) * (z[1][i] - z[1][i + 1]) > 0.0 ? 1.0 : -1.0);
        }
        CAPTURE(dof);
        test::check_estimate("Kendall's tau", expected, test::estimate(concordance));
    }
}

TEST_CASE("student copula: the conditional tail tends to the coefficient of tail dependence") {
    // The reference itself, before the sample is held against it.
    for (const double dof : {2.0, 4.0}) {
        CAPTURE(dof);
        CHECK(conditional_tail(dof, 1e-10) == doctest::Approx(tail_dependence(dof)).epsilon(1e-3));
        CHECK(conditional_tail(dof, 1e-2) > tail_dependence(dof)); // from above, so the limit alone would mislead
    }
    CHECK(conditional_tail(4.0, 0.5) == doctest::Approx(0.5 + std::asin(rho) / boost::math::constants::pi<double>()));
    CHECK(tail_dependence(4.0) == doctest::Approx(0.253).epsilon(0.002));
}

TEST_CASE("student copula: joint falls and joint rises are as likely as the closed form says") {
    for (const double u : {0.05, 0.01, 0.002}) {
        for (const double side : {1.0, -1.0}) {
            const Tail got = tail(sample(), u, side);
            CAPTURE(u);
            CAPTURE(side);
            test::check_probability("P(both beyond | one beyond)", conditional_tail(4.0, u), got.both, got.first);
        }
    }
}

TEST_CASE("student copula: without it joint extremes are those of the Gaussian copula, and far rarer") {
    const auto z = innovations(std::numeric_limits<double>::infinity(), draws);
    const double u = 0.002;
    const Tail got = tail(z, u, 1.0);
    const double t = boost::math::quantile(normal(), u);
    const auto integrand = [&](double x) {
        return boost::math::pdf(normal(), x) * test::normal_cdf((t - rho * x) / std::sqrt(1.0 - rho * rho));
    };
    using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
    const double gaussian = Quadrature::integrate(integrand, -std::numeric_limits<double>::infinity(), t, 15, 1e-10) /
                            u;
    test::check_probability("P(both beyond | one beyond)", gaussian, got.both, got.first);
    CHECK(gaussian < 0.4 * conditional_tail(4.0, u));
}

} // namespace plunge
