// Clustered volatility against the closed forms of its moments, and its rare events by three methods.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <doctest/doctest.h>

#include "models/price/garch.hpp"
#include "models/price/gbm.hpp"
#include "sim/driver/importance.hpp"
#include "sim/driver/splitting.hpp"
#include "sim/scenario/load.hpp"
#include "tests/price_paths.hpp"
#include "tests/unit/scenario_test_text.hpp"
#include "tests/verification/rare_events.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

constexpr double step_seconds = seconds_per_year / 256.0;
constexpr double dt = 1.0 / 256.0;
constexpr double sigma = 0.5;

struct Law {
    double alpha, beta, gamma;
    double dof = 0.0; // normal innovations where zero

    double persistence() const { return alpha + beta + 0.5 * gamma; }
    double kurtosis() const { return dof > 0.0 ? 3.0 + 6.0 / (dof - 4.0) : 3.0; } // of an innovation
    // E h^2 / (E h)^2, from h(t + 1) = omega + c(t) h(t), c = beta + (alpha + gamma 1[e < 0]) e^2 independent of h.
    double spread_of_variance() const {
        const double c_squared = beta * beta + 2.0 * beta * (alpha + 0.5 * gamma) +
                                 kurtosis() * (alpha * alpha + alpha * gamma + 0.5 * gamma * gamma);
        const double p = persistence();
        return (1.0 - p * p) / (1.0 - c_squared);
    }
};

Garch process(const Law& law, double start = 1.0, std::size_t assets = 1) {
    Garch::Params params;
    for (std::size_t a = 0; a < assets; ++a) {
        params.volatility.values.push_back(sigma);
        params.alpha.values.push_back(law.alpha);
        params.beta.values.push_back(law.beta);
        params.gamma.values.push_back(law.gamma);
        params.start.values.push_back(start);
    }
    if (law.dof > 0.0) params.student = StudentInnovations{law.dof};
    if (assets == 2) params.correlation = {2, {1.0, 0.6, 0.6, 1.0}};
    return {params, assets, step_seconds};
}

// What the recursion says of a path: variances and innovations, worked out from its returns.
struct Unfolded {
    std::vector<double> variance;
    std::vector<double> innovation;
};

Unfolded unfold(const Law& law, const double* returns, std::size_t steps, double start = 1.0) {
    Unfolded path;
    const double mean = sigma * sigma * dt;
    double h = start * start * mean;
    for (std::size_t t = 0; t < steps; ++t) {
        const double surprise = returns[t] + 0.5 * h;
        path.variance.push_back(h);
        path.innovation.push_back(surprise / std::sqrt(h));
        const double weight = law.alpha + (surprise < 0.0 ? law.gamma : 0.0);
        h = (1.0 - law.persistence()) * mean + weight * surprise * surprise + law.beta * h;
    }
    return path;
}

template <class F> void for_each_world(const Garch& garch, std::size_t steps, std::uint64_t worlds, F&& visit) {
    std::vector<double> path(steps * garch.drivers().assets);
    for (std::uint64_t world = 0; world < worlds; ++world) {
        test::draw_path(garch, {.seed = test::seed, .world = world}, steps, path.data());
        visit(path);
    }
}

constexpr Law laws[] = {
    {.alpha = 0.1, .beta = 0.8, .gamma = 0.0}, {.alpha = 0.05, .beta = 0.7, .gamma = 0.1}, {0.06, 0.75, 0.04, 12.0}};

} // namespace

