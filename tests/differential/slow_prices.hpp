// Log returns of price processes, written a second time.
#pragma once

#include "tests/differential/quasi_paths.hpp"

namespace plunge::oracle {

/// Log returns of a world over steps in a row, [driven x steps]; the process starts with the first of them.
Vector process_returns(const Scenario& scenario, const OracleSteps& of);

} // namespace plunge::oracle
