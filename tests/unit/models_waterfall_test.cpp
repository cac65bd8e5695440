// Sharing amounts, and the order in which winners are deleveraged.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "models/waterfall/adl.hpp"
#include "models/waterfall/allocation.hpp"

namespace plunge {
namespace {

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

AdlCandidate candidate(std::uint32_t account, double quantity, double pnl_ratio, double leverage) {
    return {
        .account = account, .quantity = quantity, .position = quantity, .pnl_ratio = pnl_ratio, .leverage = leverage};
}

AutoDeleveraging rule_of(Ranking ranking, bool whole_positions = false, double contract = 1.0) {
    return AutoDeleveraging(
        {.ranking = ranking, .max_share = 1.0, .whole_positions = whole_positions, .contract = {{contract}}});
}

const AutoDeleveraging queue = rule_of(Ranking::queue);
const AutoDeleveraging pro_rata = rule_of(Ranking::pro_rata);

std::vector<double> shared(double total, const std::vector<double>& weight, const std::vector<double>& cap) {
    ProRataWork work;
    return allocate_pro_rata(total, weight, cap, work);
}

// With nothing beyond what is needed to close winners against.
AdlDemand exactly(double needed) { return {needed, needed, 0}; }

} // namespace

TEST_CASE("allocate_pro_rata: in proportion to weight where no cap binds") {
    const std::vector<double> share = shared(12.0, {1.0, 2.0, 3.0}, {100.0, 100.0, 100.0});
    CHECK(share[0] == doctest::Approx(2.0));
    CHECK(share[1] == doctest::Approx(4.0));
    CHECK(share[2] == doctest::Approx(6.0));
}

TEST_CASE("allocate_pro_rata: what a cap cuts off is shared again among the rest") {
    const std::vector<double> share = shared(12.0, {1.0, 2.0, 3.0}, {100.0, 100.0, 3.0});
    CHECK(share[0] == doctest::Approx(3.0));
    CHECK(share[1] == doctest::Approx(6.0));
    CHECK(share[2] == 3.0);
}

TEST_CASE("allocate_pro_rata: claimants without weight get nothing, and nothing is shared among nobody") {
    CHECK(shared(5.0, {}, {}).empty());
    CHECK(shared(5.0, {0.0, 0.0}, {3.0, 3.0}) == std::vector<double>{0.0, 0.0});
    CHECK(shared(5.0, {0.0, 1.0}, {3.0, 3.0}) == std::vector<double>{0.0, 3.0});
    CHECK(shared(0.0, {1.0, 1.0}, {3.0, 3.0}) == std::vector<double>{0.0, 0.0});
}

TEST_CASE("allocate_pro_rata: pays min(total, caps), nobody above the cap, the uncapped in proportion") {
    std::mt19937_64 rng(12);
    std::uniform_real_distribution<double> uniform;
    for (int trial = 0; trial < 2000; ++trial) {
        const std::size_t n = 1 + rng() % 20;
        std::vector<double> weight(n);
        std::vector<double> cap(n);
        double reachable = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            weight[i] = uniform(rng) < 0.2 ? 0.0 : std::exp(20.0 * uniform(rng) - 10.0);
            cap[i] = uniform(rng) < 0.2 ? 0.0 : std::exp(20.0 * uniform(rng) - 10.0);
            if (weight[i] > 0.0) reachable += cap[i];
        }
        const double total = 1.5 * uniform(rng) * std::max(reachable, 1.0);
        const std::vector<double> share = shared(total, weight, cap);
        CAPTURE(trial);
        CHECK(std::fabs(sum(share) - std::min(total, reachable)) <= 1e-12 * std::max(total, reachable));
        double rate = -1.0; // amount per weight, the same for everybody below the cap
        for (std::size_t i = 0; i < n; ++i) {
            CHECK(share[i] >= 0.0);
            CHECK(share[i] <= cap[i]);
            if (weight[i] == 0.0 || share[i] == cap[i]) continue;
            if (rate < 0.0) rate = share[i] / weight[i];
            CHECK(share[i] / weight[i] == doctest::Approx(rate).epsilon(1e-12));
        }
        for (std::size_t i = 0; i < n; ++i) {
            // Who is capped would have got at least the cap at the common rate.
            if (weight[i] > 0.0 && share[i] == cap[i] && rate >= 0.0) CHECK(rate * weight[i] >= cap[i] * (1.0 - 1e-12));
        }
    }
}

