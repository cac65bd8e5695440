// The first difference between the oracle's world and the engine's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/engine/market.hpp"
#include "sim/engine/parts/now.hpp"
#include "sim/engine/world_result.hpp"
#include "sim/engine/world_trace.hpp"
#include "tests/differential/oracle.hpp"

namespace plunge::oracle {

/// The rows that a world of `market` starts from.
std::vector<std::vector<OracleRow>> oracle_rows(const Population& population);

/// The engine's answer.
struct EngineOutcome {
    WorldResult result;
    WorldTrace trace;
    LiquidationLog log;
};
EngineOutcome run_engine(const Market& market, std::uint64_t world);

/// Compares step by step, so that the first difference is near its cause, then the metrics. Rows, steps, rounds and
/// counts must be equal; fractions agree to 1e-8, prices to 1e-9 of themselves, money to 1e-9 of `scale`.
/// \param amplification  what rounding_amplification() gave: widens the tolerances of each step to ten times that, and
///                       ends the comparison where rounding chooses. Empty: tolerances as they are.
/// \return nothing where all agrees
std::optional<std::string> first_difference(const Scenario& scenario, const OracleOutcome& expected,
                                            const EngineOutcome& got, double scale, const Vector& amplification = {});

/// How far the oracle is from itself, in tolerances, where prices differ in their last bits: the largest distance of
/// any number up to each step, and at last up to the metrics. Infinite from where rows, rounds or counts differ.
Vector rounding_amplification(const Scenario& scenario, const OracleOutcome& expected,
                              const std::vector<OracleOutcome>& nudged, double scale);

/// What money is compared against: gross flows, and the wealth that the rows started with.
double money_scale(const Scenario& scenario, const std::vector<std::vector<OracleRow>>& rows,
                   const OracleOutcome& outcome);

} // namespace plunge::oracle
