#include <algorithm>
#include <functional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "models/network/registry.hpp"
#include "sim/scenario/asset_names.hpp"
#include "sim/scenario/index_process.hpp"
#include "sim/scenario/randomness.hpp"
#include "sim/scenario/read_fields.hpp"
#include "sim/scenario/read_sections.hpp"

namespace plunge {
namespace {

const KnownKeys sections{"scenario", "run",    "asset",       "prices",  "market",
                         "venue",    "cohort", "institution", "network", "record"};

// Calls `read` with every item of [[key]] and its path. Where it has no `meaning`, there need not be any.
void for_each_item(ReadContext& context, const Node& root, const std::string& key, const std::string& meaning,
                   const std::function<void(const Node&, const std::string&)>& read) {
    const Node* node = root.find(key);
    const std::string brackets = fmt::format("write [[{}]], once for each", key);
    if (node == nullptr && meaning.empty()) return;
    if (node == nullptr || (node->is_array() && node->items.empty())) {
        const Place place = node == nullptr ? root.place : node->place;
        context.error(place, key, "", "at least one must be given", fmt::format("{}: {}", brackets, meaning));
        return;
    }
    if (!node->is_array()) {
        context.error(*node, key, "must be a list", brackets);
        return;
    }
    for (std::size_t i = 0; i < node->items.size(); ++i) {
        const std::string path = item_path(key, i, node->items.size());
        if (expect_table(context, node->items[i], path)) read(node->items[i], path);
    }
}

// A section of single keys; nothing is read, and no mistake made, where an optional one is left out.
template <class Struct>
bool read_section(ReadContext& context, const Node& root, const std::string& key, bool required, Struct& out) {
    if (const Node* node = root.find(key)) return read_struct(context, *node, key, out);
    if (required) context.error(root.place, key, "", "must be given", fmt::format("a section [{}]", key));
    return !required;
}

void read_asset(ReadContext& context, const Node& table, const std::string& path, Scenario& scenario) {
    Asset asset;
    KnownKeys known;
    read_fields(context, table, path, asset, Asset::fields(), known);
    context.check_keys(table, path, known);
    const Node* symbol = table.find("symbol");
    if (symbol != nullptr && symbol->is_text()) {
        const std::string key = join_path(path, "symbol");
        // Words that stand beside symbols in `positions` and `collateral` cannot be symbols themselves.
        const bool reserved = asset.symbol == "USD" || asset.symbol == "dirichlet" || asset.symbol == "pick" ||
                              asset.symbol == "assets";
        if (!is_identifier(asset.symbol)) {
            context.error(*symbol, key, "must be letters, digits and `_`");
            asset.symbol.clear();
        } else if (reserved) {
            context.error(*symbol, key, "this word is taken",
                          asset.symbol == "USD" ? "USD is the quote currency; for a token, USDe or USDT"
                                                : "it has a meaning in positions");
            asset.symbol.clear();
        } else if (std::find(context.symbols.begin(), context.symbols.end(), asset.symbol) != context.symbols.end()) {
            context.error(*symbol, key, "there is an asset of this symbol already");
            asset.symbol.clear();
        }
    }
    context.symbols.push_back(asset.symbol);
    scenario.assets.push_back(std::move(asset));
}

// A name in a file means one asset.
void check_aliases(ReadContext& context, const Node& root, const Scenario& scenario) {
    for (std::size_t a = 0; a < scenario.assets.size(); ++a) {
        const std::size_t count = scenario.assets.size();
        for (const AssetAlias& alias : scenario.assets[a].aliases.list) {
            for (std::size_t b = 0; b < count; ++b) {
                // Its symbol, and of the assets before this one all that they are called.
                const std::vector<std::string> names = names_of(scenario.assets[b]);
                const auto end = b < a ? names.end() : names.begin() + 1;
                if (std::find(names.begin(), end, alias.name) == end) continue;
                context.error(node_or_table(root.find("asset")->items[a], "aliases"),
                              join_path(item_path("asset", a, count), "aliases"),
                              fmt::format("\"{}\" is asset {} already", shown(alias.name), scenario.assets[b].symbol));
            }
        }
    }
}

// Finds the assets that others follow, one level deep: a price is the process's, or that of such a price and a basis.
void resolve_underlyings(ReadContext& context, const Node& root, Scenario& scenario) {
    const Node* list = root.find("asset");
    for (std::size_t a = 0; a < scenario.assets.size(); ++a) {
        Asset& asset = scenario.assets[a];
        const Node& table = list->items[a];
        const std::string path = item_path("asset", a, list->items.size());
        const Node* underlying = table.find("underlying");
        if (underlying == nullptr) {
            if (const Node* basis = table.find("basis")) {
                context.error(*basis, join_path(path, "basis"), "needs an underlying",
                              "the asset that it is a basis to");
            }
            continue;
        }
        if (!underlying->is_text()) continue; // reported as it was read
        const std::string key = join_path(path, "underlying");
        const auto found = find_asset(context, underlying->place, key, asset.underlying, underlying->literal);
        if (!found) continue;
        if (*found == a) {
            context.error(*underlying, key, "an asset does not follow itself");
        } else if (!scenario.assets[*found].underlying.empty()) {
            context.error(
                *underlying, key, fmt::format("\"{}\" itself follows another asset", asset.underlying),
                fmt::format("name {}: an underlying has none of its own", scenario.assets[*found].underlying));
        } else {
            asset.follows = *found;
        }
    }
}

// Thinning and some shapes are relative to the price process's volatility, which then must not be zero.
void check_volatility_is_there(ReadContext& context, const Node& venue_node, const std::string& path,
                               const Venue& venue, const std::vector<double>& volatility) {
    const Node& impact = *venue_node.find("impact");
    std::vector<std::string> still;
    for (std::size_t a = 0; a < volatility.size(); ++a) {
        if (!(volatility[a] > 0.0)) still.push_back(context.symbols[a]);
    }
    if (still.empty()) return;
    const std::string hint = "the price process gives none to: " + joined(still);
    const ImpactNeeds needs = needs_of(venue.impact);
    if (needs.volatility) {
        const std::string remedy = needs.volatility_key.empty()
                                       ? ""
                                       : fmt::format("; give venue.impact.{}", needs.volatility_key);
        context.error(node_or_table(impact, "shape"), path + ".impact.shape", "needs a volatility of every asset",
                      hint + remedy);
    }
    if (venue.impact_common.thinning) {
        context.error(node_or_table(impact, "thinning"), path + ".impact.thinning", "needs a volatility of every asset",
                      hint);
    }
}

// Who answers margin calls does nothing without them.
void check_margin_calls(ReadContext& context, const Node& table, const std::string& path, const Cohort& cohort,
                        const std::vector<Venue>& venues) {
    if (!needs_of(cohort.behaviour).margin_calls || venues[cohort.venue].margin_common.warning > 0.0) return;
    context.error(*table.find("behaviour")->find("model"), join_path(path, "behaviour") + ".model",
                  fmt::format("venue \"{}\" sends no margin call that it could answer", venues[cohort.venue].name),
                  "set its margin.warning above 1");
}

// One path of history is no distribution to draw margin scenarios from.
void check_margin_scenarios(ReadContext& context, const Node& table, const std::string& path, const Scenario& scenario,
                            const Venue& venue) {
    const MarginNeeds needs = needs_of(venue.margin);
    if (!needs.drawn_returns || is_drawn(scenario.prices)) return;
    context.error(*table.find("margin"), fmt::format("{}.margin.{}", path, needs.returns_key),
                  "must be given where prices are replayed",
                  "nothing can be drawn from one path: name a CSV of prices");
}

// Counters of random numbers and of rows have so much room: beyond it, draws would repeat.
void check_counts(ReadContext& context, const Node& root, const Scenario& scenario) {
    const auto at_most = [&](const char* key, std::size_t count, std::size_t most) {
        if (count > most) context.error(*root.find(key), key, fmt::format("there are {}: at most {}", count, most));
    };
    at_most("asset", scenario.assets.size(), most_assets);
    at_most("venue", scenario.venues.size(), most_venues);
    at_most("cohort", scenario.cohorts.size(), most_cohorts);
    std::vector<double> rows(scenario.venues.size(), 0.0);
    for (std::size_t c = 0; c < scenario.cohorts.size(); ++c) {
        const Cohort& cohort = scenario.cohorts[c];
        if (cohort.venue >= rows.size()) continue;
        double& sum = rows[cohort.venue];
        const bool fitted = sum <= static_cast<double>(most_rows);
        sum += most_rows_of(cohort, scenario.assets.size());
        if (!fitted || sum <= static_cast<double>(most_rows)) continue;
        const std::string path = item_path("cohort", c, scenario.cohorts.size());
        context.error(node_or_table(root.find("cohort")->items[c], "accounts"), path + ".accounts",
                      fmt::format("venue \"{}\" would have up to {:.4g} rows: at most {:.4g}",
                                  scenario.venues[cohort.venue].name, sum, static_cast<double>(most_rows)));
    }
}

void check_traces(ReadContext& context, const Node& root, const Scenario& scenario) {
    for (std::size_t i = 0; i < scenario.record.traces.size(); ++i) {
        if (scenario.record.traces[i] < scenario.run.worlds) continue;
        context.error(root.find("record")->find("traces")->items[i], fmt::format("record.traces[{}]", i),
                      fmt::format("there are {} worlds, numbered from 0", scenario.run.worlds));
    }
}

} // namespace

Scenario read_scenario(ReadContext& context, const Node& root) {
    Scenario scenario;
    context.check_keys(root, "", sections);
    read_section(context, root, "scenario", true, scenario.header);
    const bool run_good = read_section(context, root, "run", false, scenario.run);
    const std::size_t before_assets = context.error_count();
    for_each_item(context, root, "asset", "symbol and price",
                  [&](const Node& table, const std::string& path) { read_asset(context, table, path, scenario); });
    resolve_underlyings(context, root, scenario);
    check_aliases(context, root, scenario);
    const bool assets_good = context.error_count() == before_assets;

    bool prices_good = false;
    if (const Node* prices = root.find("prices")) {
        prices_good = read_prices(context, *prices, "prices", scenario.run, scenario) && assets_good && run_good;
    } else {
        context.error(root.place, "prices", "", "must be given", "a section [prices] with its model");
    }
    const std::vector<double> volatility = prices_good
                                               ? index_volatility(scenario,
                                                                  *make_process(scenario, scenario.run.step_seconds))
                                               : std::vector<double>{};
    read_section(context, root, "market", false, scenario.market);

    const Node* institutions = root.find("institution");
    if (institutions != nullptr && institutions->is_array()) read_institution_names(context, *institutions);
    const std::size_t before_institutions = context.error_count();
    std::vector<std::pair<const Node*, std::string>> institution_nodes;
    for_each_item(context, root, "institution", "", [&](const Node& table, const std::string& path) {
        read_institution(context, table, path, scenario);
        institution_nodes.emplace_back(&table, path);
    });
    const bool institutions_good = context.error_count() == before_institutions;
    if (const Node* network = root.find("network"); network != nullptr && expect_table(context, *network, "network")) {
        read_family(context, *network, "network", {"model", "network model"}, NetworkModels{}, {}, scenario.network);
    }

    std::vector<bool> venue_good;
    for_each_item(context, root, "venue", "impact, margin, liquidation",
                  [&](const Node& table, const std::string& path) {
                      Venue& venue = scenario.venues.emplace_back();
                      venue_good.push_back(read_venue(context, table, path, scenario.run, scenario.assets, venue));
                      if (!venue_good.back()) return;
                      check_volatility_is_there(context, table, path, venue, volatility);
                      if (prices_good) check_margin_scenarios(context, table, path, scenario, venue);
                  });

    bool cohorts_good = true;
    std::uint64_t accounts = 0;
    for_each_item(context, root, "cohort", "who trades", [&](const Node& table, const std::string& path) {
        Cohort cohort;
        const bool good = read_cohort(context, table, path, scenario, cohort);
        cohorts_good &= good;
        accounts += cohort.accounts;
        if (good && cohort.venue < venue_good.size() && venue_good[cohort.venue]) {
            check_margin_calls(context, table, path, cohort, scenario.venues);
        }
        scenario.cohorts.push_back(std::move(cohort));
    });
    if (cohorts_good && accounts == 0 && !scenario.cohorts.empty()) {
        const Node& first = root.find("cohort")->items.front();
        context.error(node_or_table(first, "accounts"), item_path("cohort", 0, scenario.cohorts.size()) + ".accounts",
                      "no cohort has an account");
    }
    for (std::size_t i = 0; i < institution_nodes.size() && institutions_good; ++i) {
        const auto& [node, path] = institution_nodes[i];
        read_institution_cohort(context, *node, path, scenario, scenario.institutions[i]);
        check_contributions(context, *node, path, scenario, i);
    }
    check_counts(context, root, scenario);
    if (cohorts_good && !draws_accounts(scenario)) scenario.run.population = PopulationMode::shared;
    const bool record_good = read_section(context, root, "record", false, scenario.record);
    if (run_good && record_good) check_traces(context, root, scenario);
    std::sort(scenario.record.traces.begin(), scenario.record.traces.end());
    return scenario;
}

} // namespace plunge
