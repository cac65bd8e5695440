#include "output/reader.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "output/errors.hpp"
#include "output/hdf5.hpp"
#include "output/open_file.hpp"
#include "sim/engine/result_columns.hpp"
#include "sim/stats/account_columns.hpp"

namespace plunge {

namespace {

using hdf5::Handle;

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
    throw OutputError(path, reason, Fault::request);
}

Column read_column(hid_t parent, const std::string& path, const std::string& name) {
    const Handle dataset = hdf5::open_dataset(parent, path);
    return {name, hdf5::read_text(dataset.get(), "units"), hdf5::read_text(dataset.get(), "comment"),
            hdf5::read_doubles(dataset.get())};
}

/// Column `index` of a table with `width` columns.
Column pick(Column table, std::size_t index, std::size_t width) {
    const std::size_t rows = width == 0 ? 0 : table.values.size() / width;
    for (std::size_t row = 0; row < rows; ++row) table.values[row] = table.values[row * width + index];
    table.values.resize(rows);
    return table;
}

template <class Value> Value read_cell(hid_t group, std::string_view name, std::uint64_t row) {
    Value value{};
    const Handle dataset = hdf5::open_dataset(group, std::string(name));
    hdf5::read_row(dataset.get(), row, hdf5::memory_type<Value>(), &value, 1);
    return value;
}

/// Fills one member of every element from a row of a [worlds x elements] dataset.
template <class Owner, class Value>
void read_cells(hid_t group, std::string_view name, std::uint64_t row, std::vector<Owner>& elements,
                Value Owner::*member) {
    std::vector<Value> values(elements.size());
    const Handle dataset = hdf5::open_dataset(group, std::string(name));
    hdf5::read_row(dataset.get(), row, hdf5::memory_type<Value>(), values.data(), values.size());
    for (std::size_t i = 0; i < elements.size(); ++i) elements[i].*member = values[i];
}

/// Names of a group's datasets with this many dimensions, coordinates left out.
std::vector<std::string> metrics_of(hid_t file, const std::string& path, std::size_t dimensions) {
    const Handle group = hdf5::open_group(file, path);
    std::vector<std::string> found;
    for (const std::string& name : hdf5::names(group.get())) {
        if (name == "world" || name == "asset" || hdf5::is_group(group.get(), name)) continue;
        const Handle dataset = hdf5::open_dataset(group.get(), name);
        if (hdf5::shape(dataset.get()).size() == dimensions) found.push_back(name);
    }
    return found;
}

std::vector<Cascade> read_cascades(hid_t file, std::uint64_t world, std::size_t assets) {
    std::vector<Cascade> cascades;
    if (!hdf5::exists(file, "cascades")) return cascades;
    const Handle group = hdf5::open_group(file, "cascades");
    // Rows are in the order of worlds.
    const Handle world_dataset = hdf5::open_dataset(group.get(), "world");
    const std::vector<std::uint64_t> worlds = hdf5::read_counts(world_dataset.get());
    const auto [first, last] = std::equal_range(worlds.begin(), worlds.end(), world);
    const Handle moves = hdf5::open_dataset(group.get(), "price_move");
    for (auto row = static_cast<std::uint64_t>(first - worlds.begin());
         row < static_cast<std::uint64_t>(last - worlds.begin()); ++row) {
        Cascade& cascade = cascades.emplace_back();
        cascade.venue = read_cell<std::uint32_t>(group.get(), "venue", row);
        for_each_column(cascade_columns(), [&]<class Value>(const ResultColumn<Cascade, Value>& column) {
            cascade.*column.member = read_cell<Value>(group.get(), column.name, row);
        });
        cascade.price_move.resize(assets);
        hdf5::read_row(moves.get(), row, hdf5::memory_type<double>(), cascade.price_move.data(), assets);
    }
    return cascades;
}

} // namespace

struct Reader::File : OpenFile {
    std::vector<std::string> assets;
    std::vector<std::string> venues;
    std::vector<std::string> cohorts;
};

template <class Read> auto Reader::guarded(const Read& read) const { return plunge::guarded(file_->path, read); }

Reader::Reader(const std::string& path) : Reader(open_result_file(path)) {}

Reader::Reader(OpenFile file) : file_(std::make_unique<File>(File{std::move(file), {}, {}, {}})) {
    if (file_->content != "run")
        refuse(path(), "holds a " + file_->content + " and not one run; `plunge show` prints it, and scripts/plunge " +
                           "reads it: plunge.load_" + (file_->content == "sweep" ? "sweep" : "rare"));
    guarded([&] {
        const auto strings = [&](const char* name) {
            const Handle dataset = hdf5::open_dataset(file_->root(), name);
            return hdf5::read_strings(dataset.get());
        };
        file_->assets = strings("worlds/asset");
        file_->cohorts = strings("cohorts/cohort");
        const Handle venues = hdf5::open_group(file_->root(), "venues");
        file_->venues = hdf5::names(venues.get());
    });
}

Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

