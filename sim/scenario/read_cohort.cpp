#include <algorithm>

#include <fmt/format.h>

#include "sim/scenario/input_tables.hpp"
#include "sim/scenario/read_fields.hpp"
#include "sim/scenario/read_sections.hpp"

namespace plunge {
namespace {

void read_venue_name(ReadContext& context, const Node& table, const std::string& path, Cohort& out) {
    const auto& names = context.venue_names;
    if (names.empty()) return; // reported already
    const std::string key = join_path(path, "venue");
    const Node* node = table.find("venue");
    if (node == nullptr) {
        if (names.size() > 1) context.missing(table, path, "venue", "there are several: " + joined(names));
        return;
    }
    const auto found = node->is_text() ? std::find(names.begin(), names.end(), node->text) : names.end();
    if (found != names.end()) {
        out.venue = static_cast<std::size_t>(found - names.begin());
    } else if (std::find(names.begin(), names.end(), "") == names.end()) {
        context.error(*node, key, "there is no such venue", known_names_hint(node->text, names));
    }
}

// Where the collateral lies, if not at the accounts' own venue.
void read_held_at(ReadContext& context, const Node& table, const std::string& path, Cohort& out) {
    const auto& names = context.venue_names;
    const Node* node = table.find("held_at");
    if (node == nullptr || names.empty()) return;
    const std::string key = join_path(path, "held_at");
    const auto found = node->is_text() ? std::find(names.begin(), names.end(), node->text) : names.end();
    if (found == names.end()) {
        if (std::find(names.begin(), names.end(), "") == names.end()) {
            context.error(*node, key, "there is no such venue", known_names_hint(node->text, names));
        }
        return;
    }
    const auto venue = static_cast<std::size_t>(found - names.begin());
    if (venue == out.venue) {
        context.error(*node, key, "this is the accounts' own venue", "name another venue, or leave it out");
        return;
    }
    out.held_at = venue;
}

// Either distributions or a file of accounts.
void check_source(ReadContext& context, const Node& table, const std::string& path) {
    if (table.find("accounts_from") == nullptr) {
        if (const Node* node = table.find("both_sides")) {
            context.error(*node, join_path(path, "both_sides"), "belongs to accounts_from",
                          "accounts that are drawn have one side of an asset");
        }
        for (const std::string_view key : {"accounts", "equity", "leverage", "positions"}) {
            if (table.find(key) == nullptr) context.missing(table, path, key, "or a file of accounts in accounts_from");
        }
        return;
    }
    for (const std::string_view key : {"accounts", "equity", "leverage", "positions", "long_share", "direction",
                                       "entry", "collateral", "free_wallet"}) {
        if (const Node* node = table.find(key)) {
            context.error(*node, join_path(path, key), "not beside accounts_from",
                          "the file says this of every account");
        }
    }
}

} // namespace

bool read_cohort(ReadContext& context, const Node& table, const std::string& path, const Scenario& scenario,
                 Cohort& out) {
    const std::size_t errors_before = context.error_count();
    if (!expect_table(context, table, path)) return false;
    KnownKeys known{"venue", "held_at"};
    read_fields(context, table, path, out, Cohort::fields(), known);
    context.check_keys(table, path, known);
    check_source(context, table, path);
    read_venue_name(context, table, path, out);
    read_held_at(context, table, path, out);

    const Node* name = table.find("name");
    if (name != nullptr && name->is_text()) {
        const std::string key = join_path(path, "name");
        const bool taken = std::any_of(scenario.cohorts.begin(), scenario.cohorts.end(),
                                       [&](const Cohort& other) { return other.name == out.name; });
        if (!is_one_line(out.name))
            context.error(*name, key, "must be one line of text");
        else if (taken)
            context.error(*name, key, "there is a cohort of this name already");
    }
    if (out.free_wallet > 0.0 && out.margin == MarginMode::cross) {
        context.error(node_or_table(table, "free_wallet"), join_path(path, "free_wallet"),
                      "only isolated margin has a free wallet", "margin = \"isolated\", or leave it out");
    }
    const bool assets_good = !scenario.assets.empty() &&
                             std::find(context.symbols.begin(), context.symbols.end(), "") == context.symbols.end();
    if (!out.accounts_from.path.empty() && assets_good) {
        ExplicitAccounts accounts;
        if (read_accounts_csv(context, out.accounts_from, scenario.assets, out, accounts)) {
            out.accounts = accounts.label.size();
            out.explicit_accounts = std::move(accounts);
        }
    }
    return context.error_count() == errors_before;
}

} // namespace plunge
