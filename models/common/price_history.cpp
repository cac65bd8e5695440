#include "models/common/price_history.hpp"

#include <algorithm>
#include <vector>

#include "models/common/text.hpp"

namespace plunge {

RowSpacing spacing_of(const std::vector<double>& seconds) {
    RowSpacing spacing;
    std::vector<double> apart;
    for (std::size_t row = 1; row < seconds.size(); ++row) {
        apart.push_back(seconds[row] - seconds[row - 1]);
        if (apart.back() <= spacing.largest_seconds) continue;
        spacing.largest_seconds = apart.back();
        spacing.largest_after = row - 1;
    }
    const auto middle = apart.begin() + static_cast<std::ptrdiff_t>((apart.size() - 1) / 2);
    std::nth_element(apart.begin(), middle, apart.end());
    spacing.usual_seconds = *middle;
    return spacing;
}

void check_gaps(Findings& findings, const std::string& key, const PriceTable& table, const HistoryReading& reading,
                const InputContext& context, double from, double to) {
    constexpr double usual_spacings = 5.0;
    constexpr double rounding = 1e-6; // seconds
    const bool given = reading.max_gap_seconds > 0.0;
    const double usual = spacing_of(table.seconds).usual_seconds;
    const double limit = given ? reading.max_gap_seconds : std::max(usual_spacings * usual, context.step_seconds);
    std::size_t too_long = 0;
    std::size_t worst = 0;
    double longest = 0.0;
    for (std::size_t row = 1; row < table.seconds.size(); ++row) {
        const double gap = table.seconds[row] - table.seconds[row - 1];
        if (gap <= limit + rounding || table.seconds[row] <= from || table.seconds[row - 1] >= to) continue;
        ++too_long;
        if (gap <= longest) continue;
        longest = gap;
        worst = row;
    }
    if (too_long == 0) return;
    const std::string others = too_long > 1 ? ", the longest of " + counted(too_long, "such gap") : "";
    findings.push_back({key,
                        "no row between " + time_text(table.seconds[worst - 1]) + " and " +
                            time_text(table.seconds[worst]) + ": " + rounded_duration(longest) + others +
                            (given ? ", more than max_gap" : ", where rows are " + rounded_duration(usual) + " apart"),
                        "prices would be a straight line there; add the missing rows, or allow it with max_gap = \"" +
                            rounded_duration(longest) + "\""});
}

} // namespace plunge
