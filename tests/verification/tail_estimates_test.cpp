// Estimators of tails: a published fit, and how often 95 % intervals cover what is known.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/random/philox.hpp"
#include "models/random/variates.hpp"
#include "sim/stats/expected_shortfall.hpp"
#include "sim/stats/peaks_over_threshold.hpp"
#include "sim/stats/quantile_interval.hpp"
#include "sim/stats/tail_estimate.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

// n sorted losses with P(X > x) = share (1 + xi x)^(-1 / xi) for x >= 0, zero otherwise.
std::vector<double> draw_losses(std::uint64_t sample, int n, double share, double xi) {
    PhiloxEngine engine(StreamKey{.seed = test::seed, .world = sample});
    std::vector<double> losses;
    for (int i = 0; i < n; ++i) {
        const double u = draw_uniform(engine);
        losses.push_back(u < share ? std::expm1(-xi * std::log(u / share)) / xi : 0.0);
    }
    std::sort(losses.begin(), losses.end());
    return losses;
}

struct Coverage {
    int covered = 0;
    int samples = 0;
    void count(const IntervalEstimate& estimate, double truth) {
        covered += estimate.low <= truth && truth <= estimate.high ? 1 : 0;
        ++samples;
    }
    double share() const { return static_cast<double>(covered) / samples; }
};

std::vector<double> first_column(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line); // headings
    std::vector<double> values;
    while (std::getline(file, line)) values.push_back(std::strtod(line.c_str(), nullptr));
    return values;
}

} // namespace

TEST_CASE("generalized Pareto: liability claims over 50,000, as R's evd fits them") {
    // 1,500 general liability claims (Frees & Valdez 1998, N. Am. Actuar. J. 2, 1): `lossalae` of R's evd, as a CSV
    // whose first column is the loss. fpot(lossalae[, 1] / 1000, 50) gives the numbers below.
    const char* folder = std::getenv("PLUNGE_SHARED_DATA");
    const std::filesystem::path path = std::filesystem::path(folder != nullptr ? folder : ".") / "losses/lossalae.csv";
    if (folder == nullptr || !std::filesystem::exists(path)) {
        MESSAGE("skipped: no losses/lossalae.csv in the folder of PLUNGE_SHARED_DATA");
        return;
    }
    std::vector<double> excesses;
    for (const double loss : first_column(path)) {
        if (loss / 1000.0 > 50.0) excesses.push_back(loss / 1000.0 - 50.0);
    }
    REQUIRE(excesses.size() == 266);
    const ParetoFit fit = ExcessLikelihood(excesses).fit();
    CHECK(fit.parameters.xi == doctest::Approx(0.390921624).epsilon(1e-6));
    CHECK(fit.parameters.beta == doctest::Approx(75.912925593).epsilon(1e-6));
    CHECK(-fit.log_likelihood == doctest::Approx(1521.655285244).epsilon(1e-12));
}

TEST_CASE("peaks over threshold: 95 % profile intervals cover shape, VaR and ES of a heavy tail") {
    // A tail with infinite variance and an atom of half of the worlds at zero.
    constexpr double xi = 0.5;
    constexpr double share = 0.5;
    constexpr double probability = 0.999;
    constexpr int samples = 600;
    const double var = std::expm1(-xi * std::log((1.0 - probability) / share)) / xi;
    const double es = (var + 1.0) / (1.0 - xi);
    Coverage of_shape;
    Coverage of_var;
    Coverage of_es;
    Coverage of_normal_es;
    for (int s = 0; s < samples; ++s) {
        const std::vector<double> losses = draw_losses(static_cast<std::uint64_t>(s), 2000, share, xi);
        const auto tail = PeaksOverThreshold::fit(losses, default_exceedances(losses));
        REQUIRE(tail);
        of_shape.count(tail->shape(0.95), xi);
        of_var.count(tail->value_at_risk(probability, 0.95), var);
        of_es.count(tail->expected_shortfall(probability, 0.95), es);
        // What the intervals replace: the mean of the worst values, give or take its standard error.
        const std::vector<double> worst(losses.end() - 20, losses.end());
        const test::Estimate mean = test::estimate(worst);
        const double point = expected_shortfall(losses, 0.99);
        of_normal_es.count({point, point - 1.96 * mean.standard_error, point + 1.96 * mean.standard_error},
                           (std::expm1(-xi * std::log(0.01 / share)) / xi + 1.0) / (1.0 - xi));
    }
    INFO("shape " << of_shape.share() << ", VaR " << of_var.share() << ", ES " << of_es.share() << ", normal ES "
                  << of_normal_es.share() << ", " << samples << " samples, seed " << test::seed);
    for (const Coverage& coverage : {of_shape, of_var, of_es}) {
        CHECK(coverage.share() > 0.925);
        CHECK(coverage.share() < 0.975);
    }
    CHECK(of_normal_es.share() < 0.85); // were it good enough, nobody would need a fit
}

