// One example of every model, for the contract tests of its family.
//
// A model that joins a registry needs a specialisation here, and then every contract test of its family runs on it;
// without one the contract tests do not compile. A folder of models from outside the tree brings its own in
// contract_fixtures.hpp.
#pragma once

#include <cmath>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "models/behaviour/registry.hpp"
#include "models/impact/registry.hpp"
#include "models/liquidation/registry.hpp"
#include "models/margin/registry.hpp"
#include "models/mark/registry.hpp"
#include "models/network/registry.hpp"
#include "models/price/registry.hpp"
#include "models/waterfall/registry.hpp"

namespace plunge::test {

/// The name of a model, as doctest prints it.
template <class Model> std::string name_of() { return std::string(Model::name); }

/// Makes `Model` for a contract test; specialised for every registered model.
template <class Model> struct Fixture;

// ---- impact: two assets, one of them thin --------------------------------------------------------------------------

inline const ImpactContext impact_market{
    .initial_price = {20'000.0, 0.25}, .daily_volume = {2e9, 3e6}, .daily_volatility = {0.03, 0.12}};

template <> struct Fixture<LinearImpact> {
    static LinearImpact::Params params() { return {.depth = {{5e6, 2e4}}}; }
    static LinearImpact make() { return {params(), impact_market}; }
};

template <> struct Fixture<SquareRootImpact> {
    static SquareRootImpact::Params params() { return {.prefactor = 1.2, .volatility = {}}; }
    static SquareRootImpact make() { return {params(), impact_market}; }
};

// ---- margin: three assets ------------------------------------------------------------------------------------------

inline constexpr std::size_t margin_assets = 3;

inline SquareMatrix margin_correlation() {
    SquareMatrix matrix = SquareMatrix::identity(margin_assets);
    matrix(0, 1) = matrix(1, 0) = 0.8;
    matrix(0, 2) = matrix(2, 0) = 0.3;
    matrix(1, 2) = matrix(2, 1) = -0.2;
    return matrix;
}

/// Returns of a heavy-tailed kind, with a factor that all assets share.
inline std::vector<double> margin_returns(std::size_t count, double /*horizon_seconds*/) {
    std::mt19937_64 rng(5);
    std::student_t_distribution<double> heavy(3.0);
    std::vector<double> returns;
    for (std::size_t s = 0; s < count; ++s) {
        const double common = heavy(rng);
        for (std::size_t a = 0; a < margin_assets; ++a) returns.push_back(0.02 * common + 0.01 * heavy(rng));
    }
    return returns;
}

inline const MarginContext margin_market{.assets = margin_assets,
                                         .haircut = {0.1, 0.4, 0.0},
                                         .depth = {5e6, 2e4, 1e5},
                                         .annual_volatility = {0.5, 0.8, 2.0},
                                         .correlation = margin_correlation(),
                                         .draw_returns = margin_returns};

inline TierTable margin_concentration() {
    return {{{{.from_notional = 0.0, .rate = 0.0}, {.from_notional = 1e5, .rate = 0.01}},
             {{.from_notional = 0.0, .rate = 0.0}, {.from_notional = 1e3, .rate = 0.02}},
             {{.from_notional = 0.0, .rate = 0.001}}}};
}

template <> struct Fixture<FlatMargin> {
    static FlatMargin make() { return {{.rate = {{0.004, 0.01, 0.2}}}, margin_market}; }
};

template <> struct Fixture<TieredMargin> {
    static TieredMargin make() {
        return TieredMargin(TierTable{{{{.from_notional = 0.0, .rate = 0.004},
                                        {.from_notional = 50e3, .rate = 0.005},
                                        {.from_notional = 250e3, .rate = 0.01},
                                        {.from_notional = 1e6, .rate = 0.025},
                                        {.from_notional = 5e6, .rate = 0.05}},
                                       {{.from_notional = 0.0, .rate = 0.02}},
                                       {{.from_notional = 0.0, .rate = 0.01}, {.from_notional = 10e3, .rate = 0.5}}}});
    }
};

template <> struct Fixture<PortfolioVarMargin> {
    static PortfolioVarMargin make() {
        PortfolioVarMargin::Params params;
        params.concentration = margin_concentration();
        return {params, margin_market};
    }
};

template <> struct Fixture<PortfolioEsMargin> {
    static PortfolioEsMargin make() {
        PortfolioEsMargin::Params params;
        params.scenarios = 90; // the worst 2.25
        params.concentration = margin_concentration();
        return {params, margin_market};
    }
};

template <> struct Fixture<LiquidityAdjustedMargin> {
    static LiquidityAdjustedMargin make() {
        return {{.rate = {{0.004, 0.01, 0.2}}, .scale = 0.5, .depth = {}}, margin_market};
    }
};

template <> struct Fixture<HealthFactorMargin> {
    static HealthFactorMargin make() { return {{.threshold = {{0.83, 0.5, 0.95}}}, margin_market}; }
};

// ---- marks ---------------------------------------------------------------------------------------------------------

template <> struct Fixture<LastMark> {
    static LastMark make(double step_seconds) { return {{}, step_seconds}; }
};

template <> struct Fixture<IndexMark> {
    static IndexMark make(double step_seconds) { return {{}, step_seconds}; }
};

template <> struct Fixture<EmaMark> {
    static EmaMark make(double step_seconds) { return {{.half_life_seconds = 45.0}, step_seconds}; }
};

// ---- liquidation ---------------------------------------------------------------------------------------------------

template <> struct Fixture<FullLiquidation> {
    static FullLiquidation make() { return FullLiquidation({}); }
};

template <> struct Fixture<PartialLiquidation> {
    static PartialLiquidation make() {
        return PartialLiquidation({.buffer = 1.25, .backstop = 0.3, .whole_below = 500.0});
    }
};

template <> struct Fixture<SliceLiquidation> {
    static SliceLiquidation make() {
        return SliceLiquidation(
            {.share = 0.2, .cooldown_seconds = 30.0, .slices = 0, .backstop = 0.3, .whole_below = 500.0});
    }
};

template <> struct Fixture<CloseFactorLiquidation> {
    static CloseFactorLiquidation make() { return CloseFactorLiquidation({}); }
};

// ---- loss layers: three assets, four cohorts, three institutions ---------------------------------------------------

template <> struct Fixture<InsuranceFund> {
    static InsuranceFund::Params params() { return {.balance = 90.0, .segregated = true, .shares = {{0.2, 0.3, 0.5}}}; }
};

template <> struct Fixture<VenueCapital> {
    static VenueCapital::Params params() { return {.balance = 20.0}; }
};

template <> struct Fixture<DefaultFund> {
    static DefaultFund::Params params() {
        DefaultFund::Params fund;
        fund.assessment = 1.5;
        return fund;
    }
};

template <> struct Fixture<AutoDeleveraging> {
    static AutoDeleveraging::Params params() { return {}; }
};

template <> struct Fixture<SocializedLoss> {
    static SocializedLoss::Params params() { return {.base = SocializedBase::gains}; }
};

// ---- behaviours and networks ---------------------------------------------------------------------------------------

template <> struct Fixture<Passive> {
    static Passive::Params params() { return {}; }
};

template <> struct Fixture<TopUp> {
    static TopUp::Params params() { return {.probability = 0.7, .delay_seconds = 90.0, .target = 2.0, .limit = 0.5}; }
};

template <> struct Fixture<EisenbergNoe> {
    static EisenbergNoe make() { return EisenbergNoe({.alpha = 0.8, .beta = 0.9}); }
};

// ---- price: any number of assets up to `price_assets`, the first ones the same whatever follows --------------------

inline constexpr std::size_t price_assets = 4;
inline constexpr double price_step_seconds = 60.0;

inline void fill_diffusion(DiffusionParams& params, std::size_t assets) {
    params.correlation = SquareMatrix::identity(assets);
    for (std::size_t a = 0; a < assets; ++a) {
        params.volatility.values.push_back(0.5 + 0.1 * static_cast<double>(a));
        params.drift.values.push_back(0.1 * static_cast<double>(a));
        for (std::size_t b = 0; b < a; ++b) params.correlation(a, b) = params.correlation(b, a) = 0.6;
    }
}

template <> struct Fixture<Gbm> {
    static Gbm make(std::size_t assets) {
        Gbm::Params params;
        fill_diffusion(params, assets);
        return {params, assets, price_step_seconds};
    }
};

template <> struct Fixture<Merton> {
    /// With a Student-t copula, and separate jumps before common ones: the order in which clocks are numbered matters.
    static Merton make(std::size_t assets) {
        Merton::Params params;
        fill_diffusion(params, assets);
        params.tails = Tails{.dof = 4.0};
        JumpParams separate{.rate = {}, .mean = {}, .stddev = {}, .common = false};
        JumpParams common{.rate = {{30'000.0}}, .mean = {}, .stddev = {}, .common = true};
        for (std::size_t a = 0; a < assets; ++a) {
            separate.rate.values.push_back(20'000.0 + 1'000.0 * static_cast<double>(a));
            separate.mean.values.push_back(0.0);
            separate.stddev.values.push_back(0.02);
            common.mean.values.push_back(-0.03);
            common.stddev.values.push_back(0.01);
        }
        params.jumps = {separate, common};
        return {params, assets, price_step_seconds};
    }
};

template <> struct Fixture<Garch> {
    /// Volatility that moves much, with heavy tails that assets have together.
    static Garch make(std::size_t assets) {
        Garch::Params params;
        fill_diffusion(params, assets);
        params.tails = Tails{.dof = 5.0};
        params.student = StudentInnovations{.dof = 5.0};
        for (std::size_t a = 0; a < assets; ++a) {
            params.alpha.values.push_back(0.15 - 0.02 * static_cast<double>(a));
            params.beta.values.push_back(0.72);
            params.gamma.values.push_back(0.1);
            params.start.values.push_back(1.5);
        }
        return {params, assets, price_step_seconds};
    }
};

template <> struct Fixture<Replay> {
    static Replay make(std::size_t assets) {
        Replay::Params params;
        std::mt19937_64 rng(1);
        std::normal_distribution<double> normal(0.0, 0.01);
        std::vector<double> log_price(price_assets, 3.0);
        for (int row = 0; row < 400; ++row) {
            params.table.seconds.push_back(45.0 * row);
            for (std::size_t a = 0; a < price_assets; ++a) {
                log_price[a] += normal(rng);
                if (a < assets) params.table.closes.push_back(std::exp(log_price[a]));
            }
        }
        return {params, assets, price_step_seconds};
    }
};

} // namespace plunge::test

#if __has_include("contract_fixtures.hpp")
#include "contract_fixtures.hpp" // of models from outside the tree
#endif
