// Behaviours: what account holders do by themselves.
// Registered as 10: Passive
// Registered as 20: TopUp
#pragma once

#include <string_view>
#include <tuple>

#include "models/behaviour/family.hpp"
#include "models/common/values.hpp"

namespace plunge {

/// Holds its positions and waits. Source: the baseline of every margin model.
class Passive {
  public:
    static constexpr std::string_view name = "passive";
    static constexpr std::string_view equation = "does nothing";
    static constexpr std::string_view source = "baseline";
    struct Params {
        using family = BehaviourFamily;
    };
    static constexpr auto fields() { return std::tuple<>{}; }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static BehaviourNeeds needs(const Params& /*params*/) { return {}; }
};

/// Answers a margin call, with a probability and after a delay, by paying in what restores `target` times the
/// maintenance margin at the marks of that moment, up to `limit` times its initial equity over the whole run.
/// Source: the tiered response of section 4 of the model; Brunnermeier & Pedersen (2009), Rev. Financ. Stud. 22, 2201,
/// on margin calls met from outside funds.
class TopUp {
  public:
    static constexpr std::string_view name = "top_up";
    static constexpr std::string_view equation =
        "after `delay`, with `probability`: pay max(0, min(target M - E, limit E_0 - paid before))";
    static constexpr std::string_view source = "Brunnermeier & Pedersen (2009), Rev. Financ. Stud. 22, 2201";
    struct Params {
        using family = BehaviourFamily;
        double probability = 1.0;
        double delay_seconds = 0.0;
        double target = 2.0;
        double limit = 1.0;
    };
    static constexpr auto fields() {
        return std::tuple{optional_field("probability", &Params::probability, Unit::fraction, unit_interval,
                                         "chance that one margin call is answered"),
                          optional_field("delay", &Params::delay_seconds, Unit::duration, not_negative,
                                         "time from the call to the money's arrival, rounded up to whole steps"),
                          optional_field("target", &Params::target, Unit::none, at_least_one,
                                         "equity after the top-up over the maintenance margin"),
                          optional_field("limit", &Params::limit, Unit::none, not_negative,
                                         "most that is ever paid in, over the account's equity at the start")};
    }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static BehaviourNeeds needs(const Params& /*params*/) { return {.margin_calls = true}; }
};

} // namespace plunge
