#include "sim/stats/summary.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "models/waterfall/layers.hpp"
#include "sim/engine/result_columns.hpp"
#include "sim/scenario/randomness.hpp"
#include "sim/stats/difference.hpp"
#include "sim/stats/observations.hpp"
#include "sim/stats/order_statistic.hpp"
#include "sim/stats/quantile_interval.hpp"

namespace plunge {

namespace {

constexpr double normal_975 = 1.959963984540054; ///< 97.5 % quantile of the standard normal distribution

/// The number of worlds whose value in the named column satisfies `condition`; 0 where there is no such column.
template <class Condition>
std::uint64_t count_worlds(const std::vector<Column>& columns, std::string_view name, const Condition& condition) {
    for (const Column& column : columns)
        if (column.name == name)
            return static_cast<std::uint64_t>(std::count_if(column.values.begin(), column.values.end(), condition));
    return 0;
}

/// A column of one number per world; NaN has one bit pattern. \param value  value(world result) is the number.
template <class Row, class Value>
Column make_column(std::span<const WorldResult> worlds, const Row& row, const std::string& suffix, const Value& value) {
    Column column{std::string(row.name) + suffix, std::string(row.units), std::string(row.description), {}};
    column.values.reserve(worlds.size());
    for (const WorldResult& world : worlds) {
        const auto number = static_cast<double>(value(world));
        column.values.push_back(std::isnan(number) ? not_a_number : number);
    }
    return column;
}

} // namespace

Dependence dependence_of(const RunSettings& run) {
    if (run.paths == PathSampling::sobol) return Dependence::replications;
    return run.antithetic ? Dependence::pairs : Dependence::none;
}

SummaryInput summary_input(const Scenario& scenario, const RunResult& result) {
    SummaryInput input;
    input.title = scenario.header.name;
    input.worlds = result.worlds.size();
    input.worlds_requested = result.worlds_requested;
    input.dependence = dependence_of(scenario.run);
    for (const double notional : result.initial_open_interest) input.initial_open_interest += notional;

    std::vector<double> funds;
    std::vector<std::vector<double>> minima;
    for (std::size_t v = 0; v < scenario.venues.size(); ++v) {
        funds.push_back(initial_fund_balance(scenario.venues[v].waterfall));
        input.initial_fund_balance += funds.back();
        std::vector<double>& lowest = minima.emplace_back();
        for (const WorldResult& world : result.worlds) lowest.push_back(world.venues.at(v).fund_min_balance);
    }
    input.fund_exhausted = count_fund_exhausted(funds, minima);

    input.columns = world_columns(scenario, result.worlds);
    input.deterministic = why_worlds_are_equal(scenario).has_value();
    input.left_out = left_out_of_intervals(scenario).value_or("");
    input.cascade_threshold = scenario.record.cascade_threshold;
    if (keeps_contagion(scenario)) {
        ContagionSummary& contagion = input.contagion.emplace();
        for (const Asset& asset : scenario.assets) contagion.assets.push_back(asset.symbol);
        const std::size_t cells = scenario.assets.size() * scenario.assets.size();
        contagion.mean = mean_matrix(result.worlds, &WorldResult::contagion, cells);
        if (scenario.record.counterfactual)
            contagion.without_impact = mean_matrix(result.worlds, &WorldResult::counterfactual_contagion, cells);
    }
    const std::vector<std::string> labels = account_labels(scenario);
    for (std::size_t i = 0; i < result.accounts.size(); ++i) {
        const AccountSummary& account = result.accounts[i];
        input.accounts.push_back({labels.at(i), scenario.cohorts.at(account.cohort).name, account});
    }
    return input;
}

bool keeps_contagion(const Scenario& scenario) { return scenario.record.contagion && scenario.assets.size() > 1; }

std::vector<std::string> account_labels(const Scenario& scenario) {
    std::vector<std::string> labels;
    for (const Cohort& cohort : scenario.cohorts)
        if (cohort.explicit_accounts)
            labels.insert(labels.end(), cohort.explicit_accounts->label.begin(), cohort.explicit_accounts->label.end());
    return labels;
}

std::vector<double> mean_matrix(std::span<const WorldResult> worlds, std::vector<double> WorldResult::*matrix,
                                std::size_t size) {
    std::vector<double> mean(size, 0.0);
    for (const WorldResult& world : worlds)
        for (std::size_t i = 0; i < (world.*matrix).size(); ++i) mean.at(i) += (world.*matrix)[i];
    for (double& cell : mean) cell /= static_cast<double>(worlds.size());
    return mean;
}

double ContagionSummary::share_between_assets(const std::vector<double>& matrix) {
    const auto assets = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(matrix.size()))));
    double all = 0.0;
    double between = 0.0;
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        all += matrix[i];
        if (i / assets != i % assets) between += matrix[i];
    }
    return all > 0.0 ? between / all : not_a_number;
}

std::vector<Column> world_columns(const Scenario& scenario, std::span<const WorldResult> worlds) {
    std::vector<Column> columns;
    const auto add = [&](const auto& row, const std::string& suffix, const auto& value) {
        columns.push_back(make_column(worlds, row, suffix, value));
    };
    for_each_column(venue_metrics(), [&](const auto& row) {
        add(row, "", [&](const WorldResult& world) { return across_venues(row, world.venues); });
    });
    add(amplification_metric, "", [](const WorldResult& world) { return world.amplification; });
    if (scenario.record.counterfactual)
        for_each_column(counterfactual_metrics(), [&](const auto& row) {
            add(row, "", [&](const WorldResult& world) { return world.counterfactual.*row.member; });
        });
    if (!scenario.institutions.empty())
        for_each_column(network_metrics(), [&](const auto& row) {
            add(row, "", [&](const WorldResult& world) { return world.network.*row.member; });
        });
    for_each_column(asset_metrics(), [&](const auto& row) {
        for (std::size_t a = 0; a < scenario.assets.size(); ++a)
            add(row, "." + scenario.assets[a].symbol,
                [&](const WorldResult& world) { return world.assets.at(a).*row.member; });
    });
    return columns;
}