TEST_CASE("student margin: the map agrees with the distribution functions, and is odd and increasing") {
    const boost::math::normal gauss;
    for (const double dof : {2.05, 3.0, 5.0, 12.0, 1e3, 1e6}) {
        CAPTURE(dof);
        const StudentMargin margin(dof);
        const boost::math::students_t student(dof);
        double worst = 0.0;
        double last = 0.0;
        for (int i = 1; i < 3000; ++i) {
            const double z = 0.0047 * i;
            const double t = margin.of_normal(z) / std::sqrt((dof - 2.0) / dof);
            const double expected = -boost::math::quantile(student, boost::math::cdf(gauss, -z));
            worst = std::max(worst, std::fabs(t / expected - 1.0));
            REQUIRE(t > last);
            REQUIRE(margin.of_normal(-z) == -margin.of_normal(z));
            last = t;
        }
        CHECK(worst < 2e-9);
        CHECK(margin.of_normal(0.0) == 0.0);
        std::vector<double> many; // the same to the bit, whatever the number
        for (int i = -70; i < 83; ++i) many.push_back(0.11 * i);
        std::vector<double> mapped = many;
        margin.make_of_normals(mapped.data(), mapped.size());
        for (std::size_t i = 0; i < many.size(); ++i) REQUIRE(mapped[i] == margin.of_normal(many[i]));
        CHECK(std::isfinite(margin.of_normal(36.0)));
        CHECK(margin.of_normal(50.0) >= margin.of_normal(36.0)); // held
    }
}

TEST_CASE("garch: innovations are independent, of the law asked for, with variance one, and correlated") {
    for (const double dof : {0.0, 3.0, 12.0}) {
        CAPTURE(dof);
        const Law law{0.1, 0.7, 0.1, dof};
        constexpr std::size_t steps = 100;
        std::vector<double> e;
        std::vector<double> product;
        std::vector<double> of_neighbours;
        std::vector<double> signs; // falls and rises of neighbours: have moments whatever the tails
        for_each_world(process(law, 1.0, 2), steps, 1'000, [&](const std::vector<double>& path) {
            const std::vector<double> one = unfold(law, path.data(), steps).innovation;
            const std::vector<double> other = unfold(law, path.data() + steps, steps).innovation;
            e.insert(e.end(), one.begin(), one.end());
            for (std::size_t t = 0; t < steps; ++t) {
                product.push_back((one[t] > 0.0) == (other[t] > 0.0) ? 1.0 : -1.0);
                if (t > 0) signs.push_back((one[t] > 0.0) == (one[t - 1] > 0.0) ? 1.0 : -1.0);
                if (t > 0)
                    of_neighbours.push_back((std::fabs(one[t]) > 1.0 ? 1.0 : 0.0) * (std::fabs(one[t - 1]) > 1.0));
            }
        });
        const double scale = dof > 0.0 ? std::sqrt(dof / (dof - 2.0)) : 1.0;
        const auto cdf = [&](double x) {
            if (dof > 0.0) return boost::math::cdf(boost::math::students_t(dof), scale * x);
            return test::normal_cdf(x);
        };
        CHECK(test::kolmogorov_smirnov(e, cdf) < test::kolmogorov_limit);
        test::check_estimate("mean", 0.0, test::estimate(e));
        if (dof == 0.0 || dof > 8.0)
            test::check_estimate("variance", 1.0, test::estimate(e, [](double x) { return x * x; }));
        // Of a pair with correlation rho, signs agree 2 / pi asin(rho) more often than not (Sheppard 1899).
        test::check_estimate("signs of a pair", 2.0 / std::numbers::pi * std::asin(0.6), test::estimate(product));
        test::check_estimate("signs of neighbours", 0.0, test::estimate(signs));
        const double large = 2.0 * cdf(-1.0);
        test::check_estimate("large neighbours", large * large, test::estimate(of_neighbours));
    }
}

TEST_CASE("garch: variance starts where it is told and goes to its long run by alpha + beta + gamma / 2 a step") {
    // Glosten, Jagannathan & Runkle (1993); E h(t) = sigma^2 dt (1 + (start^2 - 1) p^t).
    for (const Law& law : laws) {
        constexpr double start = 2.0;
        constexpr std::size_t steps = 40;
        std::vector<std::vector<double>> squares(steps);
        for_each_world(process(law, start), steps, 40'000, [&](const std::vector<double>& path) {
            const Unfolded unfolded = unfold(law, path.data(), steps, start);
            for (std::size_t t = 0; t < steps; ++t) {
                const double surprise = unfolded.innovation[t] * std::sqrt(unfolded.variance[t]);
                squares[t].push_back(surprise * surprise / (sigma * sigma * dt));
            }
        });
        for (const std::size_t t : {0U, 1U, 5U, 20U, 39U}) {
            CAPTURE(t);
            const double expected = 1.0 + (start * start - 1.0) * std::pow(law.persistence(), static_cast<double>(t));
            test::check_estimate("E r^2", expected, test::estimate(squares[t]));
        }
    }
}

