#include "sim/engine/venue_engine.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <type_traits>

namespace plunge {
namespace {

template <class... Listed> std::tuple<Listed...> make_acts(const VenueParts& parts, const std::tuple<Listed...>*) {
    return {Listed(parts)...};
}

// Calls `visit` with every act, in the order of the list.
template <class List, class Visit> void for_each_act(List& acts, Visit&& visit) {
    std::apply([&](auto&... act) { (visit(act), ...); }, acts);
}

} // namespace

VenueEngine::VenueEngine(const Market& market, std::uint32_t number, Search search)
    : parts_{market, number, search}, acts_{make_acts(parts_, static_cast<const Acts*>(nullptr))} {}

void VenueEngine::begin_world(const Population& population, const Lineage& lineage, bool impact,
                              std::vector<InstitutionState>& institutions) {
    parts_.begin_world(population, lineage, impact, institutions);
    for_each_act(acts_, [&](auto& act) {
        if constexpr (requires { act.begin_world(parts_); }) act.begin_world(parts_);
    });
}

std::size_t VenueEngine::steps_until_change(std::size_t t) const {
    std::size_t steps = t < parts_.session.halted_until() ? parts_.session.halted_until() - t : never;
    for_each_act(acts_, [&](const auto& act) {
        if constexpr (requires { act.steps_until_change(t); }) steps = std::min(steps, act.steps_until_change(t));
    });
    return steps;
}

std::size_t VenueEngine::first_event(Window window) {
    parts_.session.enter(window.first);
    for_each_act(acts_, [&](auto& act) {
        if constexpr (requires { act.look(window, parts_); }) act.look(window, parts_);
    });
    for_each_act(acts_, [&](auto& act) {
        if constexpr (requires { act.first_step(window, parts_); }) {
            if (window.limit > 0) window.limit = act.first_step(window, parts_);
        }
    });
    return window.limit;
}

void VenueEngine::pass(std::size_t count) {
    if (count == 0) return;
    parts_.record.step = {};
    for_each_act(acts_, [&](auto& act) {
        if constexpr (requires { act.pass(count, parts_); }) act.pass(count, parts_);
    });
}

void VenueEngine::begin_step() {
    parts_.record.step = {};
    for_each_act(acts_, [&](auto& act) {
        if constexpr (requires { act.begin_step(parts_); }) act.begin_step(parts_);
    });
}

bool VenueEngine::act(Phase phase, const Now& now) {
    bool traded = false;
    for_each_act(acts_, [&](auto& act) {
        if (std::decay_t<decltype(act)>::phase != phase) return;
        traded = act.act(now, parts_) || traded;
        assert(parts_.is_balanced());
        if (!parts_.signals.empty()) deliver_signals();
    });
    return traded;
}

void VenueEngine::deliver_signals() {
    for (const VenueParts::Announcement& heard : parts_.signals) {
        for_each_act(acts_, [&](auto& act) {
            if constexpr (requires { act.hear(heard, parts_); }) act.hear(heard, parts_);
        });
    }
    parts_.signals.clear();
}

void VenueEngine::end_step(std::size_t t) {
    for_each_act(acts_, [&](auto& act) {
        if constexpr (requires { act.end_step(parts_); }) act.end_step(parts_);
    });
    parts_.record.end_step(t, parts_.books.prices().price_at_start_of_step, parts_.books.price());
}

void VenueEngine::end_world(std::size_t steps, const IndexPath& path) {
    for_each_act(acts_, [&](auto& act) {
        if constexpr (requires { act.end_world(parts_); }) act.end_world(parts_);
    });
    parts_.record.cascades.end(parts_.record.metrics);
    parts_.record.metrics.fund_final_balance = parts_.fund_balance();
    parts_.end_world(steps, path);
}

} // namespace plunge
