#include "sim/engine/step_series.hpp"

#include "sim/engine/market.hpp"

namespace plunge {

SeriesTrack::SeriesTrack(const SeriesColumn& column, std::size_t asset, const Market& market, double open_interest)
    : column_{&column}, asset_{asset}, varies_{column.varies == nullptr || column.varies(market)},
      quiet_{varies_ ? column.quiet : Quiet::stays},
      resolution_{column.at_start(market, asset, open_interest), column.mantissa_bits}, scale_{resolution_},
      codes_(quiet_ == Quiet::moves ? market.steps() + 1 : 0) {}

StepSeries step_series(const Market& market, double open_interest) {
    StepSeries series;
    for (const SeriesColumn& column : series_columns()) {
        const std::size_t tracks = column.per_asset ? market.assets() : 1;
        for (std::size_t a = 0; a < tracks; ++a) series.emplace_back(column, a, market, open_interest);
    }
    return series;
}

} // namespace plunge