TEST_CASE("adl queue: the highest profit ratio times leverage is closed first") {
    // Scores 2, 6, 3: the second is taken whole, then the third, then what is left from the first.
    const std::vector<AdlCandidate> winners{candidate(0, 5.0, 0.2, 10.0), candidate(1, 4.0, 2.0, 3.0),
                                            candidate(2, 3.0, 0.1, 30.0)};
    CHECK(queue.allocate(exactly(2.0), winners) == std::vector<double>{0.0, 2.0, 0.0});
    CHECK(queue.allocate(exactly(6.0), winners) == std::vector<double>{0.0, 4.0, 2.0});
    CHECK(queue.allocate(exactly(8.0), winners) == std::vector<double>{1.0, 4.0, 3.0});
    CHECK(queue.allocate(exactly(99.0), winners) == std::vector<double>{5.0, 4.0, 3.0});
    CHECK(queue.allocate(exactly(0.0), winners) == std::vector<double>{0.0, 0.0, 0.0});
    CHECK(queue.allocate(exactly(1.0), {}).empty());
}

TEST_CASE("adl queue: equal scores go by account number, whatever the order of the candidates") {
    const std::vector<AdlCandidate> winners{candidate(9, 1.0, 0.5, 4.0), candidate(3, 1.0, 1.0, 2.0),
                                            candidate(5, 1.0, 2.0, 1.0)};
    CHECK(queue.allocate(exactly(1.0), winners) == std::vector<double>{0.0, 1.0, 0.0});
    CHECK(queue.allocate(exactly(2.0), winners) == std::vector<double>{0.0, 1.0, 1.0});
    const std::vector<AdlCandidate> reversed(winners.rbegin(), winners.rend());
    CHECK(queue.allocate(exactly(2.0), reversed) == std::vector<double>{1.0, 1.0, 0.0});
}

TEST_CASE("adl pro rata: in proportion to position, nobody above what may be taken") {
    std::vector<AdlCandidate> winners{candidate(0, 6.0, 0.2, 10.0), candidate(1, 3.0, 2.0, 3.0),
                                      candidate(2, 1.0, 0.1, 30.0)};
    const std::vector<double> share = pro_rata.allocate(exactly(5.0), winners);
    CHECK(share[0] == doctest::Approx(3.0));
    CHECK(share[1] == doctest::Approx(1.5));
    CHECK(share[2] == doctest::Approx(0.5));
    winners[0].quantity = 2.0; // its equity bears no more; its weight stays the position
    const std::vector<double> capped = pro_rata.allocate(exactly(5.0), winners);
    CHECK(capped[0] == 2.0);
    CHECK(capped[1] == doctest::Approx(2.25));
    CHECK(capped[2] == doctest::Approx(0.75));
}

TEST_CASE("adl largest_first: the largest position is closed first, whatever its profit") {
    const AutoDeleveraging largest = rule_of(Ranking::largest_first);
    const std::vector<AdlCandidate> winners{candidate(0, 3.0, 9.0, 9.0), candidate(1, 5.0, 0.1, 1.0),
                                            candidate(2, 3.0, 0.1, 1.0)};
    CHECK(largest.allocate(exactly(4.0), winners) == std::vector<double>{0.0, 4.0, 0.0});
    CHECK(largest.allocate(exactly(7.0), winners) == std::vector<double>{2.0, 5.0, 0.0});
}

