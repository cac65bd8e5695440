// The contract that accounts hold: what a position is worth, its notional, and what closing it pays. Linear: quoted,
// margined and settled in the quote currency, one unit of base a contract. The one place where a position meets a
// price.
#pragma once

#include <cmath>

#include "models/contract/family.hpp"

namespace plunge {

struct LinearContract {
    static constexpr bool is_linear_in_prices = true;

    /// What `quantity` (signed base) is worth at `price`, its cost at entry not counted; what closing it pays [quote].
    /// Of arrays, element by element.
    template <class Quantity, class Price> static auto value(const Quantity& quantity, const Price& price) {
        return quantity * price;
    }

    /// The size of a position [quote, not negative].
    static double notional(double quantity, double price) { return std::fabs(quantity) * price; }

    /// Profit since entry [quote].
    static double profit(double quantity, double entry, double price) { return quantity * (price - entry); }

    /// The position that is worth `value` at `price`.
    static double quantity(double value, double price) { return value / price; }

    /// What equity gains per unit of price: the position whose value moves as a position and `collateral` coins, of
    /// which the share `kept` counts, do together.
    static double weight(double quantity, double collateral, double kept) { return quantity + kept * collateral; }
};

static_assert(ContractModel<LinearContract>);

} // namespace plunge
