#include "output/writer.hpp"

#include <array>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "models/waterfall/layers.hpp"
#include "output/hdf5.hpp"
#include "output/result_image.hpp"
#include "output/world_columns.hpp"
#include "sim/engine/result_columns.hpp"
#include "sim/scenario/repaired_correlation.hpp"
#include "sim/sha256.hpp"
#include "sim/stats/account_columns.hpp"
#include "sim/stats/summary.hpp"

namespace plunge {

namespace {

using hdf5::Handle;

/// Flags as the CF conventions want them: numbers whose meanings stand beside them, separated by blanks.
void write_venue_meanings(hid_t dataset, const Scenario& scenario) {
    std::vector<std::uint32_t> values;
    std::string meanings;
    for (const Venue& venue : scenario.venues) {
        values.push_back(static_cast<std::uint32_t>(values.size()));
        meanings += (meanings.empty() ? "" : " ") + venue.name;
    }
    hdf5::write_attribute(dataset, "flag_values", std::span<const std::uint32_t>(values));
    hdf5::write_attribute(dataset, "flag_meanings", meanings);
}

class ResultContent {
  public:
    ResultContent(hid_t root, const ResultInfo& info, const RunResult& result)
        : root_(root), info_(info), scenario_(info.scenario.scenario), result_(result) {
        write_attributes();
        write_worlds();
        write_contagion();
        write_accounts();
        write_steps();
        write_cascades();
        write_traces();
        write_inputs(root_, info_.scenario.inputs);
        write_repaired_correlation();
        digest_ = hash_.hex();
        hdf5::write_attribute(root_, "results_sha256", digest_);
    }

    const std::string& digest() const { return digest_; }

  private:
    std::size_t time_points() const { return scenario_.run.steps() + 1; }

    Handle asset_scale(const Handle& group) const {
        std::vector<std::string> symbols;
        for (const Asset& asset : scenario_.assets) symbols.push_back(asset.symbol);
        return hdf5::write_scale(group.get(), "asset", symbols, "asset symbol");
    }

    Handle venue_scale(const Handle& group) const {
        std::vector<std::string> venue_names;
        for (const Venue& venue : scenario_.venues) venue_names.push_back(venue.name);
        return hdf5::write_scale(group.get(), "venue", venue_names, "venue name");
    }

    Handle world_scale(const Handle& group) const {
        const auto worlds = count_up(result_.worlds.size());
        return hdf5::write_scale(group.get(), "world", std::span(worlds), "", "index of the simulated world");
    }

    /// The steps as a dimension, and their times beside it.
    Handle step_scale(const Handle& group) const {
        const auto steps = count_up(time_points());
        Handle scale = hdf5::write_scale(group.get(), "step", std::span(steps), "", "step; 0 is the initial state");
        std::vector<double> times;
        for (const std::uint64_t step : steps) times.push_back(static_cast<double>(step) * scenario_.run.step_seconds);
        hdf5::write_dataset(group.get(), "time", std::span<const double>(times), {&scale}, "s",
                            "simulated time since the start");
        return scale;
    }

    void write_attributes() {
        write_identity(root_, info_, "");
        hdf5::write_attribute(root_, "worlds", std::uint64_t{result_.worlds.size()});
        hdf5::write_attribute(root_, "worlds_requested", std::uint64_t{result_.worlds_requested});
        hdf5::write_attribute(root_, "steps", std::uint64_t{scenario_.run.steps()});
        hdf5::write_attribute(root_, "step_seconds", scenario_.run.step_seconds);
        hdf5::write_attribute(root_, "cascade_threshold", scenario_.record.cascade_threshold);
    }

    /// What paths were drawn with, where that is not the scenario's matrix.
    void write_repaired_correlation() const {
        const auto repaired = repaired_correlation(scenario_);
        if (!repaired) return;
        const Handle group = hdf5::create_group(root_, "prices");
        const Handle asset = hdf5::write_scale(group.get(), "asset", repaired->symbols, "asset symbol");
        const Handle other = hdf5::write_scale(group.get(), "other_asset", repaired->symbols, "asset symbol");
        hdf5::write_dataset(group.get(), "correlation", std::span<const double>(repaired->used.values),
                            {&asset, &other}, "1", "correlation that paths were drawn with, after repair = true");
    }

    /// The groups of per-world results with their coordinates, then every column, hashed as it is written.
    void write_worlds() {
        add_group("worlds");
        scales_["worlds"]["asset"] = asset_scale(groups_["worlds"]);
        add_group("venues", false);
        for (std::size_t v = 0; v < scenario_.venues.size(); ++v) write_venue(v);
        add_group("cohorts");
        write_cohort_names();
        visit_world_columns(scenario_, result_, [this](const WorldColumn& column) {
            hash_column(hash_, column);
            auto& scales = scales_.at(column.group);
            const Handle& world = scales.at("world");
            const hid_t group = groups_.at(column.group).get();
            const auto write = [&](auto values) {
                if (column.second.empty())
                    hdf5::write_dataset(group, std::string(column.name), values, {&world}, column.units,
                                        column.long_name);
                else
                    hdf5::write_dataset(group, std::string(column.name), values,
                                        {&world, &scales.at(std::string(column.second))}, column.units,
                                        column.long_name);
            };
            if (column.integer)
                write(column.counts);
            else
                write(column.numbers);
        });
        scales_.clear();
        groups_.clear();
    }

