// Marks that print wrong, or stand still, for a time: what a venue's oracle or price source does apart from the market.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <tuple>

#include "models/common/check.hpp"
#include "models/common/values.hpp"

namespace plunge {

/// From `from` until `to` the marks of an asset at a venue are `factor` times what they would be, or what they were
/// just before. Traded prices know nothing of it.
struct ScriptedOracle {
    double from_seconds = 0.0;
    double to_seconds = 0.0;
    std::string asset; ///< symbol; empty: every asset
    double factor = 1.0;
    bool frozen = false;
    std::optional<std::size_t> index; ///< of `asset`

    static Findings check(const ScriptedOracle& oracle, const CheckContext& context) {
        Findings findings;
        if (!(oracle.from_seconds < oracle.to_seconds)) {
            findings.push_back({"to", "must be later than `from`", "marks are wrong from `from` until `to`"});
        }
        if (oracle.frozen && context.given("factor")) {
            findings.push_back({"factor", "marks that stand still have no factor", "give factor or frozen, not both"});
        } else if (!oracle.frozen) {
            check_given(findings, context, "factor", "what marks are multiplied by, as 0.65; or frozen = true");
        }
        return findings;
    }

    bool is_of(std::size_t a) const { return !index || *index == a; }

    static constexpr auto fields() {
        using P = ScriptedOracle;
        return std::tuple{
            required_field("from", &P::from_seconds, Unit::duration, not_negative,
                           "first time at which marks are wrong"),
            required_field("to", &P::to_seconds, Unit::duration, positive,
                           "first time at which they are right again; beyond the horizon: never"),
            optional_field("asset", &P::asset, Unit::none, any_number,
                           "symbol of the asset whose marks it is about; every asset where left out"),
            optional_field("factor", &P::factor, Unit::none, positive,
                           "marks are this multiple of what they would be: 0.65 prints 35 % too low"),
            optional_field("frozen", &P::frozen, Unit::none, any_number,
                           "true: marks stand where they stood in the step before `from`, instead of `factor`")};
    }
};

} // namespace plunge
