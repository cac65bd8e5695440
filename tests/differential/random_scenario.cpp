#include "tests/differential/random_scenario.hpp"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdlib>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "models/behaviour/registry.hpp"
#include "models/impact/registry.hpp"
#include "models/liquidation/registry.hpp"
#include "models/margin/registry.hpp"
#include "models/mark/registry.hpp"
#include "models/network/registry.hpp"
#include "models/price/registry.hpp"
#include "models/waterfall/registry.hpp"

namespace plunge::oracle {
namespace {

// The generator's words are fixed by the standard, the standard library's distributions are not: these are.
class Dice {
  public:
    explicit Dice(std::uint64_t k) : engine_{k * 0x9E3779B97F4A7C15ULL + 1} {}
    double uniform() { return (static_cast<double>(engine_() >> 12U) + 0.5) * 0x1p-52; }
    double uniform(double low, double high) { return low + (high - low) * uniform(); }
    double log_uniform(double low, double high) { return low * std::pow(high / low, uniform()); }
    bool chance(double probability) { return uniform() < probability; }
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
    std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }
    template <class T> T one_of(std::initializer_list<T> choices) { return *(choices.begin() + below(choices.size())); }
    double normal() { // sum of twelve uniforms: near enough, and the same everywhere
        double sum = -6.0;
        for (int i = 0; i < 12; ++i) sum += uniform();
        return sum;
    }

  private:
    std::mt19937_64 engine_;
};

constexpr double dt = 60.0;

// Every registered model is drawn below. One that joins a registry does not compile before it is, and stands here.
static_assert(std::is_same_v<PriceModels, ModelList<Gbm, Merton, Garch, Replay>>);
static_assert(std::is_same_v<MarkModels, ModelList<LastMark, IndexMark, EmaMark>>);
static_assert(std::is_same_v<ImpactModels, ModelList<LinearImpact, SquareRootImpact>>);
static_assert(std::is_same_v<MarginModels, ModelList<FlatMargin, TieredMargin, PortfolioVarMargin, PortfolioEsMargin,
                                                     LiquidityAdjustedMargin, HealthFactorMargin>>);
static_assert(std::is_same_v<LiquidationModels,
                             ModelList<FullLiquidation, PartialLiquidation, SliceLiquidation, CloseFactorLiquidation>>);
static_assert(std::is_same_v<WaterfallModels,
                             ModelList<InsuranceFund, VenueCapital, DefaultFund, AutoDeleveraging, SocializedLoss>>);
static_assert(std::is_same_v<BehaviourModels, ModelList<Passive, TopUp>>);
static_assert(std::is_same_v<NetworkModels, ModelList<EisenbergNoe>>);

PerAsset per_asset(std::size_t n, auto draw) {
    PerAsset values;
    for (std::size_t a = 0; a < n; ++a) values.values.push_back(draw());
    return values;
}

PriceChoice draw_prices(Dice& dice, std::size_t n) {
    DiffusionParams diffusion;
    diffusion.volatility = per_asset(n, [&] { return dice.log_uniform(1.5, 15.0); });
    diffusion.drift = per_asset(n, [&] { return dice.uniform(-100.0, 60.0); });
    const double correlation = dice.uniform(0.0, 0.95);
    diffusion.correlation = SquareMatrix::identity(n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            if (i != j) diffusion.correlation(i, j) = correlation;
        }
    }
    if (dice.chance(0.3)) diffusion.tails = Tails{dice.uniform(2.5, 8.0)};
    if (dice.chance(0.5)) {
        Gbm::Params gbm;
        static_cast<DiffusionParams&>(gbm) = diffusion;
        return gbm;
    }
    Merton::Params merton;
    static_cast<DiffusionParams&>(merton) = diffusion;
    JumpParams jump;
    jump.common = dice.chance(0.6);
    const double per_hour = dice.uniform(0.5, 3.0) * 365.0 * 24.0;
    jump.rate = per_asset(jump.common ? 1 : n, [&] { return per_hour; });
    jump.mean = per_asset(n, [&] { return dice.uniform(-0.08, 0.03); });
    jump.stddev = per_asset(n, [&] { return dice.uniform(0.0, 0.06); });
    merton.jumps.push_back(jump);
    return merton;
}

// Some processes have volatility that clusters instead.
PriceChoice draw_clustered(Dice& dice, const PriceChoice& prices, std::size_t n) {
    if (!dice.chance(0.2)) return prices;
    Garch::Params garch;
    visit_choice(PriceModels{}, prices, [&]<class Process>(const auto& params) {
        if constexpr (std::derived_from<typename Process::Params, DiffusionParams>)
            static_cast<DiffusionParams&>(garch) = params;
    });
    garch.alpha = per_asset(n, [&] { return dice.uniform(0.0, 0.3); });
    garch.beta = per_asset(n, [&] { return dice.uniform(0.0, 0.6); });
    if (dice.chance(0.5)) garch.gamma = per_asset(n, [&] { return dice.uniform(0.0, 0.19); });
    if (dice.chance(0.5)) garch.start = per_asset(n, [&] { return dice.uniform(0.3, 3.0); });
    if (dice.chance(0.5)) garch.student = StudentInnovations{dice.uniform(2.5, 8.0)};
    return garch;
}

