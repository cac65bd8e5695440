#include <utility>

#include "models/price/registry.hpp"
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

} // namespace

bool read_prices(ReadContext& context, const Node& table, const std::string& path, const RunSettings& run,
                 Scenario& scenario) {
    const std::size_t errors_before = context.error_count();
    if (!expect_table(context, table, path)) return false;
    {
        const DrivenSymbols driven(context, scenario);
        const bool good = read_family(context, table, path, {"model", "price model"}, PriceModels{}, {"shock"},
                                      scenario.prices);
        if (!is_drawn(scenario.prices) && run.paths == PathSampling::sobol) {
            context.error(node_or_table(table, "model"), join_path(path, "model"),
                          "the same path in every world: run.paths = \"sobol\" has nothing to draw",
                          "use run.paths = \"pseudo\"");
        }
        // A file is worth checking only for assets that are themselves right.
        if (good && !context.symbols.empty()) {
            finish_inputs(context, table, path, PriceModels{}, input_context(context, table, run, scenario.assets),
                          scenario.prices);
        }
    }
    if (const Node* shocks = table.find("shock")) {
        const FieldInfo info{.key = "shock", .range = any_number, .meaning = ""};
        read_value(context, *shocks, join_path(path, "shock"), info, scenario.shocks);
    }
    return context.error_count() == errors_before;
}

} // namespace plunge