const std::string& Reader::path() const { return file_->path; }
const std::vector<std::string>& Reader::assets() const { return file_->assets; }
const std::vector<std::string>& Reader::venues() const { return file_->venues; }
const std::vector<std::string>& Reader::cohorts() const { return file_->cohorts; }

std::string Reader::text(const std::string& attribute) const {
    return guarded([&] { return hdf5::read_text(file_->root(), attribute); });
}

std::uint64_t Reader::count(const std::string& attribute) const {
    return guarded([&] { return hdf5::read_count(file_->root(), attribute); });
}

double Reader::step_seconds() const {
    return guarded([&] { return hdf5::read_number(file_->root(), "step_seconds"); });
}

std::vector<InputFile> Reader::inputs() const {
    return guarded([&] { return read_inputs(*file_); });
}

Provenance Reader::provenance() const {
    return guarded([&] { return read_provenance(*file_); });
}

Dependence Reader::dependence() const {
    return guarded([&] { return read_dependence(*file_); });
}

std::vector<std::string> Reader::world_metrics() const {
    return guarded([&] { return metrics_of(file_->root(), "worlds", 1); });
}

std::vector<std::string> Reader::asset_metrics() const {
    return guarded([&] { return metrics_of(file_->root(), "worlds", 2); });
}

std::vector<std::string> Reader::venue_metrics(const std::string& venue) const {
    return guarded([&] { return metrics_of(file_->root(), "venues/" + venue + "/worlds", 1); });
}

bool Reader::has_counterfactual() const {
    return guarded([&] { return hdf5::exists(file_->root(), "worlds/counterfactual_shortfall"); });
}

bool Reader::has_network() const {
    return guarded([&] { return hdf5::exists(file_->root(), "worlds/institution_defaults"); });
}

Column Reader::world_column(const std::string& metric) const {
    return guarded([&] { return read_column(file_->root(), "worlds/" + metric, metric); });
}

Column Reader::asset_column(const std::string& metric, std::size_t asset) const {
    return guarded([&] {
        const std::string name = metric + "." + assets().at(asset);
        return pick(read_column(file_->root(), "worlds/" + metric, name), asset, assets().size());
    });
}

Column Reader::venue_column(const std::string& venue, const std::string& metric) const {
    return guarded([&] { return read_column(file_->root(), "venues/" + venue + "/worlds/" + metric, metric); });
}

Column Reader::cohort_column(const std::string& metric, std::size_t cohort) const {
    return guarded([&] {
        const std::string name = metric + "." + cohorts().at(cohort);
        return pick(read_column(file_->root(), "cohorts/" + metric, name), cohort, cohorts().size());
    });
}

double Reader::initial_fund_balance(const std::string& venue) const {
    return guarded([&] {
        const Handle group = hdf5::open_group(file_->root(), "venues/" + venue);
        return hdf5::read_number(group.get(), "initial_fund_balance");
    });
}

std::vector<double> Reader::initial_open_interest(const std::string& venue) const {
    return guarded([&] {
        const Handle dataset = hdf5::open_dataset(file_->root(), "venues/" + venue + "/initial_open_interest");
        return hdf5::read_doubles(dataset.get());
    });
}

double Reader::cascade_threshold() const {
    return guarded([&] { return hdf5::read_number(file_->root(), "cascade_threshold"); });
}

std::optional<ContagionSummary> Reader::mean_contagion() const {
    return guarded([&]() -> std::optional<ContagionSummary> {
        if (!hdf5::exists(file_->root(), "contagion")) return {};
        const Handle group = hdf5::open_group(file_->root(), "contagion");
        ContagionSummary contagion;
        contagion.assets = assets();
        const std::size_t cells = assets().size() * assets().size();
        const auto mean = [&](const char* name) {
            const Handle dataset = hdf5::open_dataset(group.get(), name);
            const std::vector<double> values = hdf5::read_doubles(dataset.get());
            std::vector<double> sum(cells, 0.0);
            for (std::size_t i = 0; i < values.size(); ++i) sum[i % cells] += values[i];
            for (double& cell : sum) cell /= static_cast<double>(worlds());
            return sum;
        };
        contagion.mean = mean("notional");
        if (hdf5::exists(group.get(), "counterfactual_notional"))
            contagion.without_impact = mean("counterfactual_notional");
        return contagion;
    });
}