Shock draw_shock(Dice& dice, std::size_t n, double horizon) {
    Shock shock;
    shock.at_seconds = dt * std::floor(dice.uniform(0.05, 0.8) * horizon / dt);
    shock.over_seconds = dt * static_cast<double>(dice.below(8));
    const double size = dice.chance(0.8) ? dice.uniform(-0.45, -0.03) : dice.uniform(0.05, 0.6);
    shock.simple_return = per_asset(n, [&] { return size * dice.uniform(0.3, 1.2); });
    if (dice.chance(0.4))
        shock.recover = Recovery{dice.uniform(0.2, 1.0), dt * static_cast<double>(dice.between(1, 12))};
    return shock;
}

// Wraps an asset around another: from then on the process drives one less. Returns how many it drives.
std::size_t draw_wrapped(Dice& dice, std::vector<Asset>& assets) {
    const std::size_t n = assets.size();
    if (n < 2) return n;
    const std::size_t underlying = dice.below(n);
    std::size_t driven = n;
    for (std::size_t a = 0; a < n; ++a) {
        if (a == underlying || dice.chance(0.5)) continue;
        assets[a].underlying = assets[underlying].symbol;
        assets[a].follows = underlying;
        assets[a].price = assets[underlying].price * dice.uniform(0.8, 1.2);
        --driven;
        if (dice.chance(0.2)) continue; // at parity for ever
        assets[a].basis = Basis::Params{dice.one_of({0.0, 0.3, 2.0}), dice.log_uniform(60.0, 86'400.0),
                                        dice.one_of({0.0, -0.05, 0.02})};
    }
    return driven;
}

ImpactCommon draw_impact_common(Dice& dice, std::size_t n) {
    ImpactCommon impact;
    impact.permanent = dice.one_of({0.0, 0.3, 0.7, 1.0});
    impact.half_life_seconds = dice.one_of({0.0, 30.0, 300.0, 1800.0});
    if (dice.chance(0.4)) {
        Thinning thinning;
        thinning.exponent = dice.one_of({0.0, 0.5, 1.0, 2.0});
        thinning.drawdown = dice.one_of({0.0, 1.0, 5.0});
        thinning.floor = dice.uniform(0.05, 0.6);
        thinning.half_life_seconds = dice.log_uniform(60.0, 3600.0);
        impact.thinning = thinning;
    }
    if (n > 1 && dice.chance(0.35)) {
        impact.cross = SquareMatrix::identity(n);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                impact.cross(i, j) = impact.cross(j, i) = dice.chance(0.3) ? 0.0 : dice.uniform(-0.2, 0.5);
            }
        }
    }
    return impact;
}

TierTable draw_tiers(Dice& dice, std::size_t n, double typical_notional) {
    TierTable table;
    for (std::size_t a = 0; a < n; ++a) {
        std::vector<Bracket> brackets{{0.0, dice.log_uniform(0.004, 0.02), 0.0}};
        const std::size_t more = dice.between(1, 3);
        for (std::size_t j = 0; j < more; ++j) {
            const Bracket& last = brackets.back();
            const double from = last.from_notional + typical_notional * dice.log_uniform(0.05, 2.0);
            brackets.push_back({from, std::min(0.2, last.rate * dice.uniform(1.05, 2.5)), 0.0});
        }
        table.per_asset.push_back(std::move(brackets));
    }
    return table;
}

LiquidationCommon draw_liquidation_common(Dice& dice, double open_interest) {
    LiquidationCommon rules;
    rules.fee = dice.one_of({0.0, 0.0005, 0.005});
    rules.expected_slippage = dice.one_of({0.0, 0.001, 0.01});
    rules.surplus = dice.chance(0.5) ? Surplus::fund : Surplus::account;
    rules.priority = dice.one_of({Priority::margin_ratio, Priority::size, Priority::age});
    if (dice.chance(0.3)) rules.throughput = open_interest * dice.log_uniform(0.003, 0.3);
    if (dice.chance(0.25)) rules.clearing = Clearing::sequential;
    if (dice.chance(0.25)) {
        rules.execution = OrderExecution::twap;
        rules.twap_over_seconds = dt * static_cast<double>(dice.between(1, 20));
    }
    if (dice.chance(0.2)) rules.offset = dice.one_of({1.0, 0.3, 0.01});
    return rules;
}

