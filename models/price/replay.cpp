#include "models/price/replay.hpp"

#include <algorithm>
#include <cmath>

#include "models/common/text.hpp"
#include "models/price/correlation.hpp"
#include "models/random/elementary.hpp"

namespace plunge {

Findings Replay::finish(Params& params, const InputContext& context) {
    if (params.file.text.empty() && !context.given("file")) return {}; // reported already
    if (!context.read_prices(params.file, params, params.table)) return {};
    const double first = params.table.seconds.front();
    const double last = params.table.seconds.back();
    params.start_seconds = first;
    if (context.given("start")) {
        const auto seconds = context.parse_time(params.start);
        if (!seconds) return {{"start", "must be a time, written as in the file"}};
        if (*seconds < first || *seconds > last) {
            return {{"start", "the file covers " + time_text(first) + " to " + time_text(last) + ", this is " +
                                  time_text(*seconds)}};
        }
        params.start_seconds = *seconds;
    }
    const double covered = std::floor((last - params.start_seconds) / context.step_seconds + 1e-9);
    if (covered < static_cast<double>(context.steps)) {
        return {{"file",
                 "covers " + format_duration(last - params.start_seconds) + " from the start: the horizon is " +
                     format_duration(context.horizon_seconds),
                 "shorten run.horizon, or start earlier"}};
    }
    Findings findings;
    check_gaps(findings, "file", params.table, params, context, params.start_seconds,
               params.start_seconds + context.horizon_seconds);
    if (findings.empty()) context.tell(params.file, params.table, params.start_seconds);
    return findings;
}

Replay::Replay(const Params& params, std::size_t assets, double step_seconds)
    : assets_{assets}, step_seconds_{step_seconds}, start_{params.start_seconds}, seconds_{params.table.seconds} {
    log_closes_.reserve(params.table.closes.size());
    for (const double close : params.table.closes) log_closes_.push_back(det_log(close));
    const SquareMatrix products = summed_return_products();
    SquareMatrix correlation = SquareMatrix::identity(assets);
    for (std::size_t a = 0; a < assets; ++a) {
        const double measured = products(a, a) / (seconds_.back() - seconds_.front()) * seconds_per_year;
        volatility_.push_back(params.volatility.empty() ? std::sqrt(measured) : params.volatility[a]);
        for (std::size_t b = 0; b < assets; ++b) {
            const double scale = std::sqrt(products(a, a) * products(b, b));
            if (a != b && scale > 0.0) correlation(a, b) = products(a, b) / scale;
        }
    }
    factor_ = correlation_factor(correlation);
    drivers_.assets = assets;
}

SquareMatrix Replay::summed_return_products() const {
    SquareMatrix sum{assets_, std::vector<double>(assets_ * assets_, 0.0)};
    for (std::size_t row = 1; row < seconds_.size(); ++row) {
        const double* now = log_closes_.data() + row * assets_;
        const double* before = now - assets_;
        for (std::size_t a = 0; a < assets_; ++a) {
            for (std::size_t b = 0; b < assets_; ++b) sum(a, b) += (now[a] - before[a]) * (now[b] - before[b]);
        }
    }
    return sum;
}

std::size_t Replay::steps_covered() const {
    return static_cast<std::size_t>(std::max(0.0, (seconds_.back() - start_) / step_seconds_ + 1e-9));
}

double Replay::log_close(double seconds, std::size_t asset) const {
    const auto above = std::upper_bound(seconds_.begin(), seconds_.end(), seconds);
    if (above == seconds_.end()) return log_closes_[(seconds_.size() - 1) * assets_ + asset];
    if (above == seconds_.begin()) return log_closes_[asset];
    const auto row = static_cast<std::size_t>(above - seconds_.begin());
    const double weight = (seconds - seconds_[row - 1]) / (seconds_[row] - seconds_[row - 1]);
    const double low = log_closes_[(row - 1) * assets_ + asset];
    return low + weight * (log_closes_[row * assets_ + asset] - low);
}

void Replay::returns(State& /*state*/, const InnovationBlock& block, double* out, std::size_t stride) const {
    for (std::size_t a = 0; a < assets_; ++a) {
        double before = log_close(start_ + static_cast<double>(block.first_step) * step_seconds_, a);
        for (std::size_t t = 0; t < block.steps; ++t) {
            const double after = log_close(start_ + static_cast<double>(block.first_step + t + 1) * step_seconds_, a);
            out[a * stride + t] = after - before;
            before = after;
        }
    }
}

} // namespace plunge