std::uint64_t count_fund_exhausted(const std::vector<double>& initial, const std::vector<std::vector<double>>& minima) {
    std::uint64_t count = 0;
    const std::size_t worlds = minima.empty() ? 0 : minima.front().size();
    for (std::size_t w = 0; w < worlds; ++w) {
        bool exhausted = false;
        for (std::size_t v = 0; v < initial.size(); ++v)
            exhausted = exhausted || (initial[v] > 0.0 && minima.at(v).at(w) <= 0.0);
        count += exhausted ? 1U : 0U;
    }
    return count;
}

ColumnSummary summarize_column(const Column& column, Dependence dependence) {
    ColumnSummary summary{column.name, column.units, column.long_name};
    std::vector<double> values = present_values(column.values);
    summary.count = values.size();
    summary.missing = column.values.size() - values.size();

    const MeanEstimate plain = estimate_mean(values);
    summary.mean = plain.mean;
    summary.standard_error = dependence == Dependence::none
                                 ? plain.standard_error
                                 : estimate_mean(independent_values(column.values, dependence)).standard_error;
    std::sort(values.begin(), values.end());
    for (std::size_t i = 0; i < summary_probabilities.size(); ++i)
        summary.quantiles[i] = order_statistic(values, summary_probabilities[i]);
    if (!values.empty()) {
        summary.smallest = values.front();
        summary.largest = values.back();
    }
    return summary;
}

Share make_share(std::string name, std::string long_name, std::uint64_t count, std::uint64_t worlds) {
    if (count > worlds) throw std::invalid_argument(name + ": more worlds counted than there are");
    Share share{std::move(name), std::move(long_name), count, worlds};
    if (worlds == 0) return share;
    const auto n = static_cast<double>(worlds);
    const double p = static_cast<double>(count) / n;
    const double z2 = normal_975 * normal_975;
    const double centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    const double half = normal_975 * std::sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n)) / (1.0 + z2 / n);
    share.share = p;
    // At the ends the bound is exact; the formula would leave rounding errors there.
    share.low = count == 0 ? 0.0 : centre - half;
    share.high = count == worlds ? 1.0 : centre + half;
    return share;
}

Summary summarize(const SummaryInput& input) {
    Summary summary{input.title,
                    input.worlds,
                    input.worlds_requested,
                    input.initial_fund_balance,
                    input.initial_open_interest,
                    {},
                    {},
                    input.contagion,
                    input.accounts,
                    {},
                    input.deterministic,
                    input.left_out};
    const auto positive_value = [](double value) { return value > 0.0; };
    const auto add_share = [&](const char* name, const char* meaning, std::uint64_t count) {
        Share& share = summary.shares.emplace_back(make_share(name, meaning, count, input.worlds));
        if (input.deterministic) share.low = share.high = not_a_number;
    };
    // Any forced sale is no cascade: one that others' sales have caused is, or one as large as the scenario says.
    add_share("liquidation", "a forced liquidation", count_worlds(input.columns, "liquidations", positive_value));
    if (input.cascade_threshold > 0.0) {
        const std::string meaning = "a cascade, " + format_number(input.cascade_threshold) + " USD or more";
        add_share("cascade", meaning.c_str(),
                  count_worlds(input.columns, "largest_cascade_notional",
                               [&](double notional) { return notional >= input.cascade_threshold; }));
    } else {
        add_share("cascade", "a cascade, endogenous liquidations",
                  count_worlds(input.columns, "endogenous_notional", positive_value));
    }
    if (input.initial_fund_balance > 0.0)
        add_share("fund_exhausted", "the insurance fund exhausted", input.fund_exhausted);
    add_share("adl", "auto-deleveraging", count_worlds(input.columns, "adl_notional", positive_value));
    add_share("insolvent", "uncovered losses", count_worlds(input.columns, "insolvent", positive_value));
    add_share("open_insolvent", "insolvent accounts still open",
              count_worlds(input.columns, "open_insolvent_accounts", positive_value));
    const auto add_risk = [&](const char* name, const char* meaning, std::string_view metric) {
        const auto column = std::find_if(input.columns.begin(), input.columns.end(),
                                         [&](const Column& candidate) { return candidate.name == metric; });
        if (column == input.columns.end() || column->values.empty()) return;
        std::vector<double> values = column->values;
        std::sort(values.begin(), values.end());
        for (const double probability : risk_probabilities) {
            IntervalEstimate value = estimate_quantile(values, probability, 0.95).value;
            if (input.deterministic) value.low = value.high = not_a_number;
            summary.risks.push_back({name, meaning, std::string(metric), probability, value});
        }
    };
    add_risk("value_at_risk", "value at risk", "loss_beyond_bankruptcy");
    add_risk("liquidations_at_risk", "liquidations at risk", "liquidated_notional");
    for (const Column& column : input.columns) summary.columns.push_back(summarize_column(column, input.dependence));
    return summary;
}

} // namespace plunge
