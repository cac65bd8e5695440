// [[institution]], and values that speak of institutions.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "sim/scenario/read_fields.hpp"
#include "sim/scenario/read_sections.hpp"

namespace plunge {
namespace {

std::optional<std::size_t> find_institution(ReadContext& context, const Place& place, const std::string& path,
                                            const std::string& name, const std::string& value) {
    const auto& names = context.institution_names;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    if (names.empty()) {
        context.error(place, path, value, "the scenario has no institutions", "write [[institution]], once for each");
    } else if (std::find(names.begin(), names.end(), "") == names.end()) {
        context.error(place, path, value, fmt::format("there is no institution \"{}\"", shown(name)),
                      known_names_hint(name, names));
    }
    return std::nullopt;
}

} // namespace

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                PerInstitution& out) {
    if (!expect_table(context, node, path, "amounts by institution: { Alpha = 5e6, \"Beta & Co\" = 2e6 }"))
        return false;
    std::vector<double> values(context.institution_names.size(), 0.0);
    bool good = true;
    for (const Member& member : node.members) {
        const std::string key = join_path(path, member.key);
        const auto institution = find_institution(context, member.place, key, member.key, member.value.literal);
        double value = 0.0;
        good &= read_value(context, member.value, key, field, value) && institution;
        if (institution) values[*institution] = value;
    }
    if (good) out.values = std::move(values);
    return good;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& /*field*/,
                InstitutionList& out) {
    if (!expect_array(context, node, path, "names of institutions: [\"Alpha\", \"Beta & Co\"]")) return false;
    std::vector<std::size_t> index;
    bool good = true;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Node& item = node.items[i];
        const std::string key = fmt::format("{}[{}]", path, i);
        if (!item.is_text()) {
            context.error(item, key, "must be the name of an institution");
            good = false;
            continue;
        }
        const auto institution = find_institution(context, item.place, key, item.text, item.literal);
        good &= institution.has_value();
        if (!institution) continue;
        if (std::find(index.begin(), index.end(), *institution) != index.end()) {
            context.error(item, key, "this institution is named twice");
            good = false;
        }
        index.push_back(*institution);
    }
    if (good) out.index = std::move(index);
    return good;
}

void read_institution_names(ReadContext& context, const Node& list) {
    for (const Node& item : list.items) {
        const Node* name = item.is_table() ? item.find("name") : nullptr;
        context.institution_names.push_back(name != nullptr && name->is_text() && is_one_line(name->text) ? name->text
                                                                                                          : "");
    }
}

bool read_institution(ReadContext& context, const Node& table, const std::string& path, Scenario& scenario) {
    const std::size_t errors_before = context.error_count();
    Institution& out = scenario.institutions.emplace_back();
    KnownKeys known{"cohort"};
    read_fields(context, table, path, out, Institution::fields(), known);
    context.check_keys(table, path, known);
    const std::size_t own = scenario.institutions.size() - 1;
    if (const Node* name = table.find("name"); name != nullptr && name->is_text()) {
        const auto& names = context.institution_names;
        const auto end = names.begin() + static_cast<std::ptrdiff_t>(own);
        if (!is_one_line(out.name)) {
            context.error(*name, join_path(path, "name"), "must be one line of text");
        } else if (std::find(names.begin(), end, out.name) != end) {
            context.error(*name, join_path(path, "name"), "there is an institution of this name already");
        }
    }
    if (!out.liabilities.empty() && out.liabilities[own] > 0.0) {
        context.error(*table.find("liabilities"), join_path(path, "liabilities"), "nobody owes money to itself",
                      "name other institutions");
    }
    return context.error_count() == errors_before;
}

void read_institution_cohort(ReadContext& context, const Node& table, const std::string& path, const Scenario& scenario,
                             Institution& out) {
    const Node* node = table.find("cohort");
    if (node == nullptr) return;
    const std::string key = join_path(path, "cohort");
    std::vector<std::string> names;
    for (const Cohort& cohort : scenario.cohorts) names.push_back(cohort.name);
    const auto found = node->is_text() ? std::find(names.begin(), names.end(), node->text) : names.end();
    if (found == names.end()) {
        context.error(*node, key, "there is no such cohort", known_names_hint(node->text, names));
        return;
    }
    const auto cohort = static_cast<std::size_t>(found - names.begin());
    for (const Institution& other : scenario.institutions) {
        if (other.cohort != cohort) continue;
        context.error(*node, key, fmt::format("\"{}\" stands for this cohort already", other.name),
                      "a cohort has one institution at most");
        return;
    }
    out.cohort = cohort;
}

void check_contributions(ReadContext& context, const Node& table, const std::string& path, const Scenario& scenario,
                         std::size_t institution) {
    double sum = 0.0;
    for (const Venue& venue : scenario.venues) {
        for (const auto& layer : venue.waterfall) {
            const PerInstitution* paid_in = needs_of(layer).contributions;
            if (paid_in != nullptr && !paid_in->empty()) sum += (*paid_in)[institution];
        }
    }
    if (sum <= scenario.institutions[institution].capital) return;
    context.error(node_or_table(table, "capital"), join_path(path, "capital"),
                  fmt::format("less than the {} that it has contributed to default funds", number_text(sum)),
                  "contributions are part of the capital");
}

} // namespace plunge
