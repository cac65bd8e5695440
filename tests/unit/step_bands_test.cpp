// Quantile bands from histograms: exact for atoms, within a cell elsewhere, and independent of the order of values.
#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "models/random/philox.hpp"
#include "sim/stats/step_bands.hpp"

using namespace plunge;

namespace {

const std::vector<double> probabilities{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

// Values of one step, one by one.
class Values {
  public:
    explicit Values(const Resolution& resolution) : scale_{resolution} {}

    void count(double value) { histogram_.add(scale_.code(value)); }
    std::vector<double> quantiles(const std::vector<double>& wanted) const {
        std::vector<double> result;
        histogram_.append_quantiles(scale_, wanted, result);
        return result;
    }

  private:
    ValueScale scale_;
    ValueHistogram histogram_;
};

// Of every step.
std::vector<double> quantiles(const std::vector<Values>& steps) {
    std::vector<double> result;
    for (const Values& values : steps) {
        const std::vector<double> of_step = values.quantiles(probabilities);
        result.insert(result.end(), of_step.begin(), of_step.end());
    }
    return result;
}

double exact(std::vector<double> values, double probability) {
    std::sort(values.begin(), values.end());
    const auto rank = static_cast<std::size_t>(std::ceil(probability * static_cast<double>(values.size()) - 1e-9));
    return values[std::max<std::size_t>(rank, 1) - 1];
}

} // namespace

TEST_CASE("step bands: quantiles lie within one cell of the order statistic") {
    PhiloxEngine engine({.seed = 5});
    std::lognormal_distribution<double> lognormal(11.0, 0.4);
    Values bands({-1.0, 9});
    std::vector<double> values;
    for (int i = 0; i < 5000; ++i) {
        values.push_back(lognormal(engine));
        bands.count(values.back());
    }
    const std::vector<double> got = bands.quantiles(probabilities);
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
        const double want = exact(values, probabilities[i]);
        CHECK(std::fabs(got[i] / want - 1.0) <= std::ldexp(1.0, -9));
    }
}

TEST_CASE("step bands: zeros and the starting value come out exact") {
    Values bands({250e6, 9});
    for (int i = 0; i < 30; ++i) bands.count(0.0);
    for (int i = 0; i < 60; ++i) bands.count(250e6);
    for (int i = 0; i < 10; ++i) bands.count(300e6);
    const std::vector<double> got = bands.quantiles({0.01, 0.30, 0.31, 0.90, 0.95});
    CHECK(got[0] == 0.0);
    CHECK(got[1] == 0.0);
    CHECK(got[2] == 250e6);
    CHECK(got[3] == 250e6);
    CHECK(got[4] == doctest::Approx(300e6).epsilon(0.002));
}

TEST_CASE("step bands: a starting value of zero is a zero like any other") {
    Values bands({0.0, 9});
    for (int i = 0; i < 90; ++i) bands.count(0.0);
    for (int i = 0; i < 10; ++i) bands.count(5.0);
    const std::vector<double> got = bands.quantiles({0.5, 0.9, 0.91});
    CHECK(got[0] == 0.0);
    CHECK(got[1] == 0.0);
    CHECK(got[2] == doctest::Approx(5.0).epsilon(0.002));
}

TEST_CASE("step bands: nothing counted gives zeros") {
    const StepBands bands({7.0, 9}, 1);
    CHECK(bands.quantiles({0.5}) == std::vector<double>{0.0});
}

