#include "sim/driver/series_bands.hpp"

#include <algorithm>
#include <ranges>
#include <string>

namespace plunge {

SeriesBands::SeriesBands(const StepSeries& series, std::size_t steps) : steps_{steps} {
    for (const SeriesTrack& track : series) {
        Track& added = tracks_.emplace_back(&track.column(), track.quiet(), RunBands(track.resolution(), steps));
        if (track.quiet() == Quiet::moves) added.bands.emplace<StepBands>(track.resolution(), steps);
    }
}

void SeriesBands::count(std::span<const StepSeries> worlds) {
    std::vector<const std::uint16_t*> histories(worlds.size());
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        auto* bands = std::get_if<StepBands>(&tracks_[i].bands);
        if (bands == nullptr) continue;
        std::transform(worlds.begin(), worlds.end(), histories.begin(),
                       [i](const StepSeries& world) { return world[i].codes().data(); });
        bands->add(histories);
    }
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        auto* bands = std::get_if<RunBands>(&tracks_[i].bands);
        for (std::size_t w = 0; w < worlds.size() && bands != nullptr; ++w) {
            std::size_t end = steps_;
            for (const StepValue& change : std::views::reverse(worlds[w][i].changes())) {
                bands->add(change.step, tracks_[i].quiet == Quiet::stays ? end : change.step + 1, change.value);
                end = change.step;
            }
        }
    }
    worlds_ += worlds.size();
}

std::vector<StepBand> SeriesBands::read(const std::vector<double>& probabilities) const {
    std::vector<StepBand> result;
    for (auto track = tracks_.begin(); track != tracks_.end();) {
        const SeriesColumn& column = *track->column;
        std::vector<std::vector<double>> of_tracks; // [T+1 x Q] each
        for (; track != tracks_.end() && track->column == &column; ++track) {
            const auto* runs = std::get_if<RunBands>(&track->bands);
            of_tracks.push_back(runs != nullptr ? runs->quantiles(worlds_, probabilities)
                                                : std::get<StepBands>(track->bands).quantiles(probabilities));
        }
        StepBand& band = result.emplace_back(StepBand{
            std::string(column.name), std::string(column.units), std::string(column.long_name), column.per_asset, {}});
        for (std::size_t t = 0; t < steps_; ++t) {
            for (const std::vector<double>& values : of_tracks) {
                const auto of_step = std::span(values).subspan(t * probabilities.size(), probabilities.size());
                band.quantiles.insert(band.quantiles.end(), of_step.begin(), of_step.end());
            }
        }
    }
    return result;
}

} // namespace plunge
