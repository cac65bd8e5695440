// What an act is: something that a venue does at its time in a step, with a state of its own.
//
// An act is a class made from the venue's parts, with a `phase` and any of
//
//   void begin_world(VenueParts&)                                 puts its state back to the start
//   std::size_t steps_until_change(t) const                       how many steps from t on its rules stand still
//   void look(const Window&, VenueParts&)                         before the steps of a window are looked at
//   std::size_t first_step(const Window&, VenueParts&)            first of them in which it must act; window.limit:
//   none void pass(count, VenueParts&)                                 so many steps went by in which nothing happened
//   void begin_step(VenueParts&)                                  a step begins in which something happens
//   bool act(const Now&, VenueParts&)                             acts; whether it traded
//   void end_step(VenueParts&)                                    all phases of that step but the review are over
//   void end_world(VenueParts&)
//   void hear(const VenueParts::Announcement&, const VenueParts&) what another act has announced
//
// that it needs. Who acts when is the list's (list.hpp); the contract of each is in sim/README.md.
#pragma once

#include <concepts>
#include <cstddef>
#include <limits>
#include <string_view>

#include "sim/engine/look_ahead.hpp"
#include "sim/engine/parts/now.hpp"
#include "sim/engine/parts/venue_parts.hpp"

namespace plunge {

/// When an act has its turn, in the order of a step.
enum class Phase {
    calls,  ///< 5
    alone,  ///< 6, before the first round: what a venue does by itself; not while it is halted
    rounds, ///< 6, again and again until nobody trades; not while it is halted
    close,  ///< 7
    review, ///< the rest of 7, in quiet steps too
};

/// Steps that are looked at as if nobody traded in them.
struct Window {
    std::size_t first;
    std::size_t limit; ///< so many of them
    const LookAhead& ahead;
    const IndexPath& path;
};

inline constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

template <class A>
concept Act = std::constructible_from<A, const VenueParts&> && requires(A act, const Now& now, VenueParts& venue) {
    { A::phase } -> std::convertible_to<Phase>;
    { A::name } -> std::convertible_to<std::string_view>;
    { act.act(now, venue) } -> std::same_as<bool>;
};

} // namespace plunge
