#include "sim/scenario/same_paths.hpp"

#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>

#include <fmt/format.h>

#include "models/price/registry.hpp"
#include "sim/scenario/read_fields.hpp"

namespace plunge {
namespace {

// Equality by the tables of fields, so that a parameter added to a price process counts without a line here.
template <class T> bool equal(const T& a, const T& b);

bool equal_values(const PerAsset& a, const PerAsset& b) { return a.values == b.values; }
bool equal_values(const SquareMatrix& a, const SquareMatrix& b) { return a.values == b.values; }
bool equal_values(const InputFile& a, const InputFile& b) { return a.text == b.text; }

template <class T> bool equal_values(const std::optional<T>& a, const std::optional<T>& b) {
    return a.has_value() == b.has_value() && (!a || equal(*a, *b));
}

template <class T> bool equal_values(const std::vector<T>& a, const std::vector<T>& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!equal(a[i], b[i])) return false;
    return true;
}

template <class Owner, class... Fields>
bool equal_fields(const Owner& a, const Owner& b, const std::tuple<Fields...>& fields) {
    return std::apply([&](const auto&... field) { return (equal(a.*(field.member), b.*(field.member)) && ...); },
                      fields);
}

template <class T> bool equal(const T& a, const T& b) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, std::string>) {
        return a == b;
    } else if constexpr (HasFields<T>) {
        return equal_fields(a, b, T::fields());
    } else {
        return equal_values(a, b);
    }
}

bool equal_process(const PriceChoice& a, const PriceChoice& b) {
    return visit_choice(PriceModels{}, a, [&]<class Process>(const typename Process::Params& params) {
        const auto* others = b.get_if<typename Process::Params>();
        return others != nullptr && equal_fields(params, *others, Process::fields());
    });
}

std::string symbols(const Scenario& scenario) {
    std::vector<std::string> names;
    for (const Asset& asset : scenario.assets) names.push_back(asset.symbol);
    return joined(names);
}

} // namespace

std::vector<std::string> path_differences(const Scenario& a, const Scenario& b) {
    std::vector<std::string> reasons;
    const auto compare = [&](const std::string& what, const auto& in_a, const auto& in_b) {
        if (in_a != in_b) reasons.push_back(fmt::format("{} is {} and {}", what, in_a, in_b));
    };
    compare("run.seed", a.run.seed, b.run.seed);
    compare("run.antithetic", a.run.antithetic, b.run.antithetic);
    const auto paths = [](const Scenario& s) {
        return EnumNames<PathSampling>::value[static_cast<std::size_t>(s.run.paths)];
    };
    compare("run.paths", paths(a), paths(b));
    compare("the number of steps", a.run.steps(), b.run.steps());
    compare("run.step in seconds", a.run.step_seconds, b.run.step_seconds);
    if (symbols(a) != symbols(b)) {
        reasons.push_back(fmt::format("the assets are {} and {}", symbols(a), symbols(b)));
        return reasons; // parameters per asset cannot be held against each other
    }
    for (std::size_t i = 0; i < a.assets.size(); ++i) {
        const Asset& in_a = a.assets[i];
        const Asset& in_b = b.assets[i];
        compare("asset." + in_a.symbol + ".price", in_a.price, in_b.price);
        if (in_a.underlying != in_b.underlying || !equal(in_a.basis, in_b.basis))
            reasons.push_back(fmt::format("asset.{} follows its underlying in another way", in_a.symbol));
    }
    if (!equal_process(a.prices, b.prices)) reasons.emplace_back("the price processes in [prices] differ");
    if (!equal(a.shocks, b.shocks)) reasons.emplace_back("the shocks differ");
    return reasons;
}

} // namespace plunge
