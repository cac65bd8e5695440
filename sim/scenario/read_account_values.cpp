// Values that describe accounts: distributions, positions, collateral, behaviour; and a venue's mark.
#include <cmath>

#include <fmt/format.h>

#include "models/behaviour/registry.hpp"
#include "models/mark/registry.hpp"
#include "sim/scenario/durations.hpp"
#include "sim/scenario/read_fields.hpp"

namespace plunge {
namespace {

template <class... Kinds> KnownKeys distribution_names(const std::variant<Kinds...>* /*tag*/) {
    return {Kinds::name...};
}

// Everything that can be drawn must be allowed: the ends of the support lie in the field's range.
bool support_in_range(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                      double low, double high) {
    // Lognormal draws without a bound are above zero, hence inside a range that is open at zero.
    const bool low_good = field.range.contains(low) || (low == 0.0 && field.range.low == 0.0);
    const bool high_good = field.range.contains(high) || (std::isinf(high) && std::isinf(field.range.high));
    if (low_good && high_good) return true;
    context.error(
        node, path,
        fmt::format("draws from {} to {}: must be {}", number_text(low), number_text(high), range_text(field.range)),
        "bound it with min and max");
    return false;
}

template <class Kind>
bool read_distribution(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                       Distribution& out) {
    Kind kind;
    if (!read_struct(context, node, path, kind)) return false;
    if (!support_in_range(context, node, path, field, kind.min, kind.max)) return false;
    out = kind;
    return true;
}

// Shares by symbol: each within `range`, their sizes summing to one.
bool read_shares(ReadContext& context, const Node& node, const std::string& path, const Range& range,
                 std::vector<double>& shares, double& cash, bool with_cash) {
    const FieldInfo info{.key = "", .unit = Unit::fraction, .range = range, .meaning = ""};
    shares.assign(context.symbols.size(), 0.0);
    const std::size_t errors_before = context.error_count();
    bool good = true;
    double sum = 0.0;
    for (const Member& member : node.members) {
        const std::string key = join_path(path, member.key);
        double share = 0.0;
        const bool is_cash = with_cash && member.key == "USD";
        const auto asset = is_cash ? std::nullopt
                                   : find_asset(context, member.place, key, member.key, member.value.literal);
        good &= (is_cash || asset) && read_value(context, member.value, key, info, share);
        sum += std::fabs(share);
        if (is_cash) cash = share;
        if (asset) shares[*asset] = share;
    }
    if (!good || context.error_count() != errors_before) return false;
    constexpr double rounding = 1e-9;
    if (std::fabs(sum - 1.0) <= rounding) return true;
    context.error(node, path, fmt::format("shares sum to {:.10g}", sum),
                  range.low < 0.0 ? "their sizes must sum to 1" : "they must sum to 1");
    return false;
}

bool read_dirichlet(ReadContext& context, const Node& node, const std::string& path, Positions& out) {
    context.check_keys(node, path, {"dirichlet", "assets"});
    const FieldInfo info{.key = "dirichlet", .unit = Unit::none, .range = positive, .meaning = ""};
    DirichletPositions dirichlet;
    bool good = read_value(context, *node.find("dirichlet"), join_path(path, "dirichlet"), info,
                           dirichlet.concentration);
    if (const Node* assets = node.find("assets")) {
        const std::string key = join_path(path, "assets");
        if (!expect_array(context, *assets, key, "symbols in quotes")) return false;
        if (assets->items.empty()) {
            context.error(*assets, key, "names no asset", "leave it out for all assets");
            good = false;
        }
        for (std::size_t i = 0; i < assets->items.size(); ++i) {
            const Node& item = assets->items[i];
            const std::string item_key = fmt::format("{}[{}]", key, i);
            const auto asset = find_asset(context, item.place, item_key, item.text, item.literal);
            good &= asset.has_value();
            if (!asset) continue;
            if (std::find(dirichlet.assets.begin(), dirichlet.assets.end(), *asset) != dirichlet.assets.end()) {
                context.error(item, item_key, "this asset is named twice");
                good = false;
            }
            dirichlet.assets.push_back(*asset);
        }
    }
    if (good) out = std::move(dirichlet);
    return good;
}

} // namespace

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                Distribution& out) {
    if (node.is_number()) {
        ConstantDistribution constant;
        if (!read_value(context, node, path, field, constant.value)) return false;
        out = constant;
        return true;
    }
    KnownKeys names = distribution_names(static_cast<const Distribution*>(nullptr));
    names.erase(names.begin()); // a constant is a plain number
    const std::string example = "for example { lognormal = { median = 2_500, sigma = 1.7 } }";
    if (!node.is_table() || node.members.size() != 1) {
        context.error(node, path, "must be a number or one distribution", example);
        return false;
    }
    const Member& member = node.members.front();
    const std::string key = join_path(path, member.key);
    if (member.key == UniformDistribution::name)
        return read_distribution<UniformDistribution>(context, member.value, key, field, out);
    if (member.key == LogUniformDistribution::name)
        return read_distribution<LogUniformDistribution>(context, member.value, key, field, out);
    if (member.key == NormalDistribution::name)
        return read_distribution<NormalDistribution>(context, member.value, key, field, out);
    if (member.key == LogNormalDistribution::name)
        return read_distribution<LogNormalDistribution>(context, member.value, key, field, out);
    if (member.key == ParetoDistribution::name)
        return read_distribution<ParetoDistribution>(context, member.value, key, field, out);
    context.error(member.place, key, member.value.literal, "unknown distribution", known_names_hint(member.key, names));
    return false;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& /*field*/,
                MarkChoice& out) {
    const std::size_t errors_before = context.error_count();
    bool found = false;
    std::string known_marks;
    for_each_model(MarkModels{}, [&]<class Mark>() {
        constexpr bool is_table = std::tuple_size_v<decltype(Mark::fields())> != 0;
        known_marks += known_marks.empty() ? "known: " : ", ";
        known_marks += fmt::format(is_table ? "{{ {} = ... }}" : "\"{}\"", Mark::name);
        if (is_table ? node.find(Mark::name) == nullptr : !node.is_text() || node.text != Mark::name) return;
        found = true;
        typename Mark::Params params;
        if (is_table) {
            KnownKeys known;
            const bool good = read_fields(context, node, path, params, Mark::fields(), known);
            context.check_keys(node, path, known);
            if (good) context.report(node, path, Mark::check(params, context.check_context(node)));
        }
        out = params;
    });
    if (!found) context.error(node, path, "unknown mark price", known_marks);
    return context.error_count() == errors_before;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& /*field*/,
                Positions& out) {
    const std::string example = "{ BTC = 0.5, ETH = -0.5 }, { dirichlet = 0.7 } or { pick = { BTC = 0.6, ETH = 0.4 } }";
    if (!expect_table(context, node, path, example)) return false;
    double no_cash = 0.0;
    if (node.find("dirichlet") != nullptr) return read_dirichlet(context, node, path, out);
    if (const Node* pick = node.find("pick")) {
        context.check_keys(node, path, {"pick"});
        const std::string key = join_path(path, "pick");
        PickedPositions picked;
        if (!expect_table(context, *pick, key, "probabilities by symbol")) return false;
        if (!read_shares(context, *pick, key, unit_interval, picked.probability.values, no_cash, false)) return false;
        out = std::move(picked);
        return true;
    }
    SharedPositions shared;
    if (!read_shares(context, node, path, {-1.0, 1.0}, shared.share.values, no_cash, false)) return false;
    out = std::move(shared);
    return true;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                CollateralMix& out) {
    if (!expect_table(context, node, path, "for example { USD = 0.8, BTC = 0.2 }")) return false;
    CollateralMix mix;
    mix.cash = 0.0;
    if (!read_shares(context, node, path, field.range, mix.share.values, mix.cash, true)) return false;
    out = std::move(mix);
    return true;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& /*field*/,
                InputFile& out) {
    if (!node.is_text() || node.text.empty()) {
        context.error(node, path, "must be the path of a file, in quotes");
        return false;
    }
    return context.read_input(node, path, out);
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& /*field*/,
                BehaviourChoice& out) {
    if (!expect_table(context, node, path, "for example { model = \"top_up\", probability = 0.3 }")) return false;
    return read_family(context, node, path, {"model", "behaviour"}, BehaviourModels{}, {}, out);
}

} // namespace plunge