TEST_CASE("garch: kurtosis and autocorrelation of squares in the long run are those of the closed forms") {
    // Kurtosis kappa E h^2 / (E h)^2. With normal innovations and gamma = 0 it is 3 (1 - (a + b)^2) / (1 - (a + b)^2 -
    // 2 a^2), and squares one step apart have correlation a (1 - a b - b^2) / (1 - 2 a b - b^2): Bollerslev (1986), J.
    // Econometrics 31, 307; with asymmetry and other innovations He & Terasvirta (1999), J. Econometrics 92, 173.
    {
        const double a = laws[0].alpha;
        const double b = laws[0].beta;
        const double p = a + b;
        CHECK(3.0 * laws[0].spread_of_variance() ==
              doctest::Approx(3.0 * (1.0 - p * p) / (1.0 - p * p - 2.0 * a * a)).epsilon(1e-12));
    }
    for (const Law& law : laws) {
        constexpr std::size_t burn = 150;
        constexpr std::size_t steps = 400;
        const double mean = sigma * sigma * dt;
        const double p = law.persistence();
        const double squared = law.spread_of_variance(); // E h^2, E h = 1
        const double fourth = law.kurtosis() * squared;  // E r^4
        // E r(t + 1)^2 r(t)^2 = E (omega + c(t) h(t)) h(t) e(t)^2
        const double neighbours = (1.0 - p) + (law.beta + law.kurtosis() * (law.alpha + 0.5 * law.gamma)) * squared;
        if (law.gamma == 0.0) {
            const double a = law.alpha;
            const double b = law.beta;
            const double correlation = (neighbours - 1.0) / (fourth - 1.0);
            CHECK(correlation ==
                  doctest::Approx(a * (1.0 - a * b - b * b) / (1.0 - 2.0 * a * b - b * b)).epsilon(1e-9));
        }
        std::vector<double> first;
        std::vector<double> second;
        std::vector<std::vector<double>> lagged(4);
        for_each_world(process(law), burn + steps, 8'000, [&](const std::vector<double>& path) {
            const Unfolded unfolded = unfold(law, path.data(), burn + steps);
            std::vector<double> r2;
            for (std::size_t t = burn; t < burn + steps; ++t)
                r2.push_back(unfolded.innovation[t] * unfolded.innovation[t] * unfolded.variance[t] / mean);
            double m1 = 0.0;
            double m2 = 0.0;
            std::vector<double> products(lagged.size(), 0.0);
            for (std::size_t t = 0; t < steps; ++t) {
                m1 += r2[t] / steps;
                m2 += r2[t] * r2[t] / steps;
                for (std::size_t k = 1; k <= lagged.size() && t >= k; ++k)
                    products[k - 1] += r2[t] * r2[t - k] / static_cast<double>(steps - k);
            }
            first.push_back(m1);
            second.push_back(m2);
            for (std::size_t k = 0; k < lagged.size(); ++k) lagged[k].push_back(products[k]);
        });
        test::check_estimate("E r^2", 1.0, test::estimate(first));
        test::check_estimate("E r^4: kurtosis", fourth, test::estimate(second));
        CHECK(fourth > law.kurtosis() * 1.05); // there is something to see
        for (std::size_t k = 0; k < lagged.size(); ++k) {
            CAPTURE(k);
            const double expected = 1.0 + (neighbours - 1.0) * std::pow(p, static_cast<double>(k));
            test::check_estimate("E r(t)^2 r(t - k)^2", expected, test::estimate(lagged[k]));
        }
    }
}

TEST_CASE("garch: falls raise the variance by gamma more") {
    // E r(1) r(2)^2 = gamma h^(3/2) E e^3 1[e < 0] = -2 gamma h^(3/2) / sqrt(2 pi) for normal innovations.
    const Law law{.alpha = 0.05, .beta = 0.7, .gamma = 0.4};
    std::vector<double> product;
    for_each_world(process(law), 8, 100'000, [&](const std::vector<double>& path) {
        const Unfolded unfolded = unfold(law, path.data(), 2);
        const double h = unfolded.variance[1] / unfolded.variance[0];
        product.push_back(unfolded.innovation[0] * h * unfolded.innovation[1] * unfolded.innovation[1]);
    });
    test::check_estimate("leverage", -2.0 * law.gamma / std::sqrt(2.0 * std::numbers::pi), test::estimate(product));
}

