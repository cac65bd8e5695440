// What a population looks like before anything happens: for `plunge validate`.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/engine/market.hpp"

namespace plunge {

/// One account of a venue at the start.
struct LargeAccount {
    std::string name;      ///< its label, or its cohort and number from 0
    double notional = 0.0; ///< of all its positions [quote]
    double equity = 0.0;   ///< wealth [quote]
    double net = 0.0;      ///< value of its positions, signed [quote]
};

struct VenueOverview {
    std::uint64_t accounts = 0;
    std::uint64_t rows = 0;
    std::uint64_t cut_at_opening = 0;   ///< accounts that wanted more leverage than the venue opens
    std::uint64_t short_at_start = 0;   ///< rows with E < M before anything has moved
    std::vector<double> long_interest;  ///< [A] quote
    std::vector<double> short_interest; ///< [A] quote
    double equity = 0.0;                ///< wealth of all rows [quote]
    std::array<double, 5>
        leverage_quantiles{};          ///< 5, 25, 50, 75, 95 % of gross notional over wealth, rows with positions
    std::vector<LargeAccount> largest; ///< five at most, by notional
};

/// One venue's rows before the first step.
/// \param population  of `market`, taken once for all venues and moves: drawing it may be most of the work
VenueOverview overview(const Market& market, const Population& population, std::size_t venue);

/// Notional of rows with E < M if every asset moved by `simple_return` at once, with no impact. Long rows' and short
/// rows' positions together.
double liquidated_at(const Market& market, const Population& population, std::size_t venue, double simple_return);

} // namespace plunge
