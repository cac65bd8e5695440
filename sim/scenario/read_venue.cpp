#include <algorithm>

#include <fmt/format.h>

#include "models/impact/registry.hpp"
#include "models/liquidation/registry.hpp"
#include "models/margin/registry.hpp"
#include "models/waterfall/registry.hpp"
#include "sim/scenario/input_tables.hpp"
#include "sim/scenario/read_fields.hpp"
#include "sim/scenario/read_sections.hpp"

namespace plunge {
namespace {

// A section of a venue: what all models of the family share, and the chosen model.
template <class Common, class... Models, class Family>
void read_part(ReadContext& context, const Node& venue, const std::string& path, std::string_view key,
               const FamilyNames& names, ModelList<Models...> list, Common& common, Choice<Family>& out) {
    const Node* node = venue.find(key);
    if (node == nullptr) {
        context.error(venue.place, join_path(path, key), "", "must be given",
                      fmt::format("a section [venue.{}] with its {}", key, names.choice_key));
        return;
    }
    const std::string inner = join_path(path, key);
    if (!expect_table(context, *node, inner)) return;
    KnownKeys known;
    read_fields(context, *node, inner, common, Common::fields(), known);
    read_family(context, *node, inner, names, list, known, out);
}

void read_waterfall(ReadContext& context, const Node& node, const std::string& path, Venue& out) {
    if (!expect_array(context, node, path, "write [[venue.waterfall]], once per layer, in paying order")) return;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Node& item = node.items[i];
        const std::string key = item_path(path, i, node.items.size());
        if (!expect_table(context, item, key)) continue;
        WaterfallChoice layer;
        if (!read_family(context, item, key, {"layer", "loss layer"}, WaterfallModels{}, {}, layer)) continue;
        const std::string_view name = name_of(layer);
        const bool again = std::any_of(out.waterfall.begin(), out.waterfall.end(),
                                       [&](const WaterfallChoice& other) { return name_of(other) == name; });
        if (needs_of(layer).to_be_alone && again) {
            context.error(*item.find("layer"), join_path(key, "layer"),
                          fmt::format("there is an {} layer already", name), "at most one");
        }
        out.waterfall.push_back(layer);
    }
}

// Some shapes divide by a day's volume.
void check_volumes(ReadContext& context, const Node& venue, const std::string& path, const std::vector<Asset>& assets) {
    std::vector<std::string> absent;
    for (const Asset& asset : assets) {
        if (!(asset.daily_volume > 0.0)) absent.push_back(asset.symbol);
    }
    if (absent.empty()) return;
    context.error(*venue.find("impact")->find("shape"), path + ".impact.shape", "needs a daily_volume of every asset",
                  "missing for: " + joined(absent));
}

// Loans have no counterparties whose winnings could be taken, and keepers, not the venue, close them.
void check_loans(ReadContext& context, const Node& table, const std::string& path, const Venue& venue) {
    const std::string inner = join_path(path, "liquidation");
    const std::string rule = fmt::format("has no place where loans are liquidated (policy = \"{}\")",
                                         name_of(venue.liquidation));
    for (const char* key : {"execution", "offset"}) {
        const Node* node = table.find("liquidation")->find(key);
        if (node == nullptr) continue;
        context.error(*node, join_path(inner, key), rule, "keepers trade for themselves, on the book");
    }
    if (const Node* cut = table.find("leverage_cut")) {
        context.error(*cut, join_path(path, "leverage_cut"), rule, "the health factor bounds what can be borrowed");
    }
    const Node* waterfall = table.find("waterfall");
    for (std::size_t i = 0; i < venue.waterfall.size() && waterfall != nullptr; ++i) {
        if (!needs_of(venue.waterfall[i]).counterparties) continue;
        context.error(waterfall->is_array() && i < waterfall->items.size() ? waterfall->items[i] : *waterfall,
                      item_path(join_path(path, "waterfall"), i, venue.waterfall.size()) + ".layer",
                      fmt::format("{} {}", name_of(venue.waterfall[i]), rule),
                      "positions are balances here: nobody stands on the other side");
    }
}

void check_execution(ReadContext& context, const Node& table, const std::string& path, const LiquidationCommon& rules) {
    const Node* over = table.find("twap_over");
    if (rules.execution == OrderExecution::twap && over == nullptr) {
        context.missing(table, path, "twap_over", "the time over which the venue sells, e.g. \"10min\"");
    } else if (rules.execution != OrderExecution::twap && over != nullptr) {
        context.error(*over, join_path(path, "twap_over"), "belongs to execution = \"twap\"");
    }
}

// What announces a leverage cut must exist.
void check_leverage_cut(ReadContext& context, const Node& table, const std::string& path, const Venue& venue) {
    const LeverageCut& cut = *venue.leverage_cut;
    const bool at_a_time = cut.trigger == LeverageCutTrigger::time;
    if (at_a_time && table.find("at") == nullptr) {
        context.missing(table, path, "at", "the time of the announcement since the start, e.g. \"6h\"");
    } else if (!at_a_time && table.find("at") != nullptr) {
        context.error(*table.find("at"), join_path(path, "at"), "belongs to trigger = \"time\"");
    }
    const std::string key = join_path(path, "trigger");
    if (cut.trigger == LeverageCutTrigger::halt && !venue.breaker) {
        context.error(*table.find("trigger"), key, "the venue has no breaker that could halt it", "[venue.breaker]");
    }
    if (cut.trigger == LeverageCutTrigger::margin_raise && !venue.margin_common.dynamic) {
        context.error(*table.find("trigger"), key, "the venue's margins do not change", "[venue.margin] dynamic");
    }
}

// Whose marks each script is about; no two speak of one asset at one time.
void resolve_oracles(ReadContext& context, const Node& node, const std::string& path, Venue& venue) {
    std::vector<ScriptedOracle>& oracles = venue.oracle;
    for (std::size_t i = 0; i < oracles.size(); ++i) {
        const Node& item = node.is_array() ? node.items[i] : node;
        const std::string inner = item_path(path, i, oracles.size());
        if (const Node* asset = item.find("asset")) {
            oracles[i].index = find_asset(context, asset->place, join_path(inner, "asset"), oracles[i].asset,
                                          asset->literal);
        }
        for (std::size_t j = 0; j < i; ++j) {
            const bool of_one = !oracles[i].index || oracles[j].is_of(*oracles[i].index);
            const bool apart = oracles[i].from_seconds >= oracles[j].to_seconds ||
                               oracles[j].from_seconds >= oracles[i].to_seconds;
            if (!of_one || apart) continue;
            context.error(*item.find("from"), join_path(inner, "from"),
                          "another entry speaks of the same marks at this time", "let one end where the other begins");
            break;
        }
    }
}

// A layer that watches the insurance funds needs one.
void check_watched_fund(ReadContext& context, const Node& waterfall, const std::string& path, const Venue& venue) {
    const bool has_fund = std::any_of(venue.waterfall.begin(), venue.waterfall.end(), [](const WaterfallChoice& layer) {
        return layer.holds<InsuranceFund::Params>();
    });
    for (std::size_t i = 0; i < venue.waterfall.size() && !has_fund; ++i) {
        if (!needs_of(venue.waterfall[i]).fund) continue;
        const Node& item = waterfall.is_array() && i < waterfall.items.size() ? waterfall.items[i] : waterfall;
        context.error(node_or_table(item, "trigger"), item_path(path, i, venue.waterfall.size()) + ".trigger",
                      "the venue has no insurance fund whose drawdown could be looked for",
                      "layer = \"insurance_fund\"");
    }
}

} // namespace