InsuranceFund::Params draw_insurance_fund(Dice& dice, std::size_t assets, double balance) {
    InsuranceFund::Params fund;
    fund.balance = balance;
    fund.segregated = dice.chance(0.3);
    if (!fund.segregated || dice.chance(0.5)) return fund;
    double sum = 0.0;
    fund.shares = per_asset(assets, [&] { return dice.chance(0.3) ? 0.0 : dice.uniform(); });
    for (const double share : fund.shares.values) sum += share;
    for (double& share : fund.shares.values) {
        share = sum > 0.0 ? share / sum : 1.0 / static_cast<double>(assets);
    }
    return fund;
}

AutoDeleveraging::Params draw_adl(Dice& dice, const std::vector<Asset>& assets, double total_equity) {
    AutoDeleveraging::Params adl;
    adl.ranking = dice.one_of({Ranking::queue, Ranking::pro_rata, Ranking::integer_pro_rata, Ranking::largest_first});
    if (dice.chance(0.3)) adl.max_share = dice.uniform(0.05, 0.9);
    if (adl.ranking == Ranking::queue || adl.ranking == Ranking::largest_first) adl.whole_positions = dice.chance(0.4);
    if (adl.ranking == Ranking::integer_pro_rata) {
        for (const Asset& asset : assets) {
            adl.contract.values.push_back(total_equity * dice.log_uniform(1e-6, 1e-2) / asset.price);
        }
    }
    return adl;
}

// Contributions are at most half of every member's capital, so that two funds can be afforded.
DefaultFund::Params draw_default_fund(Dice& dice, const Scenario& scenario, double total_equity) {
    DefaultFund::Params fund;
    fund.sizing = dice.one_of({FundSizing::given, FundSizing::pro_rata, FundSizing::cover_2});
    fund.assessment = dice.one_of({0.0, 0.5, 2.0, 10.0});
    if (fund.sizing == FundSizing::given) {
        for (const Institution& member : scenario.institutions) {
            fund.contributions.values.push_back(dice.chance(0.2) ? 0.0 : 0.3 * dice.uniform() * member.capital);
        }
        return fund;
    }
    fund.basis = dice.one_of({FundBasis::notional, FundBasis::margin});
    if (dice.chance(0.3)) fund.members.index = {dice.below(scenario.institutions.size())};
    if (fund.sizing == FundSizing::pro_rata) {
        fund.total = total_equity * dice.log_uniform(1e-3, 0.1);
    } else {
        const double move = dice.uniform(-0.5, 0.3);
        fund.stress = per_asset(scenario.assets.size(), [&] { return move * dice.uniform(); });
    }
    return fund;
}

std::vector<WaterfallChoice> draw_waterfall(Dice& dice, const Scenario& scenario, double total_equity) {
    std::vector<WaterfallChoice> layers;
    const std::size_t n = scenario.assets.size();
    const auto balance = [&] { return dice.chance(0.15) ? 0.0 : total_equity * dice.log_uniform(1e-4, 0.1); };
    if (dice.chance(0.65)) layers.push_back(draw_insurance_fund(dice, n, balance()));
    if (dice.chance(0.1)) layers.push_back(draw_insurance_fund(dice, n, balance()));
    if (dice.chance(0.3)) layers.push_back(VenueCapital::Params{balance()});
    if (!scenario.institutions.empty() && dice.chance(0.8)) {
        layers.push_back(draw_default_fund(dice, scenario, total_equity));
        if (dice.chance(0.2)) layers.push_back(VenueCapital::Params{balance()});
        if (dice.chance(0.1)) layers.push_back(draw_default_fund(dice, scenario, total_equity));
    }
    if (dice.chance(0.5)) layers.push_back(draw_adl(dice, scenario.assets, total_equity));
    if (dice.chance(0.5)) {
        layers.push_back(SocializedLoss::Params{dice.one_of({SocializedBase::gains, SocializedBase::equity})});
    }
    if (dice.chance(0.4)) {
        for (std::size_t i = layers.size(); i > 1; --i) std::swap(layers[i - 1], layers[dice.below(i)]);
    }
    return layers;
}

struct AccountStyle {
    double equity_median;
    double leverage_low;
    double leverage_high;
    double long_share;
    double entry_scatter;
    double collateral_share; ///< of equity; zero: all cash
    bool opposite_legs;
};

