// A scenario as a plain struct: what a scenario file says, checked and with every name resolved.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "models/behaviour/family.hpp"
#include "models/breaker/breaker.hpp"
#include "models/common/values.hpp"
#include "models/impact/family.hpp"
#include "models/impact/resilience.hpp"
#include "models/liquidation/common.hpp"
#include "models/liquidation/family.hpp"
#include "models/margin/common.hpp"
#include "models/margin/family.hpp"
#include "models/margin/leverage_cut.hpp"
#include "models/mark/family.hpp"
#include "models/mark/scripted_oracle.hpp"
#include "models/network/family.hpp"
#include "models/price/basis.hpp"
#include "models/price/family.hpp"
#include "models/price/shock.hpp"
#include "models/waterfall/family.hpp"

namespace plunge {

enum class PopulationMode { shared, resampled };
template <> struct EnumNames<PopulationMode> {
    static constexpr std::array<std::string_view, 2> value{"shared", "resampled"};
};

enum class PathSampling { pseudo, sobol };
template <> struct EnumNames<PathSampling> {
    static constexpr std::array<std::string_view, 2> value{"pseudo", "sobol"};
};

struct ScenarioHeader {
    std::string name;
    std::string description;
    static constexpr auto fields() {
        using P = ScenarioHeader;
        return std::tuple{required_field("name", &P::name, Unit::none, any_number, "one line"),
                          optional_field("description", &P::description, Unit::none, any_number, "what it is for")};
    }
};

/// What `run.worlds` may be at most.
inline constexpr std::uint64_t most_worlds = 1'000'000'000'000;

/// How many there may be of each: what the counters of random numbers (models/random/philox.hpp) and of rows have room
/// for.
inline constexpr std::size_t most_assets = 4096;
inline constexpr std::size_t most_venues = 256;
inline constexpr std::size_t most_cohorts = 65'536;
inline constexpr std::uint64_t most_rows = 4'000'000'000; ///< of a venue

struct RunSettings {
    std::uint64_t worlds = 1000;
    std::uint64_t seed = 1;
    double step_seconds = 60.0;
    double horizon_seconds = 86'400.0;
    PopulationMode population = PopulationMode::resampled; ///< shared where no cohort draws anything
    std::optional<std::uint64_t> population_seed{};
    bool antithetic = false;
    PathSampling paths = PathSampling::pseudo;

    std::size_t steps() const { return static_cast<std::size_t>(horizon_seconds / step_seconds + 0.5); }
    std::uint64_t seed_of_accounts() const { return population_seed.value_or(seed); }

    static constexpr auto fields() {
        using P = RunSettings;
        return std::tuple{
            optional_field("worlds", &P::worlds, Unit::count, {1, static_cast<double>(most_worlds)},
                           "independent simulated markets"),
            optional_field("seed", &P::seed, Unit::count, {0, 9007199254740991.0},
                           "everything random follows from it; below 2^53"),
            optional_field("step", &P::step_seconds, Unit::duration, positive, "time increment"),
            optional_field("horizon", &P::horizon_seconds, Unit::duration, positive,
                           "simulated time, a whole number of steps"),
            optional_field("population", &P::population, Unit::none, any_number,
                           "resampled: accounts are drawn afresh for every world; shared: once for all worlds, and no "
                           "interval holds what another draw would change. Accounts from a file are always the same"),
            optional_field("population_seed", &P::population_seed, Unit::count, {0, 9007199254740991.0},
                           "what the draws of accounts follow from; `seed` where left out"),
            optional_field("antithetic", &P::antithetic, Unit::none, any_number,
                           "odd worlds see the diffusion of the even world before them with the opposite sign"),
            optional_field("paths", &P::paths, Unit::none, any_number,
                           "pseudo: every world is drawn by itself; sobol: what the diffusion does at large is "
                           "quasi-random, in 16 independent replications")};
    }
};

/// What files call an asset beside its symbol.
struct AssetAlias {
    std::string name;
    double scale = 1.0; ///< units of the asset in one of these
};
struct AssetAliases {
    std::vector<AssetAlias> list;
};

struct Asset {
    std::string symbol;
    AssetAliases aliases;
    double price = 0.0;
    double daily_volume = 0.0; ///< zero: not given
    double oracle_delay_seconds = 0.0;
    std::string underlying;             ///< empty: driven by the price process
    std::optional<Basis::Params> basis; ///< none: always at parity
    std::optional<std::size_t> follows; ///< index of `underlying`

