// Single variates: how many words they take, and the distributions they follow.

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <doctest/doctest.h>

#include "models/random/variates.hpp"

namespace plunge {
namespace {

// Kolmogorov-Smirnov distance times sqrt(n), against the 99.9 % quantile 1.95 of its limit.
template <class Distribution> double distance(std::vector<double> values, const Distribution& distribution) {
    std::sort(values.begin(), values.end());
    const auto n = static_cast<double>(values.size());
    double worst = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double p = boost::math::cdf(distribution, values[i]);
        worst = std::max({worst, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
    }
    return worst * std::sqrt(n);
}

} // namespace

TEST_CASE("variates: a normal takes the four words of a counter, a uniform two") {
    const StreamKey key{.seed = 3, .world = 4};
    PhiloxEngine engine{key, 5};
    CHECK(draw_normal(engine) == normal_of(philox_words(key, 0, 5)));
    const PhiloxWords words = philox_words(key, 1, 5);
    CHECK(draw_uniform(engine) == uniform_open(words[0], words[1]));
    CHECK(draw_uniform(engine) == uniform_open(words[2], words[3]));
}

TEST_CASE("variates: normals are normal") {
    PhiloxEngine engine{20251010U};
    std::vector<double> values(50'000);
    for (double& x : values) x = draw_normal(engine);
    CHECK(distance(values, boost::math::normal()) < 1.95);
}

TEST_CASE("variates: gammas follow their distribution, below and above shape one") {
    for (const double shape : {0.3, 0.5, 0.9, 1.0, 1.5, 2.0, 15.0, 5e5}) {
        PhiloxEngine engine{20251010U};
        std::vector<double> values(50'000);
        for (double& x : values) x = draw_gamma(engine, shape);
        CAPTURE(shape);
        CHECK(*std::min_element(values.begin(), values.end()) > 0.0);
        CHECK(distance(values, boost::math::gamma_distribution<double>(shape)) < 1.95);
    }
}

} // namespace plunge
