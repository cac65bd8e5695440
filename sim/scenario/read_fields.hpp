// Reading a struct by its table of fields, and a family of models by the key that chooses among them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "models/common/choice.hpp"
#include "models/common/model_list.hpp"
#include "sim/scenario/checks.hpp"
#include "sim/scenario/read_values.hpp"

namespace plunge {

template <class T>
concept HasFields = requires {
    T::fields();
};

/// Structs whose tables by symbol need not name every asset: what is missing is zero.
template <class Owner>
concept MissingAssetIsZero = requires {
    requires Owner::missing_asset_is_zero;
};

template <class Owner, class Value> FieldInfo field_info(const Field<Owner, Value>& field) {
    return {field.key,
            field.unit,
            field.range,
            field.meaning,
            field.presence == Presence::required,
            MissingAssetIsZero<Owner>};
}

template <class Value> KnownKeys names_of() {
    constexpr auto& names = EnumNames<Value>::value;
    return KnownKeys(names.begin(), names.end());
}

template <class Enum>
requires std::is_enum_v<Enum>
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field, Enum& out) {
    const auto choice = read_choice(context, node, path, names_of<Enum>(), field.key);
    if (choice) out = static_cast<Enum>(*choice);
    return choice.has_value();
}

/// Reads the members of `object` that `fields` lists, and adds their keys to `known`. What is wrong keeps its default.
/// \return whether there was no mistake.
template <class Object, class... Fields>
bool read_fields(ReadContext& context, const Node& table, const std::string& path, Object& object,
                 const std::tuple<Fields...>& fields, KnownKeys& known) {
    const std::size_t errors_before = context.error_count();
    const auto read_one = [&](const auto& field) {
        const FieldInfo info = field_info(field);
        known.push_back(info.key);
        if (const Node* node = table.find(info.key)) {
            read_value(context, *node, join_path(path, info.key), info, object.*(field.member));
        } else if (info.required) {
            context.missing(table, path, info.key, info.meaning);
        }
    };
    std::apply([&](const auto&... field) { (read_one(field), ...); }, fields);
    return context.error_count() == errors_before;
}

/// A whole struct: its fields, nothing else, and what must hold between them.
template <class Struct> bool read_struct(ReadContext& context, const Node& node, const std::string& path, Struct& out) {
    if (!expect_table(context, node, path)) return false;
    KnownKeys known;
    const bool good = read_fields(context, node, path, out, Struct::fields(), known);
    context.check_keys(node, path, known);
    if constexpr (requires { Struct::check(out, context.check_context(node)); }) {
        const Findings findings = good ? Struct::check(out, context.check_context(node)) : Findings{};
        context.report(node, path, findings);
        return good && findings.empty();
    } else {
        return good && check(context, node, path, out);
    }
}

template <HasFields Struct>
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& /*field*/,
                Struct& out) {
    return read_struct(context, node, path, out);
}

template <HasFields Struct>
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& /*field*/,
                std::optional<Struct>& out) {
    Struct value;
    if (!read_struct(context, node, path, value)) return false;
    out = std::move(value);
    return true;
}

/// A single value that may be left out.
template <class Value>
requires(!HasFields<Value>) bool read_value(ReadContext& context, const Node& node, const std::string& path,
                                            const FieldInfo& field, std::optional<Value>& out) {
    Value value{};
    if (!read_value(context, node, path, field, value)) return false;
    out = std::move(value);
    return true;
}

/// One table, or a list of them.
template <HasFields Struct>
bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& /*field*/,
                std::vector<Struct>& out) {
    std::vector<Struct> values(node.is_array() ? node.items.size() : 1);
    bool good = true;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Node& item = node.is_array() ? node.items[i] : node;
        good &= read_struct(context, item, item_path(path, i, values.size()), values[i]);
    }
    if (good) out = std::move(values);
    return good;
}

/// Keys of a model's table of fields.
template <class Model> KnownKeys keys_of() {
    KnownKeys keys;
    std::apply([&](const auto&... field) { (keys.push_back(field.key), ...); }, Model::fields());
    return keys;
}

template <class... Models> KnownKeys model_names(ModelList<Models...> /*list*/) { return {Models::name...}; }

/// What a section that chooses among models is called in messages.
struct FamilyNames {
    std::string_view choice_key; ///< "model", "shape", "rule", "policy", "layer"
    std::string_view noun;       ///< "price model", ...
};

/// Reads the model that `table` chooses and its parameters.
/// \param known  keys of the table that belong to the section whatever the model.
/// \return whether there was no mistake.
template <class... Models, class Family>
bool read_family(ReadContext& context, const Node& table, const std::string& path, const FamilyNames& names,
                 ModelList<Models...> list, KnownKeys known, Choice<Family>& out) {
    const std::size_t errors_before = context.error_count();
    known.insert(known.begin(), names.choice_key);
    KnownKeys of_family;
    const auto add_keys = [&](const KnownKeys& keys) { of_family.insert(of_family.end(), keys.begin(), keys.end()); };
    (add_keys(keys_of<Models>()), ...);

    std::optional<std::size_t> choice;
    const Node* chosen = table.find(names.choice_key);
    if (chosen == nullptr) {
        context.error(table.place, join_path(path, names.choice_key), "", "must be given",
                      known_names_hint("", model_names(list)));
    } else {
        choice = read_choice(context, *chosen, join_path(path, names.choice_key), model_names(list), names.noun);
    }
    if (!choice) {
        // Nobody can say which parameters belong here: only keys that no model has are reported beside.
        known.insert(known.end(), of_family.begin(), of_family.end());
        context.check_keys(table, path, known);
        return false;
    }

    std::size_t index = 0;
    const auto read_model = [&]<class Model>() {
        if (index++ != *choice) return;
        typename Model::Params params;
        const bool good = read_fields(context, table, path, params, Model::fields(), known);
        context.check_keys(table, path, known, of_family,
                           std::string(names.choice_key) + " = \"" + std::string(Model::name) + "\"");
        if (good) context.report(table, path, Model::check(params, context.check_context(table)));
        out = std::move(params);
    };
    (read_model.template operator()<Models>(), ...);
    return context.error_count() == errors_before;
}

/// Whether a model's table of fields names a file.
template <class Model>
inline constexpr bool names_files = []<class... Owners, class... Values>(const std::tuple<Field<Owners, Values>...>&) {
    return (std::is_same_v<Values, InputFile> || ...);
}(Model::fields());

/// Lets the model that is chosen take what it needs from the files that it names.
template <class... Models, class Family>
void finish_inputs(ReadContext& context, const Node& table, const std::string& path, ModelList<Models...> list,
                   const InputContext& inputs, Choice<Family>& chosen) {
    visit_choice(list, chosen, [&]<class Model>(typename Model::Params& params) {
        static_assert(ReadsInputs<Model> || !names_files<Model>, "a model that names files says what it takes of them");
        if constexpr (ReadsInputs<Model>) context.report(table, path, Model::finish(params, inputs));
    });
}

} // namespace plunge