    static constexpr auto fields() {
        using P = Asset;
        return std::tuple{
            required_field("symbol", &P::symbol, Unit::none, any_number, "letters, digits, `_`; unique; not USD"),
            optional_field("aliases", &P::aliases, Unit::none, positive,
                           "what files call the asset beside its symbol: [\"BTC/USDT:USDT\", \"BTC-PERP\"], or with "
                           "how many of it are in one of those, { kSHIB = 1000 }"),
            required_field("price", &P::price, Unit::quote, positive, "price at the start"),
            optional_field("daily_volume", &P::daily_volume, Unit::quote_per_day, positive,
                           "traded quote volume per day; square-root impact needs it"),
            optional_field(
                "oracle_delay", &P::oracle_delay_seconds, Unit::duration, not_negative,
                "age of the marks of this asset at every venue: its price reaches them through an oracle, as "
                "that of collateral on another chain does"),
            optional_field("underlying", &P::underlying, Unit::none, any_number,
                           "symbol of the asset whose index price this one follows: the lists of [prices] leave it "
                           "out, shocks of the underlying move it too"),
            optional_field("basis", &P::basis, Unit::none, any_number,
                           "mean-reverting log premium over the underlying; always at parity where left out")};
    }
};

/// Keys of [market]: what holds several venues together.
struct MarketSettings {
    double arbitrage_seconds = 0.0; ///< tau_arb; zero: venues are not tied together
    static constexpr auto fields() {
        return std::tuple{optional_field("arbitrage", &MarketSettings::arbitrage_seconds, Unit::duration, not_negative,
                                         "tau_arb: time constant with which arbitrage pulls venues' transient "
                                         "displacements together; never where left out")};
    }
};

struct VenueCollateral {
    PerAsset haircut; ///< zero where not named

    static constexpr bool missing_asset_is_zero = true;
    static constexpr auto fields() {
        return std::tuple{optional_field("haircut", &VenueCollateral::haircut, Unit::fraction, unit_interval,
                                         "share of a collateral asset's value that margin ignores, per asset")};
    }
};

struct Venue {
    std::string name;
    std::string expanded_from; ///< preset and date; empty where the rules are the scenario's own
    MarkChoice mark;
    std::vector<ScriptedOracle> oracle;
    std::uint64_t max_rounds = 64;
    ImpactChoice impact;
    ImpactCommon impact_common;
    MarginChoice margin;
    MarginCommon margin_common;
    LiquidationChoice liquidation;
    LiquidationCommon liquidation_common;
    std::vector<WaterfallChoice> waterfall; ///< in paying order; at most one adl layer
    std::optional<CircuitBreaker> breaker;
    std::optional<LeverageCut> leverage_cut;
    VenueCollateral collateral;

