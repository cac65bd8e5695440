// Members of a default fund: who pays how much, in which order, and who cannot.

#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "models/waterfall/default_fund.hpp"

namespace plunge {
namespace {

// Three members with contributions 10, 20 and 30; the first two stand for cohorts 0 and 1, of three.
struct Fixture {
    std::vector<InstitutionState> institutions{{.free_capital = 100.0}, {.free_capital = 5.0}, {.free_capital = 100.0}};
    LayerStart start{2, {10.0, 20.0, 30.0}, {0, 1, no_cohort}};
    DefaultFund fund;
    LossMetrics metrics;

    explicit Fixture(double assessment) : fund{make_params(assessment), start} {}

    static DefaultFund::Params make_params(double assessment) {
        DefaultFund::Params params;
        params.assessment = assessment;
        return params;
    }

    double pay(std::vector<double> by_cohort) {
        Loss loss;
        loss.by_cohort = std::move(by_cohort);
        loss.amount = std::accumulate(loss.by_cohort.begin(), loss.by_cohort.end(), 0.0);
        LossBearers bearers{{}, &institutions};
        fund.pay(loss, bearers, metrics);
        return loss.amount;
    }
};

} // namespace

TEST_CASE("default_fund: a member pays for its own accounts first, and nobody else does") {
    Fixture members(0.0);
    CHECK(members.pay({0.0, 8.0, 0.0}) == doctest::Approx(0.0));
    CHECK(members.institutions[0].contributions_lost == 0.0);
    CHECK(members.institutions[1].contributions_lost == doctest::Approx(8.0));
    CHECK(members.metrics.defaulters_paid == doctest::Approx(8.0));
    CHECK(members.fund.balance() == doctest::Approx(52.0));
}

TEST_CASE("default_fund: what a defaulter's contribution does not cover is shared pro rata to contributions") {
    Fixture members(0.0);
    CHECK(members.pay({22.0, 0.0, 0.0}) == doctest::Approx(0.0)); // 10 of its own, then 12 over 20 : 30
    CHECK(members.institutions[0].contributions_lost == doctest::Approx(10.0));
    CHECK(members.institutions[1].contributions_lost == doctest::Approx(12.0 * 2.0 / 5.0));
    CHECK(members.institutions[2].contributions_lost == doctest::Approx(12.0 * 3.0 / 5.0));
    CHECK(members.metrics.default_fund_used == doctest::Approx(22.0));
    CHECK(members.metrics.defaulters_paid == doctest::Approx(10.0));
}

TEST_CASE("default_fund: losses of accounts without a member are shared by all, and what is beyond passes on") {
    Fixture members(0.0);
    CHECK(members.pay({0.0, 0.0, 72.0}) == doctest::Approx(12.0));
    CHECK(members.fund.balance() == 0.0);
    CHECK(members.metrics.assessments == 0.0);
    CHECK(members.metrics.defaulters_paid == 0.0);
}

TEST_CASE("default_fund: assessments go by contribution; who cannot pay defaults, and others pay for it") {
    Fixture members(1.0);
    // 30 are called: 5, 10, 15. The second has 5; its other 5 are called from the first and third, 1.25 and 3.75.
    CHECK(members.pay({0.0, 0.0, 90.0}) == doctest::Approx(0.0));
    CHECK(members.metrics.assessments == doctest::Approx(30.0));
    CHECK(members.metrics.member_defaults == 1);
    CHECK(members.institutions[0].assessments_paid == doctest::Approx(6.25));
    CHECK(members.institutions[1].assessments_paid == doctest::Approx(5.0));
    CHECK(members.institutions[2].assessments_paid == doctest::Approx(18.75));
    CHECK(members.institutions[1].failed);
    CHECK_FALSE(members.institutions[0].failed);
}

TEST_CASE("default_fund: nobody is assessed for more than the multiple over the world, and limits are no defaults") {
    Fixture members(0.5);
    CHECK(members.pay({0.0, 0.0, 60.0}) == doctest::Approx(0.0));
    CHECK(members.pay({0.0, 0.0, 14.0}) == doctest::Approx(0.0)); // of limits 5, 10 (it has 5), 15
    CHECK(members.pay({0.0, 0.0, 90.0}) == doctest::Approx(79.0));
    CHECK(members.institutions[0].assessments_paid == doctest::Approx(5.0));
    CHECK(members.institutions[2].assessments_paid == doctest::Approx(15.0));
    CHECK(members.institutions[0].free_capital == doctest::Approx(95.0));
    CHECK(members.metrics.member_defaults == 1); // the second, once
}

TEST_CASE("default_fund: what it says it could pay is what it pays of a loss that is large enough") {
    for (const double assessment : {0.0, 0.3, 4.0}) {
        Fixture members(assessment);
        Loss loss;
        loss.amount = 1e6;
        LossBearers bearers{{}, &members.institutions};
        const double payable = members.fund.payable(loss, bearers);
        CHECK(loss.amount == doctest::Approx(1e6 - payable));
        CHECK(members.pay({0.0, 0.0, 1e6}) == doctest::Approx(1e6 - payable));
    }
}

TEST_CASE("default_fund: pro rata and cover 2 sizes") {
    const auto contributions = [](const DefaultFund::Params& sized, const std::vector<MemberExposure>& of_members) {
        std::vector<double> amount{7.0}; // of another time
        DefaultFund::contributions(sized, of_members, amount);
        return amount;
    };
    const std::vector<MemberExposure> exposure{
        {100.0, 5.0, 3.0}, {300.0, 5.0, 11.0}, {0.0, 0.0, 0.0}, {100.0, 30.0, 7.0}};
    DefaultFund::Params params;
    params.sizing = FundSizing::pro_rata;
    params.total = 50.0;
    CHECK(contributions(params, exposure) == std::vector<double>{10.0, 30.0, 0.0, 10.0});
    params.basis = FundBasis::margin;
    CHECK(contributions(params, exposure) == std::vector<double>{6.25, 6.25, 0.0, 37.5});
    params.sizing = FundSizing::cover_2;
    params.basis = FundBasis::notional;
    const std::vector<double> cover_2 = contributions(params, exposure); // 11 + 7
    CHECK(std::accumulate(cover_2.begin(), cover_2.end(), 0.0) == doctest::Approx(18.0));
    CHECK(cover_2[1] == doctest::Approx(18.0 * 3.0 / 5.0));
    params.members.index = {0, 2};
    const std::vector<double> of_two = contributions(params, exposure);
    CHECK(of_two == std::vector<double>{3.0, 0.0, 0.0, 0.0});
    params.members.index = {2};
    params.sizing = FundSizing::pro_rata;
    CHECK(contributions(params, exposure) == std::vector<double>{0.0, 0.0, 50.0, 0.0}); // equal shares
}

TEST_CASE("default_fund: started again it is what a new one is") {
    Fixture used(2.0);
    Fixture fresh(2.0);
    used.pay({0.0, 0.0, 1e6});
    used.institutions = fresh.institutions;
    used.fund.restart(fresh.start);
    CHECK(used.fund.balance() == fresh.fund.balance());
    CHECK(used.pay({10.0, 0.0, 1e6}) == fresh.pay({10.0, 0.0, 1e6}));
}

} // namespace plunge
