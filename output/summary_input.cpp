#include "output/summary_input.hpp"

#include <utility>

namespace plunge {

SummaryInput summary_input(const Reader& reader) {
    SummaryInput input;
    input.title = reader.text("title");
    input.worlds = reader.worlds();
    input.worlds_requested = reader.count("worlds_requested");
    input.dependence = reader.dependence();
    input.deterministic = reader.count("deterministic") != 0;
    input.left_out = reader.text("intervals_leave_out");

    std::vector<double> funds;
    std::vector<std::vector<double>> minima;
    for (const std::string& venue : reader.venues()) {
        for (const double notional : reader.initial_open_interest(venue)) input.initial_open_interest += notional;
        funds.push_back(reader.initial_fund_balance(venue));
        input.initial_fund_balance += funds.back();
        minima.push_back(std::move(reader.venue_column(venue, "fund_min_balance").values));
    }
    input.fund_exhausted = count_fund_exhausted(funds, minima);

    input.cascade_threshold = reader.cascade_threshold();
    input.contagion = reader.mean_contagion();
    input.accounts = reader.accounts();

    for (const std::string& metric : reader.world_metrics()) input.columns.push_back(reader.world_column(metric));
    for (const std::string& metric : reader.asset_metrics())
        for (std::size_t asset = 0; asset < reader.assets().size(); ++asset)
            input.columns.push_back(reader.asset_column(metric, asset));
    return input;
}

} // namespace plunge
