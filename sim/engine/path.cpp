#include "sim/engine/path.hpp"

#include <algorithm>
#include <variant>

#include "models/price/registry.hpp"
#include "models/random/elementary_block.hpp"
#include "sim/engine/lineage.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/price_range.hpp"

namespace plunge {

void IndexPath::set_size(std::size_t assets, std::size_t steps) {
    constexpr std::size_t alignment = 8;
    assets_ = assets;
    steps_ = steps;
    stride_ = (steps + 1 + alignment - 1) / alignment * alignment;
    log_move_.resize(assets * stride_);
    price_.resize(assets * stride_);
    blocks_ = steps / range_block + 1;
    block_low_.resize(assets * blocks_);
    block_high_.resize(assets * blocks_);
}

void IndexPath::generate(const Market& market, const Lineage& lineage, Tilting* tilting) {
    set_size(market.assets(), market.steps());
    draw_returns(market, lineage, tilting);
    accumulate(market.driven().size());
    if (!market.wrapped().empty()) follow_underlyings(market);
    const std::vector<double>& shock = market.shock_path();
    for (std::size_t a = 0; a < assets_ && !shock.empty(); ++a) {
        for (std::size_t t = 0; t <= steps_; ++t) log_move_[a * stride_ + t] += shock[a * (steps_ + 1) + t];
    }
    price_from_log(market.initial_price());
}

// Log returns in the places of the log moves that they will become.
void IndexPath::draw_returns(const Market& market, const Lineage& lineage, Tilting* tilting) {
    const RunSettings& run = market.scenario().run;
    for (std::size_t a = 0; a < assets_; ++a) log_move_[a * stride_] = 0.0;
    const PathSource source{run.seed, run.antithetic, market.quasi_paths() ? &*market.quasi_paths() : nullptr};
    using States = StatesOf<PriceModels>::type;
    if (!states_.has_value()) states_.emplace<States>();
    States& states = *std::any_cast<States>(&states_);
    std::visit(
        [&]<class Process>(const Process& process) {
            auto& state = std::get<typename Process::State>(states);
            process.start(state);
            innovations_.begin(process.drivers(), source, lineage.branches(), tilting);
            go_forward(process, state, innovations_, 0, steps_, log_move_.data() + 1, stride_);
        },
        market.process());
}

void IndexPath::assign(const std::vector<double>& log_moves, const std::vector<double>& initial_price) {
    set_size(initial_price.size(), log_moves.size() / initial_price.size() - 1);
    for (std::size_t a = 0; a < assets_; ++a) {
        std::copy_n(log_moves.data() + a * (steps_ + 1), steps_ + 1, log_move_.data() + a * stride_);
    }
    price_from_log(initial_price);
}

// Sums log returns into log moves; several assets at a time, because each sum waits for itself.
void IndexPath::accumulate(std::size_t rows) {
    constexpr std::size_t together = 4;
    for (std::size_t first = 0; first < rows; first += together) {
        double* move = log_move_.data() + first * stride_;
        switch (std::min(together, rows - first)) {
        case 1:
            sum_up<1>(move);
            break;
        case 2:
            sum_up<2>(move);
            break;
        case 3:
            sum_up<3>(move);
            break;
        default:
            sum_up<together>(move);
        }
    }
}

template <std::size_t Assets> void IndexPath::sum_up(double* move) const {
    double sum[Assets] = {};
    for (std::size_t t = 1; t <= steps_; ++t) {
        for (std::size_t a = 0; a < Assets; ++a) move[a * stride_ + t] = sum[a] += move[a * stride_ + t];
    }
}

// The process has written the rows of the assets it drives one after the other: they go to their assets' places, from
// the last on because no asset comes before its row; then those that follow are copied from them.
void IndexPath::follow_underlyings(const Market& market) {
    const auto row = [&](std::size_t a) { return log_move_.data() + a * stride_; };
    const std::vector<std::size_t>& driven = market.driven();
    for (std::size_t d = driven.size(); d-- > 0;) {
        if (driven[d] != d) std::copy_n(row(d), steps_ + 1, row(driven[d]));
    }
    for (const WrappedAsset& wrapped : market.wrapped()) {
        double* move = row(wrapped.asset);
        std::copy_n(row(wrapped.underlying), steps_ + 1, move);
        double basis = wrapped.basis.start();
        std::size_t end = 0;
        for (std::size_t first = 0; first < steps_; first = end) {
            end = innovations_.branch_end(first, steps_);
            const double* normals = innovations_.basis_normals(wrapped.asset, first, end - first);
            basis = wrapped.basis.add_to(normals, end - first, basis, move + 1 + first);
        }
    }
}

void IndexPath::price_from_log(const std::vector<double>& initial_price) {
    for (std::size_t a = 0; a < assets_; ++a) {
        double* price = price_.data() + a * stride_;
        fill_exp(log_move_.data() + a * stride_, steps_ + 1, price);
        for (std::size_t b = 0; b < blocks_; ++b) {
            double* block = price + b * range_block;
            const std::size_t count = std::min(range_block, steps_ + 1 - b * range_block);
            const PriceRange range = scale_in_place(block, initial_price[a], count);
            block_low_[a * blocks_ + b] = range.low;
            block_high_[a * blocks_ + b] = range.high;
        }
    }
}

void IndexPath::range(std::size_t first, std::size_t last, double* low, double* high) const {
    const std::size_t block = first / range_block;
    const std::size_t count = last / range_block + 1 - block;
    for (std::size_t a = 0; a < assets_; ++a) {
        low[a] = range_of(block_low_.data() + a * blocks_ + block, count).low;
        high[a] = range_of(block_high_.data() + a * blocks_ + block, count).high;
    }
}

double IndexPath::max_drawdown(std::size_t asset) const {
    Drawdown record(price(asset, 0));
    for (std::size_t b = 0; b < blocks_; ++b) {
        const std::size_t begin = b * range_block;
        record.observe(prices(asset) + begin, std::min(range_block, steps_ + 1 - begin),
                       {block_low_[asset * blocks_ + b], block_high_[asset * blocks_ + b]});
    }
    return record.drawdown();
}

} // namespace plunge