TEST_CASE("step bands: histories of many worlds at once, on several threads, count like their values one by one") {
    for (const std::size_t steps : {std::size_t{1}, std::size_t{33}, std::size_t{77}}) { // tiles whole and not
        CAPTURE(steps);
        const Resolution resolution{100.0, 9};
        const ValueScale scale(resolution);
        PhiloxEngine engine({.seed = 12});
        std::lognormal_distribution<double> lognormal(4.6, 0.3);
        StepBands together(resolution, steps);
        std::vector<Values> one_by_one(steps, Values(resolution));
        std::vector<std::vector<std::uint16_t>> codes(150, std::vector<std::uint16_t>(steps));
        std::vector<const std::uint16_t*> histories;
        for (auto& history : codes) {
            std::vector<double> values(steps);
            for (std::size_t t = 0; t < steps; ++t) {
                values[t] = lognormal(engine);
                if (t < 3 || (t > 40 && engine() % 9 == 0)) values[t] = engine() % 2 == 0 ? 100.0 : 0.0;
                one_by_one[t].count(values[t]);
            }
            scale.encode(values.data(), steps, history.data());
            histories.push_back(history.data());
        }
        std::vector<std::thread> threads;
        for (std::size_t t = 0; t < 3; ++t) {
            threads.emplace_back([&, t] {
                for (std::size_t first = 50 * t; first < 50 * (t + 1); first += 10) {
                    together.add(std::span(histories).subspan(first, 10));
                    together.add({}); // nobody
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        CHECK(together.quantiles(probabilities) == quantiles(one_by_one));
    }
}

TEST_CASE("step bands: more worlds than sixteen bits can count") {
    const Resolution resolution{100.0, 9};
    const ValueScale scale(resolution);
    StepBands bands(resolution, 2);
    const std::vector<std::uint16_t> low{ValueScale::atom, scale.code(50.0)};
    const std::vector<std::uint16_t> high{ValueScale::atom, scale.code(150.0)};
    const std::vector<const std::uint16_t*> many(60'000, low.data());
    const std::vector<const std::uint16_t*> few(20'000, high.data());
    for (int i = 0; i < 3; ++i) {
        bands.add(many);
        bands.add(few);
    }
    const std::vector<double> got = bands.quantiles({0.01, 0.749, 0.751});
    CHECK(got[1] == 100.0);
    CHECK(got[3] == doctest::Approx(50.0).epsilon(0.002));
    CHECK(got[4] == doctest::Approx(50.0).epsilon(0.002));
    CHECK(got[5] == doctest::Approx(150.0).epsilon(0.002));
}

TEST_CASE("value scale: blocks have the codes of single values, and codes rise with values") {
    for (const Resolution& resolution :
         {Resolution{250e6, 9}, Resolution{0.0, 9}, Resolution{0.0, 6}, Resolution{1.0, 9}}) {
        const ValueScale scale(resolution);
        std::vector<double> values{0.0, -0.0, -5.0, resolution.atom, 1e-300, 1e300, 5e-324};
        for (int i = -300; i < 300; ++i)
            values.push_back(std::exp(0.11 * i) * (resolution.atom > 0.0 ? resolution.atom : 1.0));
        for (const std::size_t count : {values.size(), std::size_t{3}, std::size_t{8}, std::size_t{13}}) {
            std::vector<std::uint16_t> codes(count);
            scale.encode(values.data(), count, codes.data());
            std::size_t different = 0;
            for (std::size_t i = 0; i < count; ++i) different += codes[i] != scale.code(values[i]) ? 1 : 0;
            CHECK(different == 0);
        }
        std::size_t falls = 0;
        for (std::size_t i = 8; i < values.size(); ++i) {
            if (values[i - 1] != resolution.atom && values[i] != resolution.atom)
                falls += scale.code(values[i]) < scale.code(values[i - 1]) ? 1 : 0;
        }
        CHECK(falls == 0);
        CHECK(scale.code(0.0) == (resolution.atom == 0.0 ? ValueScale::atom : ValueScale::zero));
        CHECK(scale.code(-1.0) == ValueScale::zero);
    }
    CHECK(ValueScale({250e6, 9}).code(250e6) == ValueScale::atom);
    CHECK(ValueScale({0.0, 9}).code(0.0) == ValueScale::atom);
}

TEST_CASE("run bands: the quantiles of a value counted in every step, for any runs") {
    constexpr std::size_t steps = 50;
    const Resolution resolution{4.0, 9};
    PhiloxEngine engine({.seed = 9});
    std::vector<Values> every(steps, Values(resolution));
    constexpr int worlds = 300;
    RunBands bands(resolution, steps);
    for (int world = 0; world < worlds; ++world) {
        for (std::size_t t = 0; t < steps;) {
            const std::size_t end = std::min(steps, t + 1 + engine() % 30);
            const double value = engine() % 4 == 0 ? 4.0 : engine() % 5 == 0 ? 0.0 : 1.0 + engine() % 10;
            bands.add(t, end, value);
            for (; t < end; ++t) every[t].count(value);
        }
    }
    CHECK(bands.quantiles(worlds, probabilities) == quantiles(every));
}

TEST_CASE("run bands: steps that are never named hold the starting value") {
    RunBands bands({7.0, 9}, 3);
    bands.add(1, 2, 9.0);
    CHECK(bands.quantiles(4, {0.75, 1.0})[1] == 7.0);
    CHECK(bands.quantiles(4, {0.75, 1.0})[2] == 7.0);
    CHECK(bands.quantiles(4, {0.75, 1.0})[3] == doctest::Approx(9.0).epsilon(0.002));
    CHECK(bands.quantiles(4, {0.75, 1.0})[5] == 7.0);
}