    void add_group(const std::string& path, bool per_world = true) {
        groups_[path] = hdf5::create_group(root_, path);
        if (per_world) scales_[path]["world"] = world_scale(groups_[path]);
    }

    void write_venue(std::size_t v) {
        const Venue& venue = scenario_.venues[v];
        const std::string path = "venues/" + venue.name;
        add_group(path, false);
        const Handle& group = groups_[path];
        hdf5::write_attribute(group.get(), "impact", std::string(name_of(venue.impact)));
        hdf5::write_attribute(group.get(), "margin", std::string(name_of(venue.margin)));
        hdf5::write_attribute(group.get(), "liquidation", std::string(name_of(venue.liquidation)));
        std::string layers;
        for (const WaterfallChoice& layer : venue.waterfall)
            layers += (layers.empty() ? "" : " ") + std::string(name_of(layer));
        hdf5::write_attribute(group.get(), "waterfall", layers);
        hdf5::write_attribute(group.get(), "initial_fund_balance", initial_fund_balance(venue.waterfall));

        const std::size_t assets = scenario_.assets.size();
        if (result_.initial_open_interest.size() != scenario_.venues.size() * assets)
            throw std::logic_error("initial_open_interest is not [venues x assets]");
        const Handle asset = asset_scale(group);
        hdf5::write_dataset(group.get(), "initial_open_interest",
                            std::span(result_.initial_open_interest).subspan(v * assets, assets), {&asset}, "USD",
                            "open interest before the first step, the larger side");
        add_group(path + "/worlds");
    }

    void write_cohort_names() {
        std::vector<std::string> cohort_names;
        std::vector<std::uint32_t> venues;
        for (const Cohort& cohort : scenario_.cohorts) {
            cohort_names.push_back(cohort.name);
            venues.push_back(static_cast<std::uint32_t>(cohort.venue));
        }
        const hid_t group = groups_["cohorts"].get();
        Handle& scale = scales_["cohorts"]["cohort"];
        scale = hdf5::write_scale(group, "cohort", cohort_names, "cohort name");
        const Handle venue = hdf5::write_dataset(group, "venue", std::span<const std::uint32_t>(venues), {&scale}, "1",
                                                 "venue at which the cohort's accounts are");
        write_venue_meanings(venue.get(), scenario_);
    }

    /// Who was liquidated for losses in what: [W, A, A], dimensions of different names as netCDF wants them.
    void write_contagion() {
        if (!keeps_contagion(scenario_)) return;
        const Handle group = hdf5::create_group(root_, "contagion");
        const Handle world = world_scale(group);
        std::vector<std::string> symbols;
        for (const Asset& asset : scenario_.assets) symbols.push_back(asset.symbol);
        const Handle lost = hdf5::write_scale(group.get(), "lost_in", symbols, "asset in which accounts had lost");
        const Handle sold = hdf5::write_scale(group.get(), "sold_of", symbols, "asset of which they were liquidated");
        const auto write = [&](const char* name, std::vector<double> WorldResult::*matrix, const char* meaning) {
            const std::size_t cells = symbols.size() * symbols.size();
            std::vector<double> values;
            values.reserve(result_.worlds.size() * cells);
            for (const WorldResult& world_result : result_.worlds) {
                const std::vector<double>& of_world = world_result.*matrix;
                values.insert(values.end(), of_world.begin(), of_world.end());
                values.insert(values.end(), cells - of_world.size(), 0.0);
            }
            hdf5::write_dataset(group.get(), name, std::span<const double>(values), {&world, &lost, &sold}, "USD",
                                meaning);
        };
        write("notional", &WorldResult::contagion, "liquidated notional of one asset by accounts' losses in another");
        if (scenario_.record.counterfactual)
            write("counterfactual_notional", &WorldResult::counterfactual_contagion,
                  "the same in the same world without impact");
    }

    /// What became of the accounts that the scenario lists, over all worlds.
    void write_accounts() {
        if (result_.accounts.empty()) return;
        const Handle group = hdf5::create_group(root_, "accounts");
        const std::vector<std::string> labels = account_labels(scenario_);
        if (labels.size() != result_.accounts.size()) throw std::logic_error("accounts are not those of the scenario");
        const Handle scale = hdf5::write_scale(group.get(), "account", labels, "account, as its table names it");
        std::vector<std::string> cohorts;
        for (const AccountSummary& account : result_.accounts)
            cohorts.push_back(scenario_.cohorts.at(account.cohort).name);
        hdf5::write_dataset(group.get(), "cohort", cohorts, {&scale}, "cohort of the account");
        for_each_column(account_columns(), [&]<class Value>(const ResultColumn<AccountSummary, Value>& column) {
            std::vector<Value> values;
            for (const AccountSummary& account : result_.accounts) values.push_back(account.*column.member);
            hdf5::write_dataset(group.get(), std::string(column.name), std::span<const Value>(values), {&scale},
                                column.units, column.description);
        });
    }

