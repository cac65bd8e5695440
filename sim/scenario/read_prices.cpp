#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "sim/scenario/durations.hpp"
#include "sim/scenario/input_tables.hpp"
#include "sim/scenario/read_fields.hpp"
#include "sim/scenario/read_sections.hpp"

namespace plunge {
namespace {

// While it lives, only the assets that the price process drives can be spoken of.
class DrivenSymbols {
  public:
    DrivenSymbols(ReadContext& context, const Scenario& scenario) : context_{context}, all_{context.symbols} {
        context.symbols.clear();
        for (std::size_t a = 0; a < all_.size(); ++a) {
            (scenario.assets[a].underlying.empty() ? context.symbols : context.wrapped).push_back(all_[a]);
        }
    }
    ~DrivenSymbols() {
        context_.symbols = std::move(all_);
        context_.wrapped.clear();
    }
    DrivenSymbols(const DrivenSymbols&) = delete;
    DrivenSymbols& operator=(const DrivenSymbols&) = delete;

  private:
    ReadContext& context_;
    std::vector<std::string> all_;
};

bool finish_replay(ReadContext& context, const Node& table, const std::string& path, const RunSettings& run,
                   Replay::Params& replay) {
    if (replay.file.text.empty() && table.find("file") == nullptr) return false; // reported already
    if (!read_prices_csv(context, replay.file, replay.table)) return false;
    const double first = replay.table.seconds.front();
    const double last = replay.table.seconds.back();
    replay.start_seconds = first;
    if (const Node* start = table.find("start")) {
        const auto seconds = parse_time(replay.start);
        if (!seconds) {
            context.error(*start, join_path(path, "start"), "must be a time, written as in the file");
            return false;
        }
        if (*seconds < first || *seconds > last) {
            context.error(*start, join_path(path, "start"),
                          fmt::format("the file covers {:.10g} to {:.10g} seconds since 1970, this is {:.10g}", first,
                                      last, *seconds));
            return false;
        }
        replay.start_seconds = *seconds;
    }
    const double covered = std::floor((last - replay.start_seconds) / run.step_seconds + 1e-9);
    if (covered >= static_cast<double>(run.steps())) return true;
    context.error(node_or_table(table, "file"), join_path(path, "file"),
                  fmt::format("covers {} from the start: the horizon is {}",
                              format_duration(last - replay.start_seconds), format_duration(run.horizon_seconds)),
                  "shorten run.horizon, or start earlier");
    return false;
}

} // namespace

bool read_prices(ReadContext& context, const Node& table, const std::string& path, const RunSettings& run,
                 Scenario& scenario) {
    const std::size_t errors_before = context.error_count();
    if (!expect_table(context, table, path)) return false;
    {
        const DrivenSymbols driven(context, scenario);
        const bool good = read_family(context, table, path, {"model", "price model"}, PriceModels{}, {"shock"},
                                      scenario.prices);
        if (auto* replay = std::get_if<Replay::Params>(&scenario.prices)) {
            if (run.paths == PathSampling::sobol) {
                context.error(node_or_table(table, "model"), join_path(path, "model"),
                              "the same path in every world: run.paths = \"sobol\" has nothing to draw",
                              "use run.paths = \"pseudo\"");
            }
            // The file is worth checking only for assets that are themselves right.
            if (good && !context.symbols.empty()) finish_replay(context, table, path, run, *replay);
        }
    }
    if (const Node* shocks = table.find("shock")) {
        const FieldInfo info{.key = "shock", .range = any_number, .meaning = ""};
        read_value(context, *shocks, join_path(path, "shock"), info, scenario.shocks);
    }
    return context.error_count() == errors_before;
}

} // namespace plunge