TEST_CASE("test of fit: Pareto tails are rejected as often as the level says, at any shape") {
    constexpr int samples = 1500;
    for (const double xi : {-0.2, 0.0001, 0.5, 1.5}) {
        for (const int n : {40, 300}) {
            int below_5 = 0;
            int below_20 = 0;
            for (int s = 0; s < samples; ++s) {
                const auto losses = draw_losses(static_cast<std::uint64_t>(s), n + 1, 1.0, xi);
                const auto tail = PeaksOverThreshold::fit(losses, static_cast<std::uint64_t>(n));
                REQUIRE(tail);
                below_5 += tail->p_value() < 0.05 ? 1 : 0;
                below_20 += tail->p_value() < 0.20 ? 1 : 0;
            }
            INFO("xi " << xi << ", n " << n << ": " << below_5 << " and " << below_20 << " of " << samples);
            // Four standard errors of a share, and a tenth for finite samples.
            CHECK(std::fabs(below_5 / double{samples} - 0.05) < 4.0 * std::sqrt(0.05 * 0.95 / samples) + 0.005);
            CHECK(std::fabs(below_20 / double{samples} - 0.20) < 4.0 * std::sqrt(0.20 * 0.80 / samples) + 0.02);
        }
    }
}

TEST_CASE("test of fit: it finds bodies that are no Pareto tail") {
    constexpr int samples = 200;
    int gamma = 0;
    int lumps = 0;
    for (int s = 0; s < samples; ++s) {
        PhiloxEngine engine(StreamKey{.seed = test::seed, .world = static_cast<std::uint64_t>(s)});
        std::vector<double> sums;
        std::vector<double> mixed;
        for (int i = 0; i < 300; ++i) {
            sums.push_back(-std::log(draw_uniform(engine) * draw_uniform(engine) * draw_uniform(engine)));
            mixed.push_back((draw_uniform(engine) < 0.1 ? 1000.0 : 1.0) * (0.5 + draw_uniform(engine)));
        }
        for (auto* losses : {&sums, &mixed}) {
            std::sort(losses->begin(), losses->end());
            const auto tail = PeaksOverThreshold::fit_beyond(*losses, 0.0);
            REQUIRE(tail);
            (losses == &sums ? gamma : lumps) += tail->p_value() < 0.05 ? 1 : 0;
        }
    }
    INFO("rejected at 5 %: gamma of shape 3 " << gamma << ", two lumps " << lumps << ", of " << samples);
    CHECK(gamma > 190);
    CHECK(lumps == samples);
}

TEST_CASE("tail estimate: VaR and ES of the threshold that the test chooses cover what is known") {
    // A body that is even up to 1 and a tail of shape 0.4 beyond, of a tenth of the losses; half are nothing.
    constexpr double xi = 0.4;
    constexpr int samples = 400;
    constexpr double probability = 0.998;
    const double var = 1.0 + std::expm1(-xi * std::log((1.0 - probability) / 0.1)) / xi;
    const double es = 1.0 + var / (1.0 - xi);
    Coverage of_var;
    Coverage of_es;
    int without = 0;
    for (int s = 0; s < samples; ++s) {
        PhiloxEngine engine(StreamKey{.seed = test::seed, .world = static_cast<std::uint64_t>(s), .lane = 1});
        std::vector<double> losses;
        for (int i = 0; i < 4000; ++i) {
            const double u = draw_uniform(engine);
            losses.push_back(u < 0.1   ? 1.0 + std::expm1(-xi * std::log(u / 0.1)) / xi
                             : u < 0.5 ? (0.5 - u) / 0.4
                                       : 0.0);
        }
        std::sort(losses.begin(), losses.end());
        const TailEstimate estimate = estimate_tail(losses, {probability, 0.95, {}});
        if (!estimate.tail) {
            ++without;
            continue;
        }
        of_var.count(estimate.value_at_risk, var);
        of_es.count(estimate.expected_shortfall, es);
    }
    INFO("VaR " << of_var.share() << ", ES " << of_es.share() << ", none " << without << " of " << samples);
    CHECK(without < samples / 20);
    for (const Coverage& coverage : {of_var, of_es}) {
        CHECK(coverage.share() > 0.91);
        CHECK(coverage.share() < 0.985);
    }
}

TEST_CASE("value at risk: the distribution-free interval covers as often as its ranks say") {
    constexpr int samples = 4000;
    Coverage coverage;
    const double truth = std::expm1(-0.5 * std::log(0.01)) / 0.5;
    for (int s = 0; s < samples; ++s) {
        const auto losses = draw_losses(static_cast<std::uint64_t>(s), 1000, 1.0, 0.5);
        coverage.count(estimate_quantile(losses, 0.99, 0.95).value, truth);
    }
    test::check_probability("coverage", quantile_ranks(1000, 0.99, 0.95).coverage, coverage.covered, samples);
}

} // namespace plunge
