// The contract that accounts hold: what a position is worth, its notional, and what closing it pays. Linear: quoted,
// margined and settled in the quote currency, one unit of base a contract. The one place where a quantity meets a
// price.
#pragma once

#include <cmath>

namespace plunge {

struct LinearContract {
    /// What `quantity` (signed base) is worth at `price`, its cost at entry not counted; what closing it pays [quote].
    static double value(double quantity, double price) { return quantity * price; }

    /// The size of a position [quote, not negative].
    static double notional(double quantity, double price) { return std::fabs(quantity) * price; }

    /// Profit since entry [quote].
    static double profit(double quantity, double entry, double price) { return quantity * (price - entry); }
};

} // namespace plunge
