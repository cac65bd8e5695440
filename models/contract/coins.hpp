// Coins of an asset, which collateral is: worth their price, whatever contract is traded on it.
#pragma once

namespace plunge {

struct Coins {
    /// What `quantity` (base, not negative) is worth at `price` [quote].
    static double value(double quantity, double price) { return quantity * price; }

    /// How many are worth `value` at `price`.
    static double quantity(double value, double price) { return value / price; }
};

} // namespace plunge
