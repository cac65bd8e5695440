#include "output/world_columns.hpp"
#include "sim/engine/result_columns.hpp"

#include <bit>
#include <cmath>
#include <concepts>
#include <tuple>
#include <vector>

namespace plunge {

static_assert(std::endian::native == std::endian::little, "the digest is defined over little-endian values");

namespace {

class ColumnBuilder {
  public:
    ColumnBuilder(std::size_t worlds, const std::function<void(const WorldColumn&)>& visit)
        : worlds_(worlds), visit_(visit) {}

    /// \param value  value(world, second) is a number; its type decides the column's.
    template <class Value>
    void add(const std::string& group, std::string_view name, std::string_view units, std::string_view long_name,
             std::string_view second, std::size_t second_size, const Value& value) {
        WorldColumn column{group, name, units, long_name, second, false, {}, {}};
        if constexpr (std::integral<decltype(value(0, 0))>) {
            fill(counts_, second_size, value);
            column.integer = true;
            column.counts = counts_;
        } else {
            fill(numbers_, second_size, value);
            for (double& number : numbers_)
                if (std::isnan(number)) number = not_a_number;
            column.numbers = numbers_;
        }
        visit_(column);
    }

  private:
    template <class Number, class Value>
    void fill(std::vector<Number>& values, std::size_t second_size, const Value& value) {
        values.resize(worlds_ * second_size);
        for (std::size_t world = 0; world < worlds_; ++world)
            for (std::size_t i = 0; i < second_size; ++i) values[world * second_size + i] = value(world, i);
    }

    std::size_t worlds_;
    const std::function<void(const WorldColumn&)>& visit_;
    std::vector<std::uint64_t> counts_;
    std::vector<double> numbers_;
};

} // namespace

void visit_world_columns(const Scenario& scenario, const RunResult& result,
                         const std::function<void(const WorldColumn&)>& visit) {
    const std::vector<WorldResult>& worlds = result.worlds;
    ColumnBuilder builder(worlds.size(), visit);

    for_each_column(venue_metrics(), [&](const auto& metric) {
        builder.add("worlds", metric.name, metric.units, metric.description, "", 1,
                    [&](std::size_t w, std::size_t) { return across_venues(metric, worlds[w].venues); });
    });
    builder.add("worlds", amplification_metric.name, amplification_metric.units, amplification_metric.description, "",
                1, [&](std::size_t w, std::size_t) { return worlds[w].amplification; });
    if (scenario.record.counterfactual)
        for_each_column(counterfactual_metrics(), [&](const auto& metric) {
            builder.add("worlds", metric.name, metric.units, metric.description, "", 1,
                        [&](std::size_t w, std::size_t) { return worlds[w].counterfactual.*metric.member; });
        });
    if (!scenario.institutions.empty())
        for_each_column(network_metrics(), [&](const auto& metric) {
            builder.add("worlds", metric.name, metric.units, metric.description, "", 1,
                        [&](std::size_t w, std::size_t) { return worlds[w].network.*metric.member; });
        });
    for_each_column(asset_metrics(), [&](const auto& metric) {
        builder.add("worlds", metric.name, metric.units, metric.description, "asset", scenario.assets.size(),
                    [&](std::size_t w, std::size_t a) { return worlds[w].assets.at(a).*metric.member; });
    });
    for (std::size_t v = 0; v < scenario.venues.size(); ++v)
        for_each_column(venue_metrics(), [&](const auto& metric) {
            builder.add("venues/" + scenario.venues[v].name + "/worlds", metric.name, metric.units, metric.description,
                        "", 1, [&](std::size_t w, std::size_t) { return worlds[w].venues.at(v).*metric.member; });
        });
    for_each_column(cohort_metrics(), [&](const auto& metric) {
        builder.add("cohorts", metric.name, metric.units, metric.description, "cohort", scenario.cohorts.size(),
                    [&](std::size_t w, std::size_t c) { return worlds[w].cohorts.at(c).*metric.member; });
    });
}

void hash_dataset(Sha256& hash, const std::string& path, const void* values, std::size_t bytes) {
    hash.update(path.c_str(), path.size() + 1);
    hash.update(values, bytes);
}

void hash_column(Sha256& hash, const WorldColumn& column) {
    static_assert(sizeof(double) == sizeof(std::uint64_t));
    hash_dataset(hash, "/" + column.group + "/" + std::string(column.name), column.data(),
                 column.size() * sizeof(double));
}

std::string results_digest(const Scenario& scenario, const RunResult& result) {
    Sha256 hash;
    visit_world_columns(scenario, result, [&](const WorldColumn& column) { hash_column(hash, column); });
    return hash.hex();
}

} // namespace plunge