std::vector<NamedAccount> Reader::accounts() const {
    return guarded([&] {
        std::vector<NamedAccount> accounts;
        if (!hdf5::exists(file_->root(), "accounts")) return accounts;
        const Handle group = hdf5::open_group(file_->root(), "accounts");
        const auto strings = [&](const char* name) {
            const Handle dataset = hdf5::open_dataset(group.get(), name);
            return hdf5::read_strings(dataset.get());
        };
        const std::vector<std::string> labels = strings("account");
        const std::vector<std::string> names = strings("cohort");
        for (std::size_t i = 0; i < labels.size(); ++i) {
            NamedAccount& account = accounts.emplace_back(NamedAccount{labels[i], names.at(i), {}});
            const auto cohort = std::find(cohorts().begin(), cohorts().end(), names[i]);
            account.summary.cohort = static_cast<std::size_t>(cohort - cohorts().begin());
        }
        for_each_column(account_columns(), [&]<class Value>(const ResultColumn<AccountSummary, Value>& column) {
            const Handle dataset = hdf5::open_dataset(group.get(), std::string(column.name));
            std::vector<Value> values;
            if constexpr (std::is_same_v<Value, double>) {
                values = hdf5::read_doubles(dataset.get());
            } else {
                values = hdf5::read_counts(dataset.get());
            }
            for (std::size_t i = 0; i < accounts.size(); ++i) accounts[i].summary.*column.member = values.at(i);
        });
        return accounts;
    });
}

WorldResult Reader::world(std::uint64_t index) const {
    if (index >= worlds())
        refuse(path(), "has no world " + std::to_string(index) + " (worlds 0 to " + std::to_string(worlds() - 1) + ")");
    return guarded([&] {
        const hid_t root = file_->root();
        WorldResult world;
        const Handle all = hdf5::open_group(root, "worlds");
        world.amplification = read_cell<double>(all.get(), amplification_metric.name, index);
        if (has_counterfactual())
            for_each_column(counterfactual_metrics(), [&]<class V>(const ResultColumn<CounterfactualMetrics, V>& row) {
                world.counterfactual.*row.member = read_cell<V>(all.get(), row.name, index);
            });
        if (has_network())
            for_each_column(network_metrics(), [&]<class V>(const ResultColumn<NetworkMetrics, V>& row) {
                world.network.*row.member = read_cell<V>(all.get(), row.name, index);
            });
        world.assets.resize(assets().size());
        for_each_column(plunge::asset_metrics(),
                        [&](const auto& row) { read_cells(all.get(), row.name, index, world.assets, row.member); });
        for (const std::string& name : venues()) {
            VenueMetrics& venue = world.venues.emplace_back();
            const Handle group = hdf5::open_group(root, "venues/" + name + "/worlds");
            for_each_column(plunge::venue_metrics(), [&]<class Owner, class V>(const ResultColumn<Owner, V>& row) {
                venue.*row.member = read_cell<V>(group.get(), row.name, index);
            });
        }
        world.cohorts.resize(cohorts().size());
        const Handle group = hdf5::open_group(root, "cohorts");
        for_each_column(cohort_metrics(),
                        [&](const auto& row) { read_cells(group.get(), row.name, index, world.cohorts, row.member); });
        world.cascades = read_cascades(root, index, assets().size());
        const auto read_matrix = [&](const std::string& path, std::vector<double>& matrix) {
            if (!hdf5::exists(root, "contagion") || !hdf5::exists(root, path)) return;
            matrix.resize(assets().size() * assets().size());
            const Handle dataset = hdf5::open_dataset(root, path);
            hdf5::read_row(dataset.get(), index, hdf5::memory_type<double>(), matrix.data(), matrix.size());
        };
        read_matrix("contagion/notional", world.contagion);
        read_matrix("contagion/counterfactual_notional", world.counterfactual_contagion);
        return world;
    });
}

std::vector<std::uint64_t> Reader::trace_worlds() const {
    return guarded([&] {
        std::vector<std::uint64_t> worlds;
        const Handle group = hdf5::open_group(file_->root(), "traces");
        for (const std::string& name : hdf5::names(group.get())) worlds.push_back(std::stoull(name));
        return worlds;
    });
}

WorldTrace Reader::trace(std::uint64_t world) const {
    return guarded([&] {
        if (!hdf5::exists(file_->root(), "traces/" + std::to_string(world)))
            refuse(path(), "keeps no trace of world " + std::to_string(world));
        const Handle group = hdf5::open_group(file_->root(), "traces/" + std::to_string(world));
        WorldTrace trace;
        for (const TraceColumn& column : trace_columns()) {
            const Handle dataset = hdf5::open_dataset(group.get(), std::string(column.name));
            trace[column.name] = hdf5::read_doubles(dataset.get());
        }
        return trace;
    });
}

std::vector<double> Reader::quantiles() const {
    return guarded([&] {
        const Handle dataset = hdf5::open_dataset(file_->root(), "steps/quantile");
        return hdf5::read_doubles(dataset.get());
    });
}

std::vector<std::string> Reader::bands() const {
    return guarded([&] {
        std::vector<std::string> found;
        const Handle group = hdf5::open_group(file_->root(), "steps");
        for (const std::string& name : hdf5::names(group.get()))
            if (name != "step" && name != "time" && name != "asset" && name != "quantile") found.push_back(name);
        return found;
    });
}

Column Reader::band(const std::string& quantity) const {
    return guarded([&] { return read_column(file_->root(), "steps/" + quantity, quantity); });
}

} // namespace plunge
