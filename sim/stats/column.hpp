// One named quantity with its values: what summaries and comparisons are made of.
#pragma once

#include <string>
#include <vector>

namespace plunge {

struct Column {
    std::string name;
    std::string units; ///< "1" for numbers without a unit
    std::string long_name;
    std::vector<double> values; ///< NaN where the quantity does not exist
};

} // namespace plunge