    static constexpr auto fields() {
        using P = Venue;
        return std::tuple{
            required_field("name", &P::name, Unit::none, any_number, "letters, digits, `_`, `-`; unique"),
            optional_field("expanded_from", &P::expanded_from, Unit::none, any_number,
                           "the preset and date that the rules below were taken from; result files hold it in place of "
                           "`preset`, with the rules written out"),
            optional_field(
                "mark", &P::mark, Unit::none, any_number,
                "price that margin uses: \"last\", \"index\" (depth-weighted over venues) or { ema = \"30s\" }"),
            optional_field("oracle", &P::oracle, Unit::none, any_number,
                           "times at which marks print wrong or stand still, apart from traded prices"),
            optional_field("max_rounds", &P::max_rounds, Unit::count, {1, 1e6},
                           "rounds of liquidation per step; what is left waits for the next step"),
            optional_field("collateral", &P::collateral, Unit::none, any_number, "haircuts on collateral"),
            optional_field("breaker", &P::breaker, Unit::none, any_number, "circuit breaker; none where left out"),
            optional_field("leverage_cut", &P::leverage_cut, Unit::none, any_number,
                           "a lower leverage that accounts are reduced to; none where left out")};
    }
};

/// How an account's notional is spread over assets.
struct SharedPositions {
    PerAsset share; ///< signed shares of notional; their sizes sum to one
};
struct DirichletPositions {
    double concentration = 1.0; ///< over all assets, or over `assets`
    std::vector<std::size_t> assets;
};
struct PickedPositions {
    PerAsset probability; ///< each account holds one asset, drawn with these probabilities
};
/// `positions = { BTC = 0.5, ETH = -0.5 } | { dirichlet = 0.7, assets = [...] } | { pick = { BTC = 0.6, ETH = 0.4 } }`
using Positions = std::variant<SharedPositions, DirichletPositions, PickedPositions>;

enum class MarginMode { cross, isolated };
template <> struct EnumNames<MarginMode> {
    static constexpr std::array<std::string_view, 2> value{"cross", "isolated"};
};

enum class Direction { account, position };
template <> struct EnumNames<Direction> {
    static constexpr std::array<std::string_view, 2> value{"account", "position"};
};

struct EntryScatter {
    double lookback_seconds = 0.0;
    static constexpr auto fields() {
        return std::tuple{required_field("lookback", &EntryScatter::lookback_seconds, Unit::duration, not_negative,
                                         "positions were opened at times uniform over this span")};
    }
};

/// What is done with an explicit account that is long and short of one asset.
enum class BothSides { refuse, net };
template <> struct EnumNames<BothSides> { static constexpr std::array<std::string_view, 2> value{"refuse", "net"}; };

/// Shares of an account's equity held in cash (`USD`) and in assets.
struct CollateralMix {
    double cash = 1.0;
    PerAsset share; ///< per asset; empty where all is cash
};

/// Explicit accounts, read from a cohort's CSV.
struct ExplicitAccounts {
    std::vector<std::string> label; ///< column `account`
    std::vector<double> equity;     ///< wealth at the start, at the scenario's prices, before haircuts [quote]; below
                                    ///< zero only where there is a position
    std::vector<double> position;   ///< [accounts x assets], signed base
    std::vector<double> entry;      ///< [accounts x assets], entry prices; the scenario's price where not given
    std::vector<double> collateral; ///< [accounts x assets], base; zero where not given
};

struct Cohort {
    std::string name;
    std::size_t venue = 0;              ///< index into Scenario::venues
    std::optional<std::size_t> held_at; ///< venue that holds the collateral, where it is another
    std::uint64_t accounts = 0;
    MarginMode margin = MarginMode::cross;
    Distribution equity = ConstantDistribution{0.0};
    Distribution leverage = ConstantDistribution{1.0};
    double long_share = 0.5;
    Direction direction = Direction::account;
    Positions positions;
    std::optional<EntryScatter> entry;
    CollateralMix collateral;
    double free_wallet = 0.0;
    BehaviourChoice behaviour;
    InputFile accounts_from;
    BothSides both_sides = BothSides::refuse;
    std::optional<ExplicitAccounts> explicit_accounts; ///< instead of the distributions