bool read_venue(ReadContext& context, const Node& table, const std::string& path, const RunSettings& run,
                const std::vector<Asset>& assets, Venue& out) {
    const std::size_t errors_before = context.error_count();
    if (!expect_table(context, table, path)) return false;
    KnownKeys known{"preset", "impact", "margin", "liquidation", "waterfall"};
    read_fields(context, table, path, out, Venue::fields(), known);
    context.check_keys(table, path, known);
    // A preset that is still there was not found, which is reported: what it would have brought is not missing too.
    const bool preset_unknown = table.find("preset") != nullptr;

    const Node* name = table.find("name");
    if (name != nullptr && name->is_text()) {
        const std::string key = join_path(path, "name");
        if (!is_identifier(out.name, "-")) {
            context.error(*name, key, "must be letters, digits, `_` and `-`",
                          "it names columns and groups of the result file");
            out.name.clear();
        } else if (std::find(context.venue_names.begin(), context.venue_names.end(), out.name) !=
                   context.venue_names.end()) {
            context.error(*name, key, "there is a venue of this name already");
        }
    }
    context.venue_names.push_back(out.name);
    if (preset_unknown) return false;

    read_part(context, table, path, "impact", {"shape", "book shape"}, ImpactModels{}, out.impact_common, out.impact);
    if (needs_of(out.impact).daily_volume && !context.symbols.empty()) check_volumes(context, table, path, assets);
    read_part(context, table, path, "margin", {"rule", "margin rule"}, MarginModels{}, out.margin_common, out.margin);
    if (const Node* margin = table.find("margin")) {
        finish_inputs(context, *margin, path + ".margin", MarginModels{}, input_context(context, *margin, run, assets),
                      out.margin);
    }
    read_part(context, table, path, "liquidation", {"policy", "policy"}, LiquidationModels{}, out.liquidation_common,
              out.liquidation);
    if (const Node* waterfall = table.find("waterfall")) {
        read_waterfall(context, *waterfall, join_path(path, "waterfall"), out);
        check_watched_fund(context, *waterfall, join_path(path, "waterfall"), out);
    }
    if (const Node* liquidation = table.find("liquidation")) {
        check_execution(context, *liquidation, join_path(path, "liquidation"), out.liquidation_common);
    }
    if (const Node* oracle = table.find("oracle")) resolve_oracles(context, *oracle, join_path(path, "oracle"), out);
    if (out.leverage_cut) {
        check_leverage_cut(context, *table.find("leverage_cut"), join_path(path, "leverage_cut"), out);
    }
    if (needs_of(out.liquidation).loans) check_loans(context, table, path, out);
    return context.error_count() == errors_before;
}

} // namespace plunge
