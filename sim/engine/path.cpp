#include "sim/engine/path.hpp"

#include <algorithm>

#include "models/random/normal_block.hpp"
#include "sim/engine/market.hpp"

namespace plunge {

void IndexPath::generate(const Market& market, std::uint64_t world) {
    constexpr std::size_t block_steps = 512;
    const RunSettings& run = market.scenario().run;
    assets_ = market.assets();
    steps_ = market.steps();
    log_move_.resize((steps_ + 1) * assets_);
    std::fill_n(log_move_.begin(), assets_, 0.0);
    const PathKey key{run.seed, world, run.antithetic};
    std::visit(
        [&](const auto& process) {
            for (std::size_t first = 0; first < steps_; first += block_steps) {
                process.fill(key, first, std::min(block_steps, steps_ - first),
                             log_move_.data() + (first + 1) * assets_);
            }
        },
        market.process());
    for (std::size_t i = assets_; i < log_move_.size(); ++i) log_move_[i] += log_move_[i - assets_];
    const std::vector<double>& shock = market.shock_path();
    for (std::size_t i = 0; i < shock.size(); ++i) log_move_[i] += shock[i];
    price_from_log(market.initial_price());
}

void IndexPath::assign(const std::vector<double>& log_moves, const std::vector<double>& initial_price) {
    assets_ = initial_price.size();
    steps_ = log_moves.size() / assets_ - 1;
    log_move_ = log_moves;
    price_from_log(initial_price);
}

void IndexPath::price_from_log(const std::vector<double>& initial_price) {
    price_.resize(log_move_.size());
    fill_exp(log_move_.data(), log_move_.size(), price_.data());
    const std::size_t blocks = steps_ / range_block + 1;
    block_low_.resize(blocks * assets_);
    block_high_.resize(blocks * assets_);
    for (std::size_t b = 0; b < blocks; ++b) {
        const std::size_t end = std::min((b + 1) * range_block, steps_ + 1);
        for (std::size_t a = 0; a < assets_; ++a) {
            double low = price_[b * range_block * assets_ + a] * initial_price[a];
            double high = low;
            for (std::size_t t = b * range_block; t < end; ++t) {
                double& price = price_[t * assets_ + a];
                price *= initial_price[a];
                low = std::min(low, price);
                high = std::max(high, price);
            }
            block_low_[b * assets_ + a] = low;
            block_high_[b * assets_ + a] = high;
        }
    }
}

void IndexPath::range(std::size_t first, std::size_t last, double* low, double* high) const {
    const auto widen = [&](const double* l, const double* h) {
        for (std::size_t a = 0; a < assets_; ++a) {
            low[a] = std::min(low[a], l[a]);
            high[a] = std::max(high[a], h[a]);
        }
    };
    std::copy_n(price(first), assets_, low);
    std::copy_n(price(first), assets_, high);
    std::size_t t = first;
    while (t <= last) {
        if (t % range_block == 0 && t + range_block - 1 <= last) {
            const std::size_t b = t / range_block;
            widen(block_low_.data() + b * assets_, block_high_.data() + b * assets_);
            t += range_block;
        } else {
            widen(price(t), price(t));
            ++t;
        }
    }
}

std::vector<double> IndexPath::max_drawdown() const {
    std::vector<double> result(assets_, 0.0);
    std::vector<double> peak(price_.begin(), price_.begin() + static_cast<std::ptrdiff_t>(assets_));
    for (std::size_t t = 1; t <= steps_; ++t) {
        for (std::size_t a = 0; a < assets_; ++a) {
            const double p = price_[t * assets_ + a];
            if (p > peak[a]) {
                peak[a] = p;
            } else if (p < peak[a] * (1.0 - result[a])) {
                result[a] = 1.0 - p / peak[a];
            }
        }
    }
    return result;
}

} // namespace plunge
