// What must hold between the keys of a loss layer.
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "sim/scenario/checks.hpp"

namespace plunge {
namespace {

// A key that only makes sense beside another value of `choice`.
bool check_absent(ReadContext& context, const Node& table, const std::string& path, std::string_view key,
                  const std::string& rule, const std::string& hint) {
    const Node* node = table.find(key);
    if (node == nullptr) return true;
    context.error(*node, join_path(path, key), rule, hint);
    return false;
}

bool check_given(ReadContext& context, const Node& table, const std::string& path, std::string_view key,
                 std::string_view meaning) {
    if (table.find(key) != nullptr) return true;
    context.missing(table, path, key, meaning);
    return false;
}

} // namespace

bool check(ReadContext& context, const Node& table, const std::string& path, const InsuranceFund::Params& fund) {
    if (!fund.segregated) {
        return check_absent(context, table, path, "shares", "only a segregated fund has a pot per asset",
                            "segregated = true, or leave it out");
    }
    if (fund.shares.empty()) return true;
    const double sum = std::accumulate(fund.shares.values.begin(), fund.shares.values.end(), 0.0);
    constexpr double rounding = 1e-9;
    if (std::fabs(sum - 1.0) <= rounding) return true;
    context.error(node_or_table(table, "shares"), join_path(path, "shares"),
                  fmt::format("must sum to 1, not {}", number_text(sum)));
    return false;
}

bool check(ReadContext& context, const Node& table, const std::string& path, const DefaultFund::Params& fund) {
    const auto absent = [&](std::string_view key, const std::string& rule, const std::string& hint) {
        return check_absent(context, table, path, key, rule, hint);
    };
    const std::string sizing(EnumNames<FundSizing>::value[static_cast<std::size_t>(fund.sizing)]);
    const std::string of_this = fmt::format("sizing = \"{}\" has no such key", sizing);
    bool good = true;
    if (fund.sizing == FundSizing::given) {
        good &= check_given(context, table, path, "contributions", "what each member has paid in: { Alpha = 5e6 }");
        good &= absent("members", of_this, "members are those that contributions names");
        good &= absent("basis", of_this, "it belongs to pro_rata and cover_2");
    } else {
        good &= absent("contributions", of_this, "they follow from the members' accounts");
        if (context.institution_names.empty()) {
            context.error(table, path, "a default fund has members", "write [[institution]], once for each");
            good = false;
        }
    }
    if (fund.sizing == FundSizing::pro_rata) {
        good &= check_given(context, table, path, "total", "sum of the contributions");
    } else {
        good &= absent("total", of_this, "it belongs to pro_rata");
    }
    if (fund.sizing == FundSizing::cover_2) {
        good &= check_given(context, table, path, "stress", "the price move under stress: { BTC = -0.2 }");
    } else {
        good &= absent("stress", of_this, "it belongs to cover_2");
    }
    return good;
}

bool check(ReadContext& context, const Node& table, const std::string& path, const AutoDeleveraging::Params& adl) {
    bool good = true;
    if (adl.ranking == Ranking::integer_pro_rata) {
        good &= check_given(context, table, path, "contract", "size of a contract, per asset: { BTC = 0.001 }");
    } else {
        good &= check_absent(context, table, path, "contract", "only integer_pro_rata counts contracts",
                             "ranking = \"integer_pro_rata\", or leave it out");
    }
    const bool in_order = adl.ranking == Ranking::queue || adl.ranking == Ranking::largest_first;
    if (adl.whole_positions && !in_order) {
        context.error(*table.find("whole_positions"), join_path(path, "whole_positions"),
                      "pro rata nobody is the last one reached", "ranking = \"queue\" or \"largest_first\"");
        good = false;
    }
    return good;
}

} // namespace plunge
