// Planes in columns against the same planes one by one, with numbers so round that single precision is exact.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "models/random/variates.hpp"
#include "sim/engine/slack_planes.hpp"

using namespace plunge;

namespace {

struct Plane {
    std::uint32_t row;
    double base;
    std::vector<double> slope;

    double at(const std::vector<double>& mark) const {
        double value = base;
        for (std::size_t a = 0; a < slope.size(); ++a) value += slope[a] * mark[a];
        return value;
    }
    double over(const std::vector<double>& low, const std::vector<double>& high) const {
        double value = base;
        for (std::size_t a = 0; a < slope.size(); ++a) value += std::min(slope[a] * low[a], slope[a] * high[a]);
        return value;
    }
};

double rounded(double x) { return std::round(x * 256.0) / 256.0; }

std::vector<double> draw(PhiloxEngine& engine, std::size_t count, double scale, double centre) {
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(rounded(centre + scale * draw_normal(engine)));
    return values;
}

} // namespace

TEST_CASE("slack planes: looks find what single planes say, for any number of assets and rows") {
    for (std::size_t assets = 1; assets <= 7; ++assets) {
        PhiloxEngine engine({.seed = assets});
        SlackPlanes planes;
        planes.set_assets(assets);
        std::vector<Plane> expected;
        for (std::uint32_t i = 0; i < 201; ++i) {
            expected.push_back({7 * i, rounded(draw_normal(engine)), draw(engine, assets, 1.0, 0.0)});
            planes.push_back(expected.back().row, expected.back().base, expected.back().slope.data());
            if (i % 5 == 4) {
                const std::size_t gone = engine() % expected.size();
                expected[gone].base = std::numeric_limits<double>::infinity();
                planes.blank(gone);
            }
            REQUIRE(planes.size() == expected.size());
            const std::vector<double> low = draw(engine, assets, 0.5, 0.0);
            std::vector<double> high = low;
            for (double& h : high) h += rounded(draw_uniform(engine));
            std::vector<std::uint32_t> at;
            std::vector<std::uint32_t> over;
            for (std::uint32_t p = 0; p < expected.size(); ++p) {
                CHECK(planes.row(p) == expected[p].row);
                if (!(expected[p].at(low) > 0.0)) at.push_back(p);
                if (!(expected[p].over(low, high) > 0.0)) over.push_back(p);
            }
            std::vector<std::uint32_t> memory;
            CHECK(std::ranges::equal(planes.find_at(low.data(), memory), at));
            CHECK(std::ranges::equal(planes.find_over(low.data(), high.data(), memory), over));
            SlackPlanes chosen;
            chosen.set_assets(assets);
            const std::size_t first = engine() % (planes.size() + 1); // planes
            chosen.append_over(planes, low.data(), high.data(), first);
            const auto expected_size = std::lower_bound(over.begin(), over.end(), first) - over.begin();
            REQUIRE(chosen.size() == static_cast<std::size_t>(expected_size));
            chosen.clear();
            chosen.append_over(planes, low.data(), high.data(), planes.size());
            REQUIRE(chosen.size() == over.size());
            for (std::uint32_t j = 0; j < over.size(); ++j) CHECK(chosen.row(j) == expected[over[j]].row);
            CHECK(chosen.find_over(low.data(), high.data(), memory).size() == over.size());
            if (!over.empty()) {
                const std::vector<double> nothing(assets, 0.0);
                chosen.replace(0, 1.0, nothing.data());
                CHECK(chosen.find_over(low.data(), high.data(), memory).size() == over.size() - 1);
            }
            chosen.clear();
            CHECK(chosen.find_at(low.data(), memory).empty());
        }
    }
}

TEST_CASE("slack planes: the first step at which a plane is not positive") {
    constexpr std::size_t steps = 43;
    for (std::size_t assets = 1; assets <= 6; ++assets) {
        PhiloxEngine engine({.seed = 100 + assets});
        for (int trial = 0; trial < 200; ++trial) {
            const Plane plane{3, rounded(2.5 * draw_uniform(engine)), draw(engine, assets, 1.0, 0.0)};
            SlackPlanes planes;
            planes.set_assets(assets);
            planes.push_back(plane.row, plane.base, plane.slope.data());
            std::vector<std::vector<double>> marks;
            constexpr std::size_t stride = steps + SlackPlanes::lanes;
            std::vector<float> mark(assets * stride);
            for (std::size_t a = 0; a < assets; ++a) {
                marks.push_back(draw(engine, steps, 0.4, 0.0));
                std::copy(marks[a].begin(), marks[a].end(), mark.begin() + static_cast<std::ptrdiff_t>(a * stride));
            }
            const std::size_t from = engine() % steps;
            const std::size_t limit = from + engine() % (steps - from + 1);
            std::size_t expected = from;
            for (; expected < limit; ++expected) {
                std::vector<double> now;
                for (const auto& one : marks) now.push_back(one[expected]);
                if (!(plane.at(now) > 0.0)) break;
            }
            CHECK(planes.first_at(0, mark.data(), stride, from, limit) == expected);
        }
    }
}

TEST_CASE("slack planes: the sign of a plane does not depend on its size, beyond what single precision holds too") {
    const double slope = -3.0;
    for (const double size : {1e-200, 1e-45, 1e-38, 1e-21, 1.0, 1e21, 1e37, 1e100, 1e250}) {
        CAPTURE(size);
        SlackPlanes planes;
        planes.set_assets(1);
        const double scaled = slope * size;
        planes.push_back(7, 6.0 * size, &scaled); // zero at 2
        std::vector<std::uint32_t> memory;
        for (const double mark : {0.5, 1.99, 2.01, 1e3}) {
            CAPTURE(mark);
            CHECK(planes.find_at(&mark, memory).size() == (mark < 2.0 ? 0U : 1U));
        }
    }
}
