// What every registered model says of itself, and how it says that parameters do not go together.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/common/choice.hpp"
#include "models/common/values.hpp"

namespace plunge {

/// A mistake: of which key, the rule that it breaks, and what would mend it. Whoever reads scenarios adds the place.
struct Finding {
    std::string key; ///< empty: the table as a whole
    std::string rule{};
    std::string remedy{};
    std::optional<std::size_t> item{}; ///< of the key's list
    bool missing = false;              ///< the key must be given; `remedy` says what it means
};
using Findings = std::vector<Finding>;

/// What a model may know when its parameters are checked. Each parameter is in its range by then.
struct CheckContext {
    std::function<bool(std::string_view)> given; ///< whether the scenario writes this key
    std::vector<std::string> assets{};           ///< that its lists speak of; empty where those are wrong themselves
    std::size_t institutions = 0;
};

struct HistoryReading;

/// The same where a model completes its parameters from files that they name.
struct InputContext : CheckContext {
    /// False, and reported, where the file is wrong.
    std::function<bool(const InputFile&, const HistoryReading&, PriceTable&)> read_prices{};
    /// Tells whoever runs the scenario what a file holds. `start`: where a path begins in it; NaN: nowhere
    std::function<void(const InputFile&, const PriceTable&, double start)> tell{};
    std::function<std::optional<double>(const std::string&)> parse_time{}; ///< seconds since 1970
    double step_seconds = 0.0;
    std::size_t steps = 0;
    double horizon_seconds = 0.0;
};

/// A model of a family: its name and sources, its parameters and their table, and what must hold between them.
template <class Model, class Family>
concept ModelOf = ParamsOf<typename Model::Params, Family> && std::default_initializable<typename Model::Params> &&
    requires(const typename Model::Params& params, const CheckContext& context) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::equation } -> std::convertible_to<std::string_view>;
    { Model::source } -> std::convertible_to<std::string_view>;
    Model::fields();
    { Model::check(params, context) } -> std::same_as<Findings>;
};

/// A model whose parameters name files: it takes from them what it needs.
template <class Model>
concept ReadsInputs = requires(typename Model::Params& params, const InputContext& context) {
    { Model::finish(params, context) } -> std::same_as<Findings>;
};

/// A key that belongs to another choice and is given all the same.
inline void check_absent(Findings& findings, const CheckContext& context, std::string_view key, std::string rule,
                         std::string remedy) {
    if (context.given(key)) findings.push_back({std::string(key), std::move(rule), std::move(remedy)});
}

/// A key that this choice cannot do without. \param meaning  what it says
inline void check_given(Findings& findings, const CheckContext& context, std::string_view key, std::string meaning) {
    if (!context.given(key))
        findings.push_back({.key = std::string(key), .remedy = std::move(meaning), .missing = true});
}

} // namespace plunge
