#include <nlohmann/json.hpp>

#include <cmath>

#include "sim/scenario/describe.hpp"
#include "sim/scenario/load.hpp"

namespace plunge {
namespace {

using Json = nlohmann::ordered_json;

// A schema says of each mistake one thing. So no table is held against alternatives of which all but one must fail:
// what is written chooses (if, then), and values that may be of several types say so in one schema, whose keywords
// each speak of one type.

/// Whether what is required must be there: where a preset gives the rest nothing is.
enum class Strictness { whole, preset_gives_the_rest };

Json object_of(const std::vector<KeyShape>& keys, Strictness strictness);
Json schema_of(const KeyShape& shape, Strictness strictness);

Json reference(const std::string& definition) { return {{"$ref", "#/$defs/" + definition}}; }

Json with_range(Json schema, const Range& range) {
    if (std::isfinite(range.low)) schema[range.low_open ? "exclusiveMinimum" : "minimum"] = range.low;
    if (std::isfinite(range.high)) schema[range.high_open ? "exclusiveMaximum" : "maximum"] = range.high;
    return schema;
}

Json array_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

Json by_name(Json values, const char* names) {
    return {{"type", "object"}, {"propertyNames", reference(names)}, {"additionalProperties", std::move(values)}};
}

// Schemas of different types as one.
Json any_of_types(const std::vector<Json>& schemas) {
    Json types = Json::array();
    Json merged = Json::object();
    for (const Json& schema : schemas) {
        types.push_back(schema.at("type"));
        merged.update(schema);
    }
    merged["type"] = types;
    return merged;
}

Json is_object_with(const std::string& key) { return {{"type", "object"}, {"required", {key}}}; }

Json choose(Json condition, Json yes, Json no) {
    return {{"if", std::move(condition)}, {"then", std::move(yes)}, {"else", std::move(no)}};
}

// A table that holds one model of a family: its keys and those of the section around it.
Json family_of(const std::vector<ModelShape>& models, const std::string& choice_key,
               const std::vector<KeyShape>& common, const Json& inner_sections, Strictness strictness) {
    Json names = Json::array();
    Json choices = Json::array();
    Json keys_of_any = Json::object(); // where no model is chosen here
    const auto add_any = [&](const std::string& key, const Json& schema) {
        const auto [known, is_new] = keys_of_any.emplace(key, Json(schema));
        if (!is_new && *known != schema) *known = true; // models mean different things by it
    };
    for (const ModelShape& model : models) {
        std::vector<KeyShape> keys = common;
        keys.insert(keys.end(), model.keys.begin(), model.keys.end());
        Json schema = object_of(keys, strictness);
        schema.erase("type"); // said once for all
        schema["title"] = model.name;
        schema["description"] = model.equation + " (" + model.source + ")";
        schema["properties"][choice_key] = true;
        schema["properties"].update(inner_sections);
        for (const auto& [key, value] : schema["properties"].items()) add_any(key, value);
        names.push_back(model.name);
        choices.push_back(
            {{"if", {{"properties", {{choice_key, {{"const", model.name}}}}}, {"required", {choice_key}}}},
             {"then", std::move(schema)}});
    }
    Json schema = {{"type", "object"}, {"properties", {{choice_key, {{"enum", names}}}}}};
    if (strictness == Strictness::whole) {
        schema["required"] = {choice_key};
    } else {
        choices.push_back({{"if", {{"not", {{"required", {choice_key}}}}}},
                           {"then", {{"properties", keys_of_any}, {"additionalProperties", false}}}});
    }
    schema["allOf"] = std::move(choices);
    return schema;
}

Json distribution_of(const KeyShape& shape) {
    Json tables = Json::object();
    for (const ModelShape& model : shape.models) tables[model.name] = object_of(model.keys, Strictness::whole);
    return any_of_types({with_range({{"type", "number"}}, shape.range),
                         {{"type", "object"},
                          {"properties", std::move(tables)},
                          {"minProperties", 1},
                          {"maxProperties", 1},
                          {"additionalProperties", false}}});
}

Json positions_schema() {
    const Json shares = by_name({{"type", "number"}, {"minimum", -1.0}, {"maximum", 1.0}}, "position_symbol");
    const Json weights = by_name({{"type", "number"}, {"minimum", 0.0}, {"maximum", 1.0}}, "symbol");
    const Json dirichlet = {
        {"properties",
         {{"dirichlet", {{"type", "number"}, {"exclusiveMinimum", 0.0}}}, {"assets", array_of(reference("symbol"))}}},
        {"additionalProperties", false}};
    const Json pick = {{"properties", {{"pick", weights}}}, {"additionalProperties", false}};
    return choose(is_object_with("dirichlet"), dirichlet, choose(is_object_with("pick"), pick, shares));
}

Json mark_of(const KeyShape& shape) {
    Json names = Json::array();
    Json tables = Json::object();
    for (const ModelShape& model : shape.models) {
        if (model.keys.empty()) {
            names.push_back(model.name);
            continue;
        }
        Json table = object_of(model.keys, Strictness::whole);
        tables = tables.empty() ? std::move(table)
                                : choose(is_object_with(model.keys.front().key), std::move(table), std::move(tables));
    }
    return choose({{"type", "object"}}, std::move(tables), {{"enum", names}});
}

Json plain_schema_of(const KeyShape& shape, Strictness strictness) {
    Json number = with_range({{"type", "number"}}, shape.range);
    switch (shape.kind) {
    case ValueKind::number:
        return number;
    case ValueKind::duration:
        return reference("duration");
    case ValueKind::whole_number:
        return with_range({{"type", "integer"}}, shape.range);
    case ValueKind::truth:
        return {{"type", "boolean"}};
    case ValueKind::text:
        return {{"type", "string"}};
    case ValueKind::choice:
        return {{"enum", shape.names}};
    case ValueKind::numbers:
        return array_of(number);
    case ValueKind::whole_numbers:
        return array_of(with_range({{"type", "integer"}}, shape.range));
    case ValueKind::rows_of_numbers:
        return array_of(array_of(number));
    case ValueKind::per_asset:
        return any_of_types({number, array_of(number), by_name(number, "symbol")});
    case ValueKind::matrix:
        return any_of_types({number, array_of(array_of(number)), by_name(number, "pair")});
    case ValueKind::tiers: {
        const Json notional = with_range({{"type", "number"}}, not_negative);
        const Json bracket = {{"type", "array"}, {"prefixItems", {notional, number}}, {"minItems", 2}, {"maxItems", 2}};
        return any_of_types({array_of(bracket), by_name(array_of(bracket), "symbol")});
    }
    case ValueKind::per_institution:
        return {{"type", "object"}, {"additionalProperties", number}};
    case ValueKind::institutions:
        return array_of({{"type", "string"}});
    case ValueKind::file:
        return {{"type", "string"}, {"minLength", 1}};
    case ValueKind::aliases:
        return any_of_types({array_of({{"type", "string"}}), {{"type", "object"}, {"additionalProperties", number}}});
    case ValueKind::distribution:
        return distribution_of(shape);
    case ValueKind::mark:
        return mark_of(shape);
    case ValueKind::positions:
        return positions_schema();
    case ValueKind::collateral:
        return by_name(number, "position_symbol");
    case ValueKind::table:
        return object_of(shape.keys, strictness);
    case ValueKind::table_or_list: {
        const Json table = object_of(shape.keys, Strictness::whole);
        return any_of_types({table, array_of(table)});
    }
    case ValueKind::family:
        return family_of(shape.models, shape.choice_key, {}, Json::object(), strictness);
    }
    return {};
}

Json schema_of(const KeyShape& shape, Strictness strictness) {
    Json schema = plain_schema_of(shape, strictness);
    if (!shape.meaning.empty()) schema["description"] = shape.meaning;
    if (!shape.has_default) return schema;
    // Defaults that JSON can hold as they stand: numbers, truth, strings and arrays of them.
    const Json value = Json::parse(shape.default_text, nullptr, false);
    if (!value.is_discarded()) schema["default"] = value;
    return schema;
}

Json object_of(const std::vector<KeyShape>& keys, Strictness strictness) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const KeyShape& key : keys) {
        properties[key.key] = schema_of(key, strictness);
        if (key.required) required.push_back(key.key);
    }
    Json schema = {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (strictness == Strictness::whole && !required.empty()) schema["required"] = std::move(required);
    return schema;
}

// Accounts come from distributions or from a file.
Json cohort_of(Json schema) {
    Json forbidden = Json::object();
    for (const char* key : {"accounts", "equity", "leverage", "positions", "long_share", "direction", "entry",
                            "collateral", "free_wallet"})
        forbidden[key] = false;
    schema.update(choose(
        {{"required", {"accounts_from"}}}, {{"properties", std::move(forbidden)}},
        {{"required", {"accounts", "equity", "leverage", "positions"}}, {"properties", {{"both_sides", false}}}}));
    return schema;
}

Json section_of(const SectionShape& section, Strictness strictness);

Json table_of(const SectionShape& section, Strictness strictness) {
    Json inner = Json::object();
    Json inner_required = Json::array();
    for (const SectionShape& child : section.sections) {
        inner[child.key] = section_of(child, strictness);
        if (child.required) inner_required.push_back(child.key);
    }
    if (!section.choice_key.empty())
        return family_of(section.models, section.choice_key, section.keys, inner, strictness);
    Json schema = object_of(section.keys, strictness);
    schema["properties"].update(inner);
    if (strictness == Strictness::whole) {
        for (const auto& key : inner_required) schema["required"].push_back(key);
    }
    return section.key == "cohort" ? cohort_of(std::move(schema)) : schema;
}

// A venue that says everything itself, or one that starts from a preset.
Json venue_of(const SectionShape& section) {
    Json from_preset = table_of(section, Strictness::preset_gives_the_rest);
    from_preset["required"] = {"name"};
    return choose(is_object_with("preset"), std::move(from_preset), table_of(section, Strictness::whole));
}

// Lists are written whole, whatever a preset gives.
Json section_of(const SectionShape& section, Strictness strictness) {
    Json schema = section.key == "venue" ? venue_of(section)
                                         : table_of(section, section.is_list ? Strictness::whole : strictness);
    schema["description"] = section.meaning;
    if (!section.is_list) return schema;
    Json list = array_of(std::move(schema));
    if (section.required) list["minItems"] = 1;
    return list;
}

} // namespace