void add_account(Dice& dice, const std::vector<Asset>& assets, const AccountStyle& style, ExplicitAccounts& accounts) {
    const double equity = style.equity_median * std::exp(1.2 * dice.normal());
    const double gross = equity * dice.log_uniform(style.leverage_low, style.leverage_high);
    std::vector<double> share;
    double sum = 0.0;
    for (std::size_t a = 0; a < assets.size(); ++a) {
        share.push_back(a > 0 && dice.chance(0.4) ? 0.0 : dice.uniform());
        sum += share.back();
    }
    const double side = dice.chance(style.long_share) ? 1.0 : -1.0;
    accounts.label.push_back("a" + std::to_string(accounts.label.size()));
    accounts.equity.push_back(equity);
    for (std::size_t a = 0; a < assets.size(); ++a) {
        const double leg = style.opposite_legs && dice.chance(0.3) ? -side : side;
        accounts.position.push_back(leg * gross * share[a] / sum / assets[a].price);
        accounts.entry.push_back(assets[a].price * std::exp(style.entry_scatter * dice.normal()));
        const double held = style.collateral_share > 0.0 && dice.chance(0.6) ? dice.uniform() * style.collateral_share
                                                                             : 0.0;
        accounts.collateral.push_back(held * equity / static_cast<double>(assets.size()) / assets[a].price);
    }
    if (dice.chance(0.04)) accounts.equity.back() *= -0.3; // bad debt from the start
}

