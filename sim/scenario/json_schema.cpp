#include <nlohmann/json.hpp>

#include <cmath>

#include "sim/scenario/describe.hpp"
#include "sim/scenario/load.hpp"

namespace plunge {
namespace {

using Json = nlohmann::ordered_json;

Json object_of(const std::vector<KeyShape>& keys);
Json schema_of(const KeyShape& shape);

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

Json one_of(std::vector<Json> choices) { return {{"oneOf", std::move(choices)}}; }

// A table that holds one model of a family: its keys and those of the section around it.
Json family_of(const std::vector<ModelShape>& models, const std::string& choice_key,
               const std::vector<KeyShape>& common, const Json& inner_sections) {
    std::vector<Json> choices;
    for (const ModelShape& model : models) {
        std::vector<KeyShape> keys = common;
        keys.insert(keys.end(), model.keys.begin(), model.keys.end());
        Json schema = object_of(keys);
        schema["title"] = model.name;
        schema["description"] = model.equation + " (" + model.source + ")";
        schema["properties"][choice_key] = {{"const", model.name}};
        schema["required"].push_back(choice_key);
        schema["properties"].update(inner_sections);
        choices.push_back(std::move(schema));
    }
    return one_of(std::move(choices));
}

Json distribution_of(const KeyShape& shape) {
    std::vector<Json> choices{with_range({{"type", "number"}}, shape.range)};
    for (const ModelShape& model : shape.models) {
        choices.push_back({{"type", "object"},
                           {"properties", {{model.name, object_of(model.keys)}}},
                           {"required", {model.name}},
                           {"additionalProperties", false}});
    }
    return one_of(std::move(choices));
}

Json positions_schema() {
    const Json shares = by_name({{"type", "number"}, {"minimum", -1.0}, {"maximum", 1.0}}, "position_symbol");
    const Json weights = by_name({{"type", "number"}, {"minimum", 0.0}, {"maximum", 1.0}}, "symbol");
    const Json dirichlet = {
        {"type", "object"},
        {"properties",
         {{"dirichlet", {{"type", "number"}, {"exclusiveMinimum", 0.0}}}, {"assets", array_of(reference("symbol"))}}},
        {"required", {"dirichlet"}},
        {"additionalProperties", false}};
    const Json pick = {{"type", "object"},
                       {"properties", {{"pick", weights}}},
                       {"required", {"pick"}},
                       {"additionalProperties", false}};
    return one_of({shares, dirichlet, pick});
}

Json mark_of(const KeyShape& shape) {
    Json names = Json::array();
    std::vector<Json> choices{Json{}};
    for (const ModelShape& model : shape.models) {
        if (model.keys.empty()) {
            names.push_back(model.name);
        } else {
            choices.push_back(object_of(model.keys));
        }
    }
    choices.front() = {{"enum", names}};
    return one_of(std::move(choices));
}

Json plain_schema_of(const KeyShape& shape) {
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
        return one_of({number, array_of(number), by_name(number, "symbol")});
    case ValueKind::matrix:
        return one_of({number, array_of(array_of(number)), by_name(number, "pair")});
    case ValueKind::tiers: {
        const Json notional = with_range({{"type", "number"}}, not_negative);
        const Json bracket = {{"type", "array"}, {"prefixItems", {notional, number}}, {"minItems", 2}, {"maxItems", 2}};
        return one_of({array_of(bracket), by_name(array_of(bracket), "symbol")});
    }
    case ValueKind::per_institution:
        return {{"type", "object"}, {"additionalProperties", number}};
    case ValueKind::institutions:
        return array_of({{"type", "string"}});
    case ValueKind::file:
        return {{"type", "string"}, {"minLength", 1}};
    case ValueKind::distribution:
        return distribution_of(shape);
    case ValueKind::mark:
        return mark_of(shape);
    case ValueKind::positions:
        return positions_schema();
    case ValueKind::collateral:
        return by_name(number, "position_symbol");
    case ValueKind::table:
        return object_of(shape.keys);
    case ValueKind::table_or_list: {
        const Json table = object_of(shape.keys);
        return one_of({table, array_of(table)});
    }
    case ValueKind::family:
        return family_of(shape.models, shape.choice_key, {}, Json::object());
    }
    return {};
}

Json schema_of(const KeyShape& shape) {
    Json schema = plain_schema_of(shape);
    if (!shape.meaning.empty()) schema["description"] = shape.meaning;
    if (!shape.has_default) return schema;
    // Defaults that JSON can hold as they stand: numbers, truth, strings and arrays of them.
    const Json value = Json::parse(shape.default_text, nullptr, false);
    if (!value.is_discarded()) schema["default"] = value;
    return schema;
}

Json object_of(const std::vector<KeyShape>& keys) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const KeyShape& key : keys) {
        properties[key.key] = schema_of(key);
        if (key.required) required.push_back(key.key);
    }
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}

// Where a preset gives what is left out nothing is required, and a table may be any of the models.
Json loosened(Json schema) {
    schema.erase("required");
    if (const auto choices = schema.find("oneOf"); choices != schema.end()) {
        Json any = Json::array();
        for (const Json& choice : *choices) any.push_back(loosened(choice));
        schema.erase("oneOf");
        schema["anyOf"] = std::move(any);
    }
    if (const auto properties = schema.find("properties"); properties != schema.end()) {
        for (auto& property : *properties) property = loosened(property);
    }
    return schema;
}

// A venue that says everything itself, or one that starts from a preset.
Json venue_of(Json whole) {
    Json from_preset = loosened(whole);
    from_preset["required"] = {"name", "preset"};
    whole["properties"].erase("preset");
    return one_of({std::move(whole), std::move(from_preset)});
}

Json section_of(const SectionShape& section) {
    Json inner = Json::object();
    Json inner_required = Json::array();
    for (const SectionShape& child : section.sections) {
        inner[child.key] = section_of(child);
        if (child.required) inner_required.push_back(child.key);
    }
    Json schema;
    if (section.choice_key.empty()) {
        schema = object_of(section.keys);
        schema["properties"].update(inner);
        for (const auto& key : inner_required) schema["required"].push_back(key);
        if (section.key == "cohort") {
            schema["oneOf"] = {{{"required", {"accounts", "equity", "leverage", "positions"}}},
                               {{"required", {"accounts_from"}}}};
        }
        if (section.key == "venue") schema = venue_of(std::move(schema));
    } else {
        schema = family_of(section.models, section.choice_key, section.keys, inner);
    }
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
        properties[section.key] = section_of(section);
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