TEST_CASE("adl whole_positions: the last winner reached gives all it may, as far as there are orders") {
    const AutoDeleveraging whole = rule_of(Ranking::largest_first, true);
    const std::vector<AdlCandidate> winners{candidate(0, 3.0, 1.0, 1.0), candidate(1, 5.0, 1.0, 1.0)};
    CHECK(whole.allocate({4.0, 9.0, 0}, winners) == std::vector<double>{0.0, 5.0});
    CHECK(whole.allocate({4.0, 4.5, 0}, winners) == std::vector<double>{0.0, 4.5});
    CHECK(whole.allocate({6.0, 9.0, 0}, winners) == std::vector<double>{3.0, 5.0});
}

TEST_CASE("adl integer_pro_rata: whole contracts, the missing ones to the largest remainders") {
    // Hamilton's method: 21 : 35 : 44 of 10 contracts are 2.1, 3.5, 4.4.
    const AutoDeleveraging integer = rule_of(Ranking::integer_pro_rata);
    const std::vector<AdlCandidate> winners{candidate(0, 21.0, 1.0, 1.0), candidate(1, 35.0, 1.0, 1.0),
                                            candidate(2, 44.0, 1.0, 1.0)};
    CHECK(integer.allocate(exactly(10.0), winners) == std::vector<double>{2.0, 4.0, 4.0});
    // 9.2 are ten contracts where the orders have ten, else nine.
    CHECK(integer.allocate({9.2, 10.0, 0}, winners) == std::vector<double>{2.0, 4.0, 4.0});
    CHECK(sum(integer.allocate({9.2, 9.7, 0}, winners)) == 9.0);
    // Equal remainders go by account.
    const std::vector<AdlCandidate> equal{candidate(7, 3.0, 1.0, 1.0), candidate(2, 3.0, 1.0, 1.0)};
    CHECK(integer.allocate(exactly(3.0), equal) == std::vector<double>{1.0, 2.0});
}

TEST_CASE("adl integer_pro_rata: sizes that are not whole in binary make no crumbs, and caps are whole contracts") {
    const AutoDeleveraging tenths = rule_of(Ranking::integer_pro_rata, false, 0.1);
    const std::vector<AdlCandidate> winners{candidate(0, 0.3, 1.0, 1.0), candidate(1, 0.7, 1.0, 1.0)};
    CHECK(tenths.allocate(exactly(1.0), winners) == std::vector<double>{0.3, 0.7}); // closed to the last bit
    const std::vector<AdlCandidate> odd{candidate(0, 0.35, 1.0, 1.0), candidate(1, 0.05, 1.0, 1.0)};
    CHECK(sum(tenths.allocate(exactly(1.0), odd)) == doctest::Approx(0.3));
}

TEST_CASE("adl max_share: no more than that of a position, and no more than equity bears") {
    const AutoDeleveraging half(
        {.ranking = Ranking::queue, .max_share = 0.5, .whole_positions = false, .contract = {}});
    CHECK(half.most_of(8.0, 8.0) == 4.0);
    CHECK(half.most_of(8.0, 3.0) == 3.0);
    CHECK(queue.most_of(8.0, 8.0) == 8.0);
}

TEST_CASE("adl: every ranking takes min(demand, what there is) and never more than offered") {
    std::mt19937_64 rng(13);
    std::uniform_real_distribution<double> uniform;
    for (int trial = 0; trial < 1000; ++trial) {
        std::vector<AdlCandidate> winners;
        double offered = 0.0;
        for (std::uint32_t i = 0; i < 1 + rng() % 15; ++i) {
            winners.push_back(candidate(i, 10.0 * uniform(rng), uniform(rng), 50.0 * uniform(rng)));
            winners.back().position += uniform(rng);
            offered += winners.back().quantity;
        }
        const double demand = 1.5 * uniform(rng) * offered;
        for (const AutoDeleveraging& rule : {queue, pro_rata, rule_of(Ranking::largest_first)}) {
            const std::vector<double> taken = rule.allocate(exactly(demand), winners);
            CAPTURE(trial);
            CHECK(sum(taken) == doctest::Approx(std::min(demand, offered)).epsilon(1e-12));
            for (std::size_t i = 0; i < winners.size(); ++i) {
                CHECK(taken[i] >= 0.0);
                CHECK(taken[i] <= winners[i].quantity);
            }
        }
    }
}

} // namespace plunge