Cohort draw_cohort(Dice& dice, const std::vector<Asset>& assets, std::size_t venue, std::size_t number,
                   double max_leverage) {
    Cohort cohort;
    cohort.name = "cohort " + std::to_string(number);
    cohort.venue = venue;
    cohort.margin = dice.chance(0.25) ? MarginMode::isolated : MarginMode::cross;
    if (dice.chance(0.4)) {
        TopUp::Params top_up;
        top_up.probability = dice.one_of({0.3, 0.7, 1.0});
        top_up.delay_seconds = dice.one_of({0.0, 60.0, 90.0, 240.0});
        top_up.target = dice.uniform(1.0, 3.0);
        top_up.limit = dice.one_of({0.05, 0.5, 2.0});
        cohort.behaviour = top_up;
    }
    const std::size_t accounts = dice.one_of<std::size_t>({1, 3, 8, 20, 60, 100});
    if (dice.chance(0.2)) {
        cohort.accounts = accounts;
        cohort.equity = LogNormalDistribution{1000.0, 1.2};
        cohort.leverage = UniformDistribution{1.5, max_leverage};
        cohort.long_share = dice.uniform(0.2, 0.9);
        cohort.positions = DirichletPositions{1.0, {}};
        cohort.direction = dice.chance(0.5) ? Direction::account : Direction::position;
        return cohort;
    }
    const AccountStyle style{dice.log_uniform(100.0, 10'000.0),
                             1.5,
                             max_leverage,
                             dice.uniform(0.2, 0.9),
                             dice.uniform(0.0, 0.15),
                             cohort.margin == MarginMode::cross && dice.chance(0.4) ? dice.uniform(0.1, 1.5) : 0.0,
                             dice.chance(0.4)};
    ExplicitAccounts rows;
    for (std::size_t i = 0; i < accounts; ++i) add_account(dice, assets, style, rows);
    cohort.accounts = accounts;
    cohort.explicit_accounts = std::move(rows);
    return cohort;
}

// Gross notional and equity of one venue's explicit accounts; cohorts by distribution are counted at their typical
// size.
std::pair<double, double> size_of_venue(const Scenario& scenario, std::size_t venue) {
    double gross = 0.0;
    double equity = 0.0;
    for (const Cohort& cohort : scenario.cohorts) {
        if (cohort.venue != venue) continue;
        if (!cohort.explicit_accounts) {
            equity += 2000.0 * static_cast<double>(cohort.accounts);
            gross += 16'000.0 * static_cast<double>(cohort.accounts);
            continue;
        }
        const ExplicitAccounts& accounts = *cohort.explicit_accounts;
        const std::size_t n = scenario.assets.size();
        for (std::size_t i = 0; i < accounts.equity.size(); ++i) {
            equity += std::fabs(accounts.equity[i]);
            for (std::size_t a = 0; a < n; ++a) {
                gross += std::fabs(accounts.position[i * n + a]) * scenario.assets[a].price;
            }
        }
    }
    return {gross, equity};
}

// \param large  notional of a large account
MarginChoice draw_margin(Dice& dice, std::size_t n, double large) {
    const auto rate = [&] { return dice.log_uniform(0.004, 0.04); };
    const double kind = dice.uniform();
    if (kind < 0.3) return FlatMargin::Params{per_asset(n, rate)};
    if (kind < 0.6) return TieredMargin::Params{draw_tiers(dice, n, large)};
    if (kind < 0.7) {
        PortfolioVarMargin::Params var;
        var.confidence = dice.one_of({0.9, 0.99});
        var.horizon_seconds = dice.log_uniform(60.0, 3000.0);
        if (dice.chance(0.5)) var.volatility = per_asset(n, [&] { return dice.uniform(0.5, 4.0); });
        if (dice.chance(0.5)) {
            var.correlation = SquareMatrix::identity(n);
            for (std::size_t a = 0; a < n; ++a) {
                for (std::size_t b = 0; b < a; ++b) var.correlation(a, b) = var.correlation(b, a) = 0.9;
            }
        }
        if (dice.chance(0.5)) var.concentration = draw_tiers(dice, n, large);
        return var;
    }
    if (kind < 0.8) {
        PortfolioEsMargin::Params tail;
        tail.measure = dice.one_of({ScenarioMeasure::expected_shortfall, ScenarioMeasure::worst_case});
        tail.confidence = dice.one_of({0.8, 0.95});
        tail.horizon_seconds = dice.log_uniform(60.0, 1000.0);
        tail.scenarios = dice.one_of<std::uint64_t>({20, 50});
        if (dice.chance(0.5)) tail.concentration = draw_tiers(dice, n, large);
        return tail;
    }
    if (kind < 0.9) {
        LiquidityAdjustedMargin::Params thin;
        thin.rate = per_asset(n, rate);
        thin.scale = dice.log_uniform(0.1, 20.0);
        if (dice.chance(0.5)) thin.depth = per_asset(n, [&] { return large * dice.log_uniform(0.1, 10.0); });
        return thin;
    }
    return HealthFactorMargin::Params{per_asset(n, [&] { return dice.uniform(0.8, 0.99); })};
}

// Some cohorts have a firm behind them; firms owe one another money of the size of their capital.
void draw_institutions(Dice& dice, Scenario& scenario, double scale) {
    const std::size_t n = dice.between(2, 5);
    for (std::size_t i = 0; i < n; ++i) {
        Institution institution;
        institution.name = "institution " + std::to_string(i);
        institution.capital = dice.chance(0.1) ? 0.0 : scale * dice.log_uniform(1e-4, 1e-1);
        if (i < scenario.cohorts.size() && dice.chance(0.8)) institution.cohort = i;
        if (dice.chance(0.7)) {
            for (std::size_t j = 0; j < n; ++j) {
                const double debt = institution.capital * dice.log_uniform(0.3, 3.0);
                institution.liabilities.values.push_back(j == i || dice.chance(0.4) ? 0.0 : debt);
            }
        }
        scenario.institutions.push_back(std::move(institution));
    }
    if (dice.chance(0.5)) scenario.network = EisenbergNoe::Params{dice.uniform(0.3, 1.0), dice.uniform(0.3, 1.0)};
}

Venue draw_venue(Dice& dice, const Scenario& scenario, std::size_t number) {
    const std::size_t n = scenario.assets.size();
    const auto [gross, equity] = size_of_venue(scenario, number);
    Venue venue;
    venue.name = "venue" + std::to_string(number);
    const double kind = dice.uniform();
    if (kind < 0.25)
        venue.mark = IndexMark::Params{};
    else if (kind < 0.5)
        venue.mark = EmaMark::Params{dice.log_uniform(20.0, 600.0)};
    venue.max_rounds = dice.one_of<std::uint64_t>({1, 2, 3, 8, 64, 64});
    const bool root = dice.chance(0.4);
    if (root) {
        SquareRootImpact::Params params;
        params.prefactor = dice.log_uniform(0.2, 2.0);
        if (dice.chance(0.5)) params.volatility = per_asset(n, [&] { return dice.uniform(0.5, 4.0); });
        venue.impact = params;
    } else {
        venue.impact = LinearImpact::Params{
            per_asset(n, [&] { return gross / static_cast<double>(n) * dice.log_uniform(0.02, 2.0); })};
    }
    venue.impact_common = draw_impact_common(dice, n);
    venue.margin = draw_margin(dice, n, 10.0 * equity / 50.0);
    venue.margin_common.warning = dice.chance(0.5) ? dice.uniform(1.1, 2.5) : 0.0;
    if (dice.chance(0.2)) {
        DynamicMargin dynamic;
        dynamic.interval_seconds = dt * static_cast<double>(dice.between(1, 12));
        dynamic.volatility = dice.one_of({0.0, 0.5, 1.0});
        dynamic.half_life_seconds = dt * static_cast<double>(dice.between(1, 20));
        dynamic.depletion = dice.one_of({0.0, 0.5, 2.0});
        dynamic.max = dice.uniform(1.0, 4.0);
        venue.margin_common.dynamic = dynamic;
    }
    if (dice.chance(0.2)) {
        SliceLiquidation::Params slice;
        slice.share = dice.one_of({0.1, 0.2, 0.5, 1.0});
        slice.cooldown_seconds = dt * dice.one_of({0.0, 0.5, 1.0, 2.5});
        slice.slices = dice.one_of<std::uint64_t>({0, 0, 1, 3});
        slice.backstop = dice.one_of({0.0, 0.3, 0.7});
        slice.whole_below = dice.one_of({0.0, 0.0, 500.0});
        venue.liquidation = slice;
    } else if (dice.chance(0.6)) {
        PartialLiquidation::Params partial;
        partial.buffer = dice.one_of({1.0, 1.1, 1.5});
        partial.backstop = dice.one_of({0.0, 0.3, 0.7});
        partial.whole_below = dice.one_of({0.0, 0.0, 500.0});
        venue.liquidation = partial;
    }
    venue.liquidation_common = draw_liquidation_common(dice, gross);
    venue.waterfall = draw_waterfall(dice, scenario, equity);
    if (dice.chance(venue.margin.holds<HealthFactorMargin::Params>() ? 0.8 : 0.05)) {
        CloseFactorLiquidation::Params loans;
        loans.close_factor = dice.one_of({0.2, 0.5, 1.0});
        loans.full_below = dice.one_of({0.0, 0.95, 1.0});
        loans.bonus = dice.one_of({0.0, 0.01, 0.05, 0.1});
        loans.min_profit = dice.one_of({0.0, 0.001});
        venue.liquidation = loans;
        std::erase_if(venue.waterfall,
                      [](const WaterfallChoice& layer) { return layer.holds<AutoDeleveraging::Params>(); });
    }
    if (dice.chance(0.3)) {
        venue.breaker = CircuitBreaker{dice.uniform(0.03, 0.2), dt * static_cast<double>(dice.between(1, 6)),
                                       dt * static_cast<double>(dice.between(1, 8))};
    }
    const bool has_loans = venue.liquidation.holds<CloseFactorLiquidation::Params>();
    if (has_loans) {
        venue.liquidation_common.execution = OrderExecution::immediate;
        venue.liquidation_common.twap_over_seconds = 0.0;
        venue.liquidation_common.offset = 0.0;
    } else if (dice.chance(0.25)) {
        LeverageCut cut;
        cut.trigger = dice.one_of(
            {LeverageCutTrigger::time, LeverageCutTrigger::halt, LeverageCutTrigger::margin_raise});
        if (cut.trigger == LeverageCutTrigger::time) cut.at_seconds = dice.uniform() * scenario.run.horizon_seconds;
        cut.grace_seconds = dt * dice.uniform(0.0, 5.0);
        cut.max_leverage = dice.uniform(2.0, 30.0);
        venue.leverage_cut = cut;
    }
    if (dice.chance(0.6)) venue.collateral.haircut = per_asset(n, [&] { return dice.uniform(0.0, 0.4); });
    return venue;
}

// ---- adversarial families ------------------------------------------------------------------------------------------

void replay_of(Scenario& scenario, Dice& dice, std::size_t flat_steps, double move_per_step) {
    Replay::Params replay;
    const auto n = static_cast<std::size_t>(std::count_if(scenario.assets.begin(), scenario.assets.end(),
                                                          [](const Asset& asset) { return !asset.follows; }));
    const std::size_t steps = scenario.run.steps();
    replay.volatility = per_asset(n, [&] { return 2.0; });
    std::vector<double> log_price(n, 0.0);
    for (std::size_t t = 0; t <= steps; ++t) {
        replay.table.seconds.push_back(dt * static_cast<double>(t));
        for (std::size_t a = 0; a < n; ++a) {
            if (t > flat_steps) log_price[a] += move_per_step + 0.003 * dice.normal();
            replay.table.closes.push_back(std::exp(log_price[a])); // only ratios count
        }
    }
    scenario.prices = replay;
    scenario.shocks.clear();
}

// Equal accounts tie in every ranking: the row number decides.
void make_identical(Scenario& scenario) {
    const std::size_t n = scenario.assets.size();
    for (Cohort& cohort : scenario.cohorts) {
        if (!cohort.explicit_accounts) continue;
        ExplicitAccounts& accounts = *cohort.explicit_accounts;
        for (std::size_t i = 1; i < accounts.equity.size(); ++i) {
            accounts.equity[i] = accounts.equity[0];
            const double side = i % 2 == 0 ? 1.0 : -1.0; // longs and shorts of the same size: orders may meet exactly
            for (std::size_t a = 0; a < n; ++a) {
                accounts.position[i * n + a] = side * accounts.position[a];
                accounts.entry[i * n + a] = accounts.entry[a];
                accounts.collateral[i * n + a] = accounts.collateral[a];
            }
        }
    }
}

// Prices of one, a rate of 2^-5 and quantities of few bits: E == M holds without rounding while the price stands still.
void put_at_zero_slack(Scenario& scenario, Dice& dice) {
    const std::size_t n = scenario.assets.size();
    for (Asset& asset : scenario.assets) asset.price = 1.0;
    for (Venue& venue : scenario.venues) {
        venue.margin = FlatMargin::Params{per_asset(n, [] { return 0.03125; })};
        venue.mark = LastMark::Params{};
        venue.collateral.haircut = {};
    }
    for (Cohort& cohort : scenario.cohorts) {
        cohort.margin = MarginMode::cross;
        ExplicitAccounts accounts;
        for (std::size_t i = 0; i < 24; ++i) {
            double gross = 0.0;
            for (std::size_t a = 0; a < n; ++a) {
                const double q = 32.0 * static_cast<double>(dice.between(1, 16)) * (dice.chance(0.7) ? 1.0 : -1.0);
                accounts.position.push_back(q);
                accounts.entry.push_back(1.0);
                accounts.collateral.push_back(0.0);
                gross += std::fabs(q);
            }
            accounts.label.push_back(std::to_string(i));
            // A third exactly at zero slack, a third one bit of a cent below, a third above.
            accounts.equity.push_back(0.03125 * gross + (i % 3 == 0 ? 0.0 : i % 3 == 1 ? -0x1p-20 : 0x1p-20));
        }
        cohort.accounts = accounts.equity.size();
        cohort.explicit_accounts = std::move(accounts);
    }
    replay_of(scenario, dice, 3, -0.004);
}

void make_adversarial(Scenario& scenario, Dice& dice, std::uint64_t family) {
    const std::size_t n = scenario.assets.size();
    switch (family) {
    case 0: // huge leverage: half the accounts are near the edge at the first tick
        for (Venue& venue : scenario.venues) venue.margin = FlatMargin::Params{per_asset(n, [] { return 0.001; })};
        for (Cohort& cohort : scenario.cohorts) {
            if (!cohort.explicit_accounts) continue;
            for (double& equity : cohort.explicit_accounts->equity) equity *= 0.2;
        }
        break;
    case 1:
        make_identical(scenario);
        break;
    case 2:
        put_at_zero_slack(scenario, dice);
        break;
    case 3: // a slow walk through many narrow brackets
        for (Venue& venue : scenario.venues) {
            TierTable table;
            for (std::size_t a = 0; a < n; ++a) {
                std::vector<Bracket> brackets;
                for (std::size_t j = 0; j < 12; ++j) {
                    const auto rank = static_cast<double>(j);
                    brackets.push_back({rank == 0.0 ? 0.0 : 100.0 * std::pow(1.7, rank), 0.004 * (1.0 + rank), 0.0});
                }
                table.per_asset.push_back(std::move(brackets));
            }
            venue.margin = TieredMargin::Params{table};
            venue.liquidation = PartialLiquidation::Params{};
        }
        replay_of(scenario, dice, 0, -0.005);
        break;
    case 4: { // nine tenths gone at once
        Shock shock;
        shock.at_seconds = dt * 5.0;
        shock.simple_return = per_asset(n, [&] { return dice.uniform(-0.92, -0.85); });
        scenario.shocks = {shock};
        break;
    }
    default: // books so thin that any order moves the price by many per cent
        for (Venue& venue : scenario.venues) {
            if (auto* linear = venue.impact.get_if<LinearImpact::Params>()) {
                for (double& depth : linear->depth.values) depth *= 0.05;
            }
        }
    }
}

// Some books hold less than the largest rounds ask for: a part of what accounts hold at the venue.
void draw_resting(Dice& dice, Scenario& scenario, std::size_t venue) {
    if (!dice.chance(0.15)) return;
    const double gross_per_asset = size_of_venue(scenario, venue).first / static_cast<double>(scenario.assets.size());
    PerAsset& resting = scenario.venues[venue].impact_common.resting;
    for (const Asset& asset : scenario.assets) {
        resting.values.push_back(gross_per_asset / asset.price * dice.log_uniform(0.01, 0.25));
    }
}

// Rules that came later.
void draw_later_rules(Dice& dice, Scenario& scenario, std::size_t number) {
    Venue& venue = scenario.venues[number];
    const auto [gross, equity] = size_of_venue(scenario, number);
    const bool has_fund = initial_fund_balance(venue.waterfall) > 0.0;
    for (WaterfallChoice& layer : venue.waterfall) {
        if (auto* adl = layer.get_if<AutoDeleveraging::Params>(); adl != nullptr && has_fund && dice.chance(0.4)) {
            adl->trigger = AdlTrigger::drawdown;
            adl->start = dice.uniform(0.05, 0.9);
            adl->stop = adl->start * dice.uniform();
            adl->over_seconds = dt * dice.log_uniform(1.0, 200.0);
        }
        if (auto* socialized = layer.get_if<SocializedLoss::Params>(); socialized != nullptr && dice.chance(0.3)) {
            socialized->base = SocializedBase::position;
        }
    }
    const double minimum = equity * dice.log_uniform(1e-5, 1e-3);
    if (dice.chance(0.2)) {
        if (auto* flat = venue.margin.get_if<FlatMargin::Params>()) flat->minimum = minimum;
        if (auto* tiers = venue.margin.get_if<TieredMargin::Params>()) tiers->minimum = minimum;
    }
    const double least = gross * dice.log_uniform(1e-4, 1e-2);
    if (dice.chance(0.2)) {
        if (auto* partial = venue.liquidation.get_if<PartialLiquidation::Params>()) partial->min_notional = least;
        if (auto* slice = venue.liquidation.get_if<SliceLiquidation::Params>()) slice->min_notional = least;
    }
    double free_from = 0.0;
    for (std::size_t i = 0; i < 2 && dice.chance(0.2); ++i) {
        ScriptedOracle oracle;
        const double horizon = scenario.run.horizon_seconds;
        oracle.from_seconds = free_from + dice.uniform() * (horizon - free_from);
        oracle.to_seconds = oracle.from_seconds + dt * dice.log_uniform(0.5, 30.0);
        free_from = std::min(oracle.to_seconds, horizon);
        oracle.frozen = dice.chance(0.4);
        if (!oracle.frozen) oracle.factor = dice.one_of({0.65, 0.97, 1.02, 1.3});
        if (dice.chance(0.7)) oracle.index = dice.below(scenario.assets.size());
        venue.oracle.push_back(oracle);
    }
}

} // namespace