TEST_CASE("garch: with normal innovations prices are martingales, whatever the variance does") {
    for (const Law& law : {laws[0], laws[1]}) {
        std::vector<double> growth;
        for_each_world(process(law, 1.5), 128, 40'000, [&](const std::vector<double>& path) {
            double sum = 0.0;
            for (const double r : path) sum += r;
            growth.push_back(std::exp(sum));
        });
        test::check_estimate("E S_T / S_0", 1.0, test::estimate(growth));
    }
}

TEST_CASE("garch: without alpha, beta and gamma it is geometric Brownian motion") {
    const Garch garch = process({0.0, 0.0, 0.0}, 1.0, 2);
    std::vector<double> path(2 * 64);
    test::draw_path(garch, {.seed = test::seed, .world = 3}, 64, path.data());
    Gbm::Params params;
    params.volatility.values = {sigma, sigma};
    params.correlation = {2, {1.0, 0.6, 0.6, 1.0}};
    std::vector<double> other(2 * 64);
    test::draw_path(Gbm(params, 2, step_seconds), {.seed = test::seed, .world = 3}, 64, other.data());
    for (std::size_t i = 0; i < path.size(); ++i) CHECK(path[i] == doctest::Approx(other[i]).epsilon(1e-12));
}

TEST_CASE("garch: probabilities of rare events agree by counting, splitting and importance sampling") {
    // An hour of half-minutes; a crowd of longs is liquidated by a fall of 2.8 %.
    const std::string normal =
        "model = \"garch\"\nvolatility = 0.6\nalpha = 0.12\nbeta = 0.8\ngamma = 0.1\nstart = 1.5";
    for (const std::string& prices : {normal, normal + "\nstudent = { dof = 5 }\ntails = { dof = 5 }"}) {
        const std::string text = scenario_test::with("model = \"gbm\"\nvolatility = 0.6", prices,
                                                     scenario_test::with("leverage = 10", "leverage = 30"));
        struct Example {
            RareQuantity quantity;
            double threshold;
        };
        const Market market(scenario_test::parse(text).scenario);
        for (const Example& example :
             {Example{RareQuantity::price_move, 0.03}, Example{RareQuantity::liquidated, 0.0}}) {
            RareEvent event = test::event_on(market, example.quantity, example.threshold);
            event.weight = {1.0, 0.0};
            SplittingOptions splitting;
            splitting.particles = 50;
            splitting.repetitions = 200;
            ImportanceOptions importance;
            importance.worlds = 30'000;
            const CrudeEstimate counted = estimate_by_counting(market, event, 150'000, splitting);
            const SplittingEstimate split = estimate_by_splitting(market, event, splitting);
            const ImportanceEstimate sampled = estimate_by_importance(market, event, importance);
            const auto n = static_cast<double>(counted.worlds);
            const double p = static_cast<double>(counted.events()) / n;
            const double by_counting = std::sqrt(p * (1.0 - p) / n);
            const double by_splitting = split.relative_error * split.probability.point;
            const double by_importance = sampled.relative_error * sampled.probability.point;
            MESSAGE(prices, ": counting ", p, " +- ", by_counting, ", splitting ", split.probability.point, " +- ",
                    by_splitting, ", importance sampling ", sampled.probability.point, " +- ", by_importance);
            CHECK(p > 1e-4);
            CHECK(p < 2e-2);
            CHECK(std::fabs(split.probability.point - p) <= 3.5 * std::hypot(by_counting, by_splitting));
            CHECK(std::fabs(sampled.probability.point - p) <= 3.5 * std::hypot(by_counting, by_importance));
            CHECK(split.relative_error < 0.15);
            CHECK(sampled.relative_error < 0.15);
        }
    }
}

} // namespace plunge
