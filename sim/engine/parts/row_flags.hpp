// What has happened to a row, or to the account that it belongs to, in this world.
#pragma once

#include <cstdint>

namespace plunge {

inline constexpr std::uint8_t row_liquidated = 1;
inline constexpr std::uint8_t row_deleveraged = 2; ///< or charged with others' losses
inline constexpr std::uint8_t row_in_call = 4;
inline constexpr std::uint8_t row_in_sale = 8;  ///< owes money without a position: its collateral is being sold
inline constexpr std::uint8_t row_frozen = 16;  ///< its collateral was held at a venue that is insolvent
inline constexpr std::uint8_t row_reduced = 32; ///< to a lower leverage

} // namespace plunge