std::string json_schema() {
    Json properties = Json::object();
    Json required = Json::array();
    for (const SectionShape& section : describe_scenario()) {
        properties[section.key] = section_of(section, Strictness::whole);
        if (section.required) required.push_back(section.key);
    }
    const std::string number = R"(([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)";
    const Json schema = {
        {"$schema", "https://json-schema.org/draft/2020-12/schema"},
        {"title", "Plunge scenario"},
        {"description", "A scenario file, as the JSON that its TOML maps to. The program checks more than a schema can "
                        "say: sums, references, matrices."},
        {"type", "object"},
        {"properties", properties},
        {"required", required},
        {"additionalProperties", false},
        {"$defs",
         {{"duration", {{"type", "string"}, {"pattern", "^" + number + " *(ms|s|min|h|d)$"}}},
          {"symbol", {{"type", "string"}, {"pattern", "^[A-Za-z0-9_]+$"}, {"not", {{"const", "USD"}}}}},
          {"position_symbol",
           {{"type", "string"}, {"pattern", "^[A-Za-z0-9_]+$"}, {"not", {{"enum", {"dirichlet", "pick", "assets"}}}}}},
          {"pair", {{"type", "string"}, {"pattern", "^[A-Za-z0-9_]+-[A-Za-z0-9_]+$"}}}}},
    };
    return schema.dump(2) + "\n";
}

} // namespace plunge