    void write_steps() {
        const Handle group = hdf5::create_group(root_, "steps");
        const Handle step = step_scale(group);
        const Handle asset = asset_scale(group);
        const Handle quantile = hdf5::write_scale(group.get(), "quantile", std::span(scenario_.record.quantiles), "1",
                                                  "probability of the quantile across worlds");
        for (const StepBand& band : result_.bands) {
            const std::span values(band.quantiles);
            const Handle dataset = band.per_asset
                                       ? hdf5::write_dataset(group.get(), band.name, values, {&step, &asset, &quantile},
                                                             band.units, band.long_name)
                                       : hdf5::write_dataset(group.get(), band.name, values, {&step, &quantile},
                                                             band.units, band.long_name);
            hdf5::write_attribute(dataset.get(), "coordinates", "time");
        }
    }

    void write_cascades() {
        if (!scenario_.record.cascades) return;
        std::vector<std::uint64_t> world;
        std::vector<std::uint32_t> venue;
        for (std::size_t w = 0; w < result_.worlds.size(); ++w)
            for (const Cascade& cascade : result_.worlds[w].cascades) {
                world.push_back(w);
                venue.push_back(cascade.venue);
            }
        const std::size_t size = world.size();
        const Handle group = hdf5::create_group(root_, "cascades");
        const auto numbers = count_up(size);
        const Handle scale = hdf5::write_scale(group.get(), "cascade", std::span(numbers), "", "number of the cascade");
        const Handle asset = asset_scale(group);
        hdf5::write_dataset(group.get(), "world", std::span<const std::uint64_t>(world), {&scale}, "1",
                            "world of the cascade");
        const Handle venues = hdf5::write_dataset(group.get(), "venue", std::span<const std::uint32_t>(venue), {&scale},
                                                  "1", "venue of the cascade");
        write_venue_meanings(venues.get(), scenario_);

        for_each_column(cascade_columns(), [&]<class Value>(const ResultColumn<Cascade, Value>& column) {
            std::vector<Value> values;
            values.reserve(size);
            for_each_cascade([&](const Cascade& cascade) { values.push_back(cascade.*column.member); });
            hdf5::write_dataset(group.get(), std::string(column.name), std::span<const Value>(values), {&scale},
                                column.units, column.description);
        });
        std::vector<double> moves;
        moves.reserve(size * scenario_.assets.size());
        for_each_cascade([&](const Cascade& cascade) {
            moves.insert(moves.end(), cascade.price_move.begin(), cascade.price_move.end());
        });
        hdf5::write_dataset(group.get(), "price_move", std::span<const double>(moves), {&scale, &asset}, "1",
                            "log traded price at the end of the cascade less that at its start");
    }

    template <class Visitor> void for_each_cascade(const Visitor& visit) const {
        for (const WorldResult& world : result_.worlds)
            for (const Cascade& cascade : world.cascades) visit(cascade);
    }

    void write_traces() {
        const Handle traces = hdf5::create_group(root_, "traces");
        for (const auto& [world, trace] : result_.traces) {
            const Handle group = hdf5::create_group(traces.get(), std::to_string(world));
            const Handle step = step_scale(group);
            const Handle venue = venue_scale(group);
            const Handle asset = asset_scale(group);
            for (std::size_t c = 0; c < trace_columns().size(); ++c) {
                const TraceColumn& column = trace_columns()[c];
                const hdf5::Scales scales = column.shape() == TraceShape::asset   ? hdf5::Scales{&step, &asset}
                                            : column.shape() == TraceShape::venue ? hdf5::Scales{&step, &venue}
                                                                                  : hdf5::Scales{&step, &venue, &asset};
                const Handle dataset = hdf5::write_dataset(group.get(), std::string(column.name),
                                                           std::span<const double>(trace.columns()[c]), scales,
                                                           column.units, column.long_name);
                hdf5::write_attribute(dataset.get(), "coordinates", "time");
            }
        }
    }

    hid_t root_;
    const ResultInfo& info_;
    const Scenario& scenario_;
    const RunResult& result_;
    Sha256 hash_;
    std::string digest_;
    std::map<std::string, Handle> groups_;
    std::map<std::string, std::map<std::string, Handle>> scales_;
};

} // namespace

std::string write_results(const std::string& path, const ResultInfo& info, const RunResult& result, bool overwrite,
                          Storage storage) {
    std::string digest;
    write_result_file(path, overwrite, storage,
                      [&](hid_t root) { digest = ResultContent(root, info, result).digest(); });
    return digest;
}

} // namespace plunge