    static constexpr auto fields() {
        using P = Cohort;
        return std::tuple{
            required_field("name", &P::name, Unit::none, any_number, "unique"),
            optional_field("accounts", &P::accounts, Unit::count, {0, static_cast<double>(most_rows)},
                           "number of accounts"),
            optional_field("margin", &P::margin, Unit::none, any_number,
                           "cross: one pool for all positions; isolated: each position has its own"),
            optional_field("equity", &P::equity, Unit::quote, positive, "equity put up when the positions were opened"),
            optional_field("leverage", &P::leverage, Unit::none, positive, "gross notional over equity at entry"),
            optional_field("long_share", &P::long_share, Unit::fraction, unit_interval, "probability of being long"),
            optional_field("direction", &P::direction, Unit::none, any_number,
                           "account: one side for the whole account; position: drawn for each position"),
            optional_field("positions", &P::positions, Unit::none, any_number,
                           "shares of notional per asset (negative: the opposite side), { dirichlet = c }, or "
                           "{ pick = { ... } } for one asset each"),
            optional_field("entry", &P::entry, Unit::none, any_number,
                           "scatters entry prices over past moves; the current price where left out"),
            optional_field("collateral", &P::collateral, Unit::fraction, unit_interval,
                           "shares of equity in USD and in assets"),
            optional_field("free_wallet", &P::free_wallet, Unit::fraction, below_one,
                           "isolated margin: share of equity that backs no position"),
            optional_field("behaviour", &P::behaviour, Unit::none, any_number, "what account holders do by themselves"),
            optional_field("accounts_from", &P::accounts_from, Unit::none, any_number,
                           "CSV of explicit accounts instead of distributions: account, equity (all that it is worth "
                           "now, unrealised profit included) or wallet_balance (without it), and positions"),
            optional_field("both_sides", &P::both_sides, Unit::none, any_number,
                           "an account of the file that is long and short of one asset: refuse it, or net: the smaller "
                           "side is closed against the larger at the start, and margin is that of the difference")};
    }
};

/// Rows that a cohort's accounts are cut into, at most.
inline double most_rows_of(const Cohort& cohort, std::size_t assets) {
    const double per_account = cohort.margin == MarginMode::cross ? 1.0 : static_cast<double>(assets) + 1.0;
    return static_cast<double>(cohort.accounts) * per_account;
}

/// A firm behind accounts: a clearing member, a dealer, a fund.
struct Institution {
    std::string name;
    double capital = 0.0;
    PerInstitution liabilities;
    std::size_t cohort = no_cohort; ///< index into Scenario::cohorts

    static constexpr auto fields() {
        using P = Institution;
        return std::tuple{required_field("name", &P::name, Unit::none, any_number, "unique"),
                          required_field("capital", &P::capital, Unit::quote, not_negative,
                                         "own funds at the start, contributions to default funds included"),
                          optional_field("liabilities", &P::liabilities, Unit::quote, not_negative,
                                         "what it owes other institutions, by name")};
    }
};

struct RecordSettings {
    std::vector<double> quantiles{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};
    std::vector<std::uint64_t> traces; ///< ascending
    bool cascades = true;
    double cascade_gap_seconds = 300.0;
    double cascade_threshold = 0.0; ///< zero: none is given
    bool contagion = true;
    bool counterfactual = false;

    static constexpr auto fields() {
        using P = RecordSettings;
        return std::tuple{
            optional_field("quantiles", &P::quantiles, Unit::fraction, unit_interval, "across worlds, per step"),
            optional_field("traces", &P::traces, Unit::count, not_negative, "worlds kept whole"),
            optional_field("cascades", &P::cascades, Unit::none, any_number, "one row per cascade"),
            optional_field("cascade_gap", &P::cascade_gap_seconds, Unit::duration, not_negative,
                           "forced liquidations further apart than this belong to different cascades"),
            optional_field("cascade_threshold", &P::cascade_threshold, Unit::quote, not_negative,
                           "liquidated notional from which on summaries count a world as one with a cascade; zero: "
                           "any endogenous liquidation makes one"),
            optional_field("contagion", &P::contagion, Unit::none, any_number,
                           "of several assets: what was sold for losses in another, per world and pair"),
            optional_field("counterfactual", &P::counterfactual, Unit::none, any_number,
                           "run every world again without impact and report what would have happened anyway")};
    }
};

struct Scenario {
    ScenarioHeader header;
    RunSettings run;
    std::vector<Asset> assets;
    PriceChoice prices;
    std::vector<Shock> shocks;
    MarketSettings market;
    std::vector<Venue> venues;
    std::vector<Cohort> cohorts;
    std::vector<Institution> institutions;
    NetworkChoice network;
    RecordSettings record;
};

} // namespace plunge
