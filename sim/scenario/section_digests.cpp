#include "sim/scenario/section_digests.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "sim/scenario/document.hpp"
#include "sim/sha256.hpp"

namespace plunge {
namespace {

// One text for all ways to write the same value.
std::string canonical(const Node& node) {
    switch (node.kind) {
    case Node::Kind::table: {
        std::map<std::string, std::string> sorted;
        for (const Member& member : node.members) sorted[member.key] = canonical(member.value);
        std::string text = "{";
        for (const auto& [key, value] : sorted) text += quoted(key) + "=" + value + ",";
        return text + "}";
    }
    case Node::Kind::array: {
        std::string text = "[";
        for (const Node& item : node.items) text += canonical(item) + ",";
        return text + "]";
    }
    case Node::Kind::integer:
        return fmt::format("{}", static_cast<double>(node.integer));
    case Node::Kind::real:
        return fmt::format("{}", node.real);
    case Node::Kind::boolean:
        return node.boolean ? "true" : "false";
    case Node::Kind::text:
    case Node::Kind::date:
        return quoted(node.text);
    }
    return {};
}

// A population for every world is a draw of worlds like any other; one for all of them is a part of the model.
bool shares_population(const Node& root) {
    const Node* run = root.find("run");
    const Node* population = run == nullptr ? nullptr : run->find("population");
    return population != nullptr && population->text == "shared";
}

bool counts(const std::string& section, const std::string& key, bool shared) {
    static const std::set<std::string_view> left_out{"run.worlds",       "run.seed",        "record.traces",
                                                     "record.quantiles", "record.cascades", "record.cascade_threshold",
                                                     "record.contagion"};
    if (section == "run" && key == "population_seed") return shared;
    return left_out.count(section + "." + key) == 0;
}

std::string short_digest(const std::string& text) {
    constexpr std::size_t digits = 16;
    return sha256_hex(text.data(), text.size()).substr(0, digits);
}

} // namespace

std::vector<SectionDigest> section_digests(const std::string& effective, const std::vector<InputFile>& inputs) {
    std::vector<SectionDigest> digests;
    const Node root = parse_document(effective);
    const bool shared = shares_population(root);
    for (const Member& section : root.members) {
        if (section.key == "scenario") continue;
        Node reduced = section.value;
        std::erase_if(reduced.members, [&](const Member& member) { return !counts(section.key, member.key, shared); });
        if (reduced.is_table() && reduced.members.empty()) continue; // an empty section is as good as none
        digests.push_back({section.key, short_digest(canonical(reduced))});
    }
    std::string files;
    for (const InputFile& input : inputs) files += fmt::format("{}:{}", input.text.size(), input.text);
    if (!inputs.empty()) digests.push_back({"inputs", short_digest(files)});
    std::sort(digests.begin(), digests.end(),
              [](const SectionDigest& a, const SectionDigest& b) { return a.section < b.section; });
    return digests;
}

bool seed_draws_population(const std::string& effective) {
    const Node root = parse_document(effective);
    if (!shares_population(root) || root.find("run")->find("population_seed") != nullptr) return false;
    const Node* cohorts = root.find("cohort");
    return cohorts != nullptr && std::any_of(cohorts->items.begin(), cohorts->items.end(), [](const Node& cohort) {
               return cohort.find("accounts_from") == nullptr;
           });
}

} // namespace plunge