ScenarioRange scenario_range() {
    const auto from_environment = [](const char* name, std::uint64_t otherwise) {
        const char* text = std::getenv(name);
        return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
    };
    const ScenarioRange usual;
    return {from_environment("PLUNGE_DIFFERENTIAL_FIRST", usual.first),
            from_environment("PLUNGE_DIFFERENTIAL_SCENARIOS", usual.count)};
}

Scenario random_scenario(std::uint64_t k) {
    Dice dice{k};
    Scenario scenario;
    scenario.header.name = "random " + std::to_string(k);
    scenario.run.worlds = 1;
    scenario.run.seed = k;
    scenario.run.step_seconds = dt;
    scenario.run.horizon_seconds = dt * static_cast<double>(dice.one_of<std::size_t>({10, 30, 60, 100}));
    const std::size_t n = dice.between(1, 4);
    for (std::size_t a = 0; a < n; ++a) {
        Asset& asset = scenario.assets.emplace_back();
        asset.symbol = "A" + std::to_string(a);
        asset.price = dice.log_uniform(0.2, 50'000.0);
    }
    Dice wrapping{~k}; // of its own, so that scenarios without wrapped assets are what they were
    const std::size_t driven = wrapping.chance(0.3) ? draw_wrapped(wrapping, scenario.assets) : n;
    for (Asset& asset : scenario.assets) {
        if (wrapping.chance(0.12)) asset.oracle_delay_seconds = dt * wrapping.uniform(0.2, 8.0);
    }
    Dice clustering{k ^ 0xC105E0D};
    scenario.prices = draw_clustered(clustering, draw_prices(dice, driven), driven);
    if (wrapping.chance(0.25)) scenario.run.paths = PathSampling::sobol;
    const std::size_t shocks = dice.below(3);
    for (std::size_t i = 0; i < shocks; ++i)
        scenario.shocks.push_back(draw_shock(dice, n, scenario.run.horizon_seconds));
    const std::size_t venues = dice.chance(0.3) ? dice.between(2, 3) : 1;
    if (dice.chance(0.7)) scenario.market.arbitrage_seconds = dice.log_uniform(20.0, 2000.0);
    const double max_leverage = dice.one_of({6.0, 15.0, 40.0});
    for (std::size_t v = 0; v < venues; ++v) {
        const std::size_t cohorts = dice.between(1, 2);
        for (std::size_t i = 0; i < cohorts; ++i) {
            scenario.cohorts.push_back(draw_cohort(dice, scenario.assets, v, scenario.cohorts.size(), max_leverage));
            if (venues > 1 && dice.chance(0.5))
                scenario.cohorts.back().held_at = (v + dice.between(1, venues - 1)) % venues;
        }
    }
    if (dice.chance(0.4)) {
        double equity = 0.0;
        for (std::size_t v = 0; v < venues; ++v) equity += size_of_venue(scenario, v).second;
        draw_institutions(dice, scenario, equity);
    }
    for (std::size_t v = 0; v < venues; ++v) scenario.venues.push_back(draw_venue(dice, scenario, v));
    for (Asset& asset : scenario.assets) {
        asset.daily_volume = size_of_venue(scenario, 0).first * dice.log_uniform(0.5, 50.0);
    }
    scenario.record.cascade_gap_seconds = dt * static_cast<double>(dice.below(6));
    scenario.record.counterfactual = dice.chance(0.2);
    if (k % 10 == 9) make_adversarial(scenario, dice, k / 10 % 6);
    if (scenario.prices.holds<Replay::Params>()) scenario.run.paths = PathSampling::pseudo;
    Dice resting{k ^ 0xB007E57}; // last, and of its own: scenarios in which books are without end are what they were
    for (std::size_t v = 0; v < venues; ++v) draw_resting(resting, scenario, v);
    Dice later{k ^ 0x1A7E12}; // as the one before
    if (later.chance(0.5)) {
        for (std::size_t v = 0; v < venues; ++v) draw_later_rules(later, scenario, v);
    }
    return scenario;
}

} // namespace plunge::oracle
