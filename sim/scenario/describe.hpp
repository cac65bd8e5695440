// A description of scenario files as data, made from the field tables: schema and documentation are written from it.
#pragma once

#include <string>
#include <vector>

#include "models/common/field.hpp"

namespace plunge {

/// What kind of value a key takes; see read_values.hpp for how each is written.
enum class ValueKind {
    number,
    duration,
    whole_number,
    truth,
    text,
    choice, ///< one of `names`
    numbers,
    whole_numbers,
    rows_of_numbers,
    per_asset,
    matrix,
    tiers,
    per_institution,
    institutions,
    file,
    aliases,      ///< a list of names, or a table of names and numbers
    distribution, ///< a number, or one of `models`
    mark,         ///< the name of one of `models` without keys, or a table of the keys of one
    positions,
    collateral,
    table,         ///< of `keys`
    table_or_list, ///< of `keys`, once or more often
    family,        ///< a table whose `choice_key` says which of `models` it holds
};

struct KeyShape;

struct ModelShape {
    std::string name;
    std::string equation;
    std::string source;
    std::vector<KeyShape> keys;
};

struct KeyShape {
    std::string key;
    ValueKind kind = ValueKind::number;
    Unit unit = Unit::none;
    Range range;
    std::string meaning;
    bool required = false;
    bool has_default = false;
    std::string default_text; ///< as TOML; empty with has_default false
    std::vector<std::string> names;
    std::vector<KeyShape> keys;
    std::string choice_key;
    std::vector<ModelShape> models;
};

struct SectionShape {
    std::string key;    ///< within its parent
    std::string header; ///< "[run]", "[[venue]]", "[venue.impact]"
    std::string meaning;
    bool is_list = false;
    bool required = false;
    std::vector<KeyShape> keys; ///< whatever the model
    std::string choice_key;     ///< empty where there is no choice
    std::string family;         ///< "price models"
    std::vector<ModelShape> models;
    std::vector<SectionShape> sections;
};

/// All sections, in the order of the documentation.
std::vector<SectionShape> describe_scenario();

/// The basis of a wrapped asset: a model without alternatives, which no key chooses.
ModelShape describe_basis();

/// The shapes that a distribution may have.
std::vector<ModelShape> describe_distributions();

} // namespace plunge
