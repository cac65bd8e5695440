#include "sim/scenario/describe.hpp"

#include <cmath>
#include <type_traits>
#include <variant>

#include <fmt/format.h>

#include "models/behaviour/registry.hpp"
#include "models/common/model_list.hpp"
#include "models/impact/registry.hpp"
#include "models/liquidation/registry.hpp"
#include "models/margin/registry.hpp"
#include "models/mark/registry.hpp"
#include "models/network/registry.hpp"
#include "models/price/registry.hpp"
#include "models/waterfall/registry.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/durations.hpp"
#include "sim/scenario/preset_files.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/scenario/scenario.hpp"

namespace plunge {
namespace {

template <class Table, class Object = Table> std::vector<KeyShape> describe_keys();
template <class... Models> std::vector<ModelShape> describe_models(ModelList<Models...> list);

// ---- one overload per member type: how it is written, and its default ----------------------------------------------

void describe(const double& value, KeyShape& shape) {
    shape.kind = shape.unit == Unit::duration ? ValueKind::duration : ValueKind::number;
    // Zero stands for "not given" where it is not a value that a scenario may give.
    shape.has_default = std::isfinite(value) && shape.range.contains(value);
    if (!shape.has_default) return;
    shape.default_text = shape.unit == Unit::duration ? quoted(format_duration(value)) : number_text(value);
}
void describe(const std::uint64_t& value, KeyShape& shape) {
    shape.kind = ValueKind::whole_number;
    shape.has_default = true;
    shape.default_text = fmt::format("{}", value);
}
void describe(const bool& value, KeyShape& shape) {
    shape.kind = ValueKind::truth;
    shape.has_default = true;
    shape.default_text = value ? "true" : "false";
}
void describe(const std::string& /*value*/, KeyShape& shape) { shape.kind = ValueKind::text; }
void describe(const std::vector<double>& values, KeyShape& shape) {
    shape.kind = ValueKind::numbers;
    shape.has_default = true;
    for (const double value : values)
        shape.default_text += (shape.default_text.empty() ? "" : ", ") + number_text(value);
    shape.default_text = "[" + shape.default_text + "]";
}
void describe(const std::vector<std::uint64_t>& /*values*/, KeyShape& shape) {
    shape.kind = ValueKind::whole_numbers;
    shape.has_default = true;
    shape.default_text = "[]";
}
void describe(const std::vector<std::vector<double>>& /*rows*/, KeyShape& shape) {
    shape.kind = ValueKind::rows_of_numbers;
}
void describe(const PerAsset& /*values*/, KeyShape& shape) { shape.kind = ValueKind::per_asset; }
void describe(const SquareMatrix& /*matrix*/, KeyShape& shape) { shape.kind = ValueKind::matrix; }
void describe(const TierTable& /*tiers*/, KeyShape& shape) { shape.kind = ValueKind::tiers; }
void describe(const PerInstitution& /*values*/, KeyShape& shape) { shape.kind = ValueKind::per_institution; }
void describe(const InstitutionList& /*list*/, KeyShape& shape) { shape.kind = ValueKind::institutions; }
void describe(const InputFile& /*file*/, KeyShape& shape) { shape.kind = ValueKind::file; }
void describe(const AssetAliases& /*aliases*/, KeyShape& shape) { shape.kind = ValueKind::aliases; }
void describe(const Distribution& /*distribution*/, KeyShape& shape) {
    shape.kind = ValueKind::distribution;
    shape.models = describe_distributions();
}
void describe(const MarkChoice& mark, KeyShape& shape) {
    shape.kind = ValueKind::mark;
    shape.models = describe_models(MarkModels{});
    shape.has_default = true;
    shape.default_text = quoted(name_of(mark));
}
void describe(const Positions& /*positions*/, KeyShape& shape) { shape.kind = ValueKind::positions; }
void describe(const CollateralMix& /*mix*/, KeyShape& shape) {
    shape.kind = ValueKind::collateral;
    shape.has_default = true;
    shape.default_text = "{ USD = 1 }";
}
void describe(const BehaviourChoice& /*behaviour*/, KeyShape& shape) {
    shape.kind = ValueKind::family;
    shape.choice_key = "model";
    shape.models = describe_models(BehaviourModels{});
    shape.has_default = true;
    shape.default_text = "{ model = \"passive\" }";
}
template <class Enum>
requires std::is_enum_v<Enum>
void describe(const Enum& value, KeyShape& shape) {
    shape.kind = ValueKind::choice;
    for (const std::string_view name : EnumNames<Enum>::value) shape.names.emplace_back(name);
    shape.has_default = true;
    shape.default_text = quoted(shape.names[static_cast<std::size_t>(value)]);
}
template <class Struct>
requires requires { Struct::fields(); }
void describe(const Struct& /*value*/, KeyShape& shape) {
    shape.kind = ValueKind::table;
    shape.keys = describe_keys<Struct>();
}
template <class Value> void describe(const std::optional<Value>& /*value*/, KeyShape& shape) {
    describe(Value{}, shape);
    shape.has_default = false;
    shape.default_text.clear();
}
template <class Struct>
requires requires { Struct::fields(); }
void describe(const std::vector<Struct>& /*values*/, KeyShape& shape) {
    shape.kind = ValueKind::table_or_list;
    shape.keys = describe_keys<Struct>();
}

// ---- tables of fields ----------------------------------------------------------------------------------------------

template <class Table, class Object> std::vector<KeyShape> describe_keys() {
    std::vector<KeyShape> keys;
    const Object defaults;
    const auto add = [&](const auto& field) {
        KeyShape shape;
        shape.key = field.key;
        shape.unit = field.unit;
        shape.range = field.range;
        shape.meaning = field.meaning;
        describe(defaults.*(field.member), shape);
        shape.required = field.presence == Presence::required;
        if (shape.required) shape.has_default = false;
        keys.push_back(std::move(shape));
    };
    std::apply([&](const auto&... field) { (add(field), ...); }, Table::fields());
    return keys;
}

template <class Model> ModelShape describe_model() {
    return {std::string(Model::name), std::string(Model::equation), std::string(Model::source),
            describe_keys<Model, typename Model::Params>()};
}

template <class... Models> std::vector<ModelShape> describe_models(ModelList<Models...> /*list*/) {
    return {describe_model<Models>()...};
}

template <class Common> std::vector<KeyShape> keys_or_none() {
    if constexpr (std::is_void_v<Common>) {
        return {};
    } else {
        return describe_keys<Common>();
    }
}

template <class Common, class List>
SectionShape family_section(std::string key, std::string header, std::string meaning, std::string choice_key,
                            std::string family, List list) {
    SectionShape section;
    section.key = std::move(key);
    section.header = std::move(header);
    section.is_list = section.header.starts_with("[[");
    section.required = !section.is_list;
    section.meaning = std::move(meaning);
    section.keys = keys_or_none<Common>();
    section.choice_key = std::move(choice_key);
    section.family = std::move(family);
    section.models = describe_models(list);
    return section;
}

template <class Struct>
SectionShape plain_section(std::string key, std::string header, bool required, std::string meaning) {
    SectionShape section;
    section.key = std::move(key);
    section.header = std::move(header);
    section.is_list = section.header.starts_with("[[");
    section.required = required;
    section.meaning = std::move(meaning);
    section.keys = describe_keys<Struct>();
    return section;
}

// Keys that are tables of their own in the file read better as sections.
SectionShape move_to_section(SectionShape& parent, const std::string& key, std::string header, std::string meaning) {
    SectionShape section;
    for (auto shape = parent.keys.begin(); shape != parent.keys.end(); ++shape) {
        if (shape->key != key) continue;
        section = {key, std::move(header), std::move(meaning), false, false, std::move(shape->keys), "", "", {}, {}};
        parent.keys.erase(shape);
        break;
    }
    return section;
}

SectionShape describe_venue() {
    SectionShape venue = plain_section<Venue>(
        "venue", "[[venue]]", true,
        "An exchange or lending protocol: holds accounts, margins them, liquidates "
        "them, and owns a loss waterfall.");
    KeyShape preset;
    preset.key = "preset";
    preset.kind = ValueKind::choice;
    preset.names = preset_names();
    preset.meaning = "start from the published rules of an exchange; what the scenario says itself goes before them";
    venue.keys.insert(venue.keys.begin() + 1, preset);
    SectionShape breaker = move_to_section(venue, "breaker", "[venue.breaker]", "Halts trading after a fast move.");
    SectionShape leverage_cut = move_to_section(venue, "leverage_cut", "[venue.leverage_cut]",
                                                "Reduces accounts above a lower leverage.");
    SectionShape collateral = move_to_section(venue, "collateral", "[venue.collateral]",
                                              "What collateral is worth as margin.");
    SectionShape oracle = move_to_section(
        venue, "oracle", "[[venue.oracle]]",
        "Marks that print wrong or stand still for a time, apart from traded prices.");
    oracle.is_list = true;
    venue.sections = {
        family_section<ImpactCommon>("impact", "[venue.impact]", "What trading does to prices.", "shape", "book shapes",
                                     ImpactModels{}),
        family_section<MarginCommon>("margin", "[venue.margin]", "When an account is short of margin.", "rule",
                                     "margin rules", MarginModels{}),
        family_section<LiquidationCommon>("liquidation", "[venue.liquidation]", "What is closed then, and how.",
                                          "policy", "liquidation policies", LiquidationModels{}),
        family_section<void>("waterfall", "[[venue.waterfall]]",
                             "Who pays shortfalls, in the order written; at most one `adl`. What no layer absorbs is "
                             "`uncovered`.",
                             "layer", "loss layers", WaterfallModels{}),
        std::move(breaker),
        std::move(leverage_cut),
        std::move(collateral),
        std::move(oracle),
    };
    return venue;
}

SectionShape describe_cohort() {
    SectionShape cohort = plain_section<Cohort>(
        "cohort", "[[cohort]]", true,
        "Many similar accounts: `accounts`, `equity`, `leverage` and `positions`, "
        "or a file of explicit accounts in `accounts_from`.");
    KeyShape venue;
    venue.key = "venue";
    venue.kind = ValueKind::text;
    venue.meaning = "name of the accounts' venue; may be left out where there is one";
    cohort.keys.insert(cohort.keys.begin() + 1, venue);
    KeyShape held_at;
    held_at.key = "held_at";
    held_at.kind = ValueKind::text;
    held_at.meaning = "name of another venue that holds the collateral (not the cash): frozen once that is insolvent";
    cohort.keys.push_back(held_at);
    return cohort;
}

SectionShape describe_institution() {
    SectionShape institution = plain_section<Institution>(
        "institution", "[[institution]]", false,
        "A firm behind accounts: contributes to default funds, is assessed, and owes other institutions money.");
    KeyShape cohort;
    cohort.key = "cohort";
    cohort.kind = ValueKind::text;
    cohort.meaning = "name of the cohort whose accounts it answers for";
    institution.keys.push_back(cohort);
    return institution;
}

template <class... Kinds> std::vector<ModelShape> distribution_shapes(const std::variant<Kinds...>* /*tag*/) {
    std::vector<ModelShape> shapes;
    const auto add = [&]<class Kind>() {
        if constexpr (requires { Kind::fields(); })
            shapes.push_back({std::string(Kind::name), "", "", describe_keys<Kind>()});
    };
    (add.template operator()<Kinds>(), ...);
    return shapes;
}

} // namespace

ModelShape describe_basis() { return describe_model<Basis>(); }

std::vector<ModelShape> describe_distributions() {
    return distribution_shapes(static_cast<const Distribution*>(nullptr));
}

std::vector<SectionShape> describe_scenario() {
    SectionShape prices = family_section<void>("prices", "[prices]",
                                               "The index price process; the same for all venues, and never moved by "
                                               "trading.",
                                               "model", "price models", PriceModels{});
    prices.sections.push_back(plain_section<Shock>("shock", "[[prices.shock]]", false,
                                                   "A scripted move on top of the process: `return` or `log_return`."));
    SectionShape network = family_section<void>(
        "network", "[network]",
        "How institutions clear what they owe one another, where members paid or a venue became insolvent.", "model",
        "network models", NetworkModels{});
    network.required = false;
    return {
        plain_section<ScenarioHeader>("scenario", "[scenario]", true, "What the file is."),
        plain_section<RunSettings>("run", "[run]", false, "How much is simulated."),
        plain_section<Asset>("asset", "[[asset]]", true, "Something with a price in the quote currency, USD."),
        std::move(prices),
        plain_section<MarketSettings>("market", "[market]", false, "What ties several venues together."),
        describe_venue(),
        describe_cohort(),
        describe_institution(),
        std::move(network),
        plain_section<RecordSettings>("record", "[record]", false,
                                      "What the result file holds beside a row per world."),
    };
}

} // namespace plunge
