// What a contract says of a position, and the property of it that bounds stand on.
#pragma once

#include <concepts>

namespace plunge {

template <class Contract>
concept ContractModel = requires(double quantity, double price) {
    { Contract::value(quantity, price) } -> std::same_as<double>;
    { Contract::notional(quantity, price) } -> std::same_as<double>;
    { Contract::profit(quantity, price, price) } -> std::same_as<double>;
    { Contract::quantity(price, price) } -> std::same_as<double>;
    { Contract::is_linear_in_prices } -> std::convertible_to<bool>;
};

/// The value of a position is linear in the price, and its notional is the size of its value. Stand on it: weights of
/// rows, slack that is concave in prices, planes below it and bounds at the corners of a box (models/margin/slack.hpp),
/// hence safe radii and the search.
template <class Contract>
concept LinearInPrices = ContractModel<Contract> && Contract::is_linear_in_prices;

} // namespace plunge
