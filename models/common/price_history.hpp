// Files of prices: how they are to be read, and how far apart their rows may be.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/check.hpp"
#include "models/common/values.hpp"

namespace plunge {

/// What the time of a row is, where rows are bars.
enum class BarTime {
    named, ///< as its column's name says
    close,
    open
};
template <> struct EnumNames<BarTime> {
    static constexpr std::array<std::string_view, 3> value{"named", "close", "open"};
};

/// What a scenario says of a file of prices beside its name.
struct HistoryReading {
    BarTime bar_time = BarTime::named;
    double max_gap_seconds = 0.0; ///< zero: not given

    static constexpr auto reading_fields() {
        using P = HistoryReading;
        return std::tuple{
            optional_field("bar_time", &P::bar_time, Unit::none, any_number,
                           "what the times of rows are: of the bar's close, or of its open, which is shifted to the "
                           "close by the file's spacing; named: as the time column is called"),
            optional_field("max_gap", &P::max_gap_seconds, Unit::duration, positive,
                           "longest time between two rows of the file that prices may be drawn across; five times the "
                           "usual spacing, but a step at least, where left out")};
    }
};

/// How far apart rows are.
struct RowSpacing {
    double usual_seconds = 0.0; ///< median
    double largest_seconds = 0.0;
    std::size_t largest_after = 0; ///< row
};

/// \param seconds  of at least two rows
RowSpacing spacing_of(const std::vector<double>& seconds);

/// That no gap between rows of which some part lies in [from, to] is too long.
/// \param key  that names the file
void check_gaps(Findings& findings, const std::string& key, const PriceTable& table, const HistoryReading& reading,
                const InputContext& context, double from, double to);

} // namespace plunge
