// The answer of `plunge rare` in words and as JSON.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "models/common/field.hpp"
#include "sim/driver/event_worlds.hpp"
#include "sim/driver/importance.hpp"
#include "sim/driver/splitting.hpp"
#include "sim/stats/column.hpp"
#include "sim/stats/interval.hpp"

namespace plunge {

enum class RareMethod { splitting, importance, crude };
template <> struct EnumNames<RareMethod> {
    static constexpr std::array<std::string_view, 3> value{"splitting", "importance", "crude"};
};

std::string method_name(RareMethod method);

/// \throws std::invalid_argument where no method has this name.
RareMethod method_of(const std::string& name);

/// What was asked.
struct RareQuestion {
    std::string event; ///< in words
    RareQuantity quantity = RareQuantity::shortfall;
    double exceeds = 0.0;
    double fund = 0.0; ///< opening balance of the insurance funds in question [quote]
    bool adl = false;  ///< some venue in question has auto-deleveraging
    RareMethod method = RareMethod::splitting;
    double confidence = 0.95;
};

/// What all methods have to say alike.
struct RareAnswer {
    IntervalEstimate probability;
    double relative_error = 0.0; ///< standard error over the estimate; infinite where the event was not seen
    std::uint64_t worlds = 0;    ///< that were simulated
    bool interrupted = false;
    bool dead_end = false; ///< the method did not get to the event: its interval is that of counting alone
    std::string how;       ///< said after the method's name
    std::function<IntervalEstimate(double amount)> exceedance;         ///< empty where it is not known
    nlohmann::ordered_json details = nlohmann::ordered_json::object(); ///< the method's own, for --json
    std::vector<std::string> remarks;
    EventWorlds in_event;
};

RareAnswer answer_of(const RareQuestion& question, SplittingEstimate estimate, std::uint64_t particles);
RareAnswer answer_of(const RareQuestion& question, ImportanceEstimate estimate);
RareAnswer answer_of(CrudeEstimate estimate);

/// For a terminal of 80 columns. \param columns  every metric of the worlds in the event
std::string format_rare(const RareQuestion& question, const RareAnswer& answer, const std::vector<Column>& columns,
                        bool colour);

/// Everything as JSON; what is not finite is null.
std::string rare_json(const RareQuestion& question, const RareAnswer& answer, const std::vector<Column>& columns,
                      const Provenance& from);

} // namespace plunge
