// A factor: keys of a scenario that take one value after another, or any value of a range.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace plunge {

struct Factor {
    enum class Kind {
        list,        ///< `1,2,4`, `limit,market`: these values
        steps,       ///< `lin(a,b,n)`, `log(a,b,n)`: n values from a to b, evenly or in equal ratios
        uniform,     ///< `uniform(a,b)`
        log_uniform, ///< `loguniform(a,b)`: the logarithm is uniform
    };

    std::string argument;          ///< as typed, `venue.impact.depth=log(1e6,1e9,4)`
    std::string name;              ///< short, for columns and dimensions; see name_factors()
    std::vector<std::string> keys; ///< as after `--set`; more than one: they take the same value
    Kind kind = Kind::list;
    std::vector<std::string> values; ///< of a list or of steps, as after `--set key=`
    double low = 0.0;                ///< of a range
    double high = 0.0;

    bool is_range() const { return kind == Kind::uniform || kind == Kind::log_uniform; }

    /// Whether every value is a number.
    bool is_numeric() const;

    /// The value at a uniform u in (0, 1): of a range its quantile, of a list one of the values, all alike.
    std::string value_at(double u) const;
};

/// Reads `KEY=SPEC`, or `KEY,KEY=SPEC` for keys that move together. Values are cut at commas outside quotes and
/// brackets, so that `{ BTC = 1e6, ETH = 5e5 }` is one. \throws ScenarioError that says which character is not as it
/// should be.
Factor parse_factor(const std::string& argument);

/// Gives every factor the shortest ending of its first key that no other factor and none of `taken` has: `depth` for
/// venue.impact.depth, `BTC.price` where another factor is ETH.price.
/// \throws ScenarioError where two factors have a key in common.
void name_factors(std::vector<Factor>& factors, const std::vector<std::string>& taken);

/// The number that a value is, as TOML writes numbers; NaN where it is none.
double number_of(const std::string& value);

} // namespace plunge
