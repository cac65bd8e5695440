// Reading a result file, with the mistrust that a file from elsewhere deserves.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/common/values.hpp"
#include "sim/engine/world_result.hpp"
#include "sim/engine/world_trace.hpp"
#include "sim/stats/column.hpp"
#include "sim/stats/observations.hpp"
#include "sim/stats/provenance.hpp"
#include "sim/stats/summary.hpp"

namespace plunge {

struct OpenFile; // output/open_file.hpp

/// The open file of a run. Everything throws OutputError, naming the file, where it does not hold what is asked for.
class Reader {
  public:
    /// Opens and checks: size, magic, the trailer's digest over the whole file, format version, no links to elsewhere
    /// and no data kept elsewhere. HDF5 sees the file only once its digest is right.
    explicit Reader(const std::string& path);
    /// One that has been opened and checked.
    explicit Reader(OpenFile file);
    ~Reader();
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;

    const std::string& path() const;

    // ---- the run -----------------------------------------------------------------------------------------------

    /// A text attribute of the file: plunge_version, git_commit, created, command, title, scenario (as the file was
    /// written), scenario_effective (overrides applied), scenario_sha256, results_sha256, intervals_leave_out.
    std::string text(const std::string& attribute) const;
    /// A number attribute: seed, worlds, worlds_requested, antithetic, replications, deterministic, steps,
    /// format_version.
    std::uint64_t count(const std::string& attribute) const;
    double step_seconds() const;
    Provenance provenance() const;
    /// How its worlds hang together.
    Dependence dependence() const;
    std::uint64_t worlds() const { return count("worlds"); }

    const std::vector<std::string>& assets() const;
    const std::vector<std::string>& venues() const;
    const std::vector<std::string>& cohorts() const;

    /// Files that the scenario names, as they were when it ran.
    std::vector<InputFile> inputs() const;

    // ---- results per world -------------------------------------------------------------------------------------

    /// Metrics in /worlds with one value per world, in the order of the file.
    std::vector<std::string> world_metrics() const;
    /// Metrics in /worlds with one value per world and asset.
    std::vector<std::string> asset_metrics() const;
    /// Metrics of one venue, in the order of the file.
    std::vector<std::string> venue_metrics(const std::string& venue) const;
    bool has_counterfactual() const;
    bool has_network() const;

    /// [worlds]
    Column world_column(const std::string& metric) const;
    /// [worlds] of one asset; the column is called `metric.symbol`.
    Column asset_column(const std::string& metric, std::size_t asset) const;
    /// [worlds]
    Column venue_column(const std::string& venue, const std::string& metric) const;
    /// [worlds] of one cohort; the column is called `metric.name`.
    Column cohort_column(const std::string& metric, std::size_t cohort) const;

    /// Balance of a venue's insurance fund before the first step [quote].
    double initial_fund_balance(const std::string& venue) const;
    /// [assets], quote
    std::vector<double> initial_open_interest(const std::string& venue) const;

    /// Liquidated notional from which on a world counts as one with a cascade; zero where none was given.
    double cascade_threshold() const;
    /// Who was liquidated for losses in what, mean over worlds; nothing where it was not recorded.
    std::optional<ContagionSummary> mean_contagion() const;
    /// What became of the accounts that the scenario lists.
    std::vector<NamedAccount> accounts() const;

    /// Everything the file says about one world, bit for bit, cascades where recorded. `ledger_error` is not kept.
    WorldResult world(std::uint64_t index) const;

    // ---- over time ---------------------------------------------------------------------------------------------

    /// Worlds whose whole history is kept, ascending.
    std::vector<std::uint64_t> trace_worlds() const;
    WorldTrace trace(std::uint64_t world) const;

    std::vector<double> quantiles() const;
    /// Quantities in /steps.
    std::vector<std::string> bands() const;
    /// [steps + 1 x quantiles], or [steps + 1 x assets x quantiles]
    Column band(const std::string& quantity) const;

  private:
    struct File;
    template <class Read> auto guarded(const Read& read) const;
    std::unique_ptr<File> file_;
};

} // namespace plunge
