#include "sim/driver/fund_tail.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "models/waterfall/layers.hpp"
#include "sim/driver/parallel_blocks.hpp"
#include "sim/driver/tilted_engine.hpp"
#include "sim/engine/world_numbers.hpp"

namespace plunge {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// What the search for laws follows: draws on the fund, and before there are any, prices that move against the accounts.
RareEvent draw_event(const Market& market, std::size_t venue) {
    RareEvent event;
    event.quantity = RareQuantity::fund_draw;
    event.threshold = infinity;
    event.venue = venue;
    event.toward = Toward::either;
    const std::vector<double> interest = market.initial_open_interest();
    const std::size_t assets = market.assets();
    const auto own = interest.begin() + static_cast<std::ptrdiff_t>(venue * assets);
    event.weight.assign(own, own + static_cast<std::ptrdiff_t>(assets));
    event.open_interest = std::accumulate(event.weight.begin(), event.weight.end(), 0.0);
    event.typical_move = 0.0;
    for (std::size_t a = 0; a < assets; ++a) {
        event.weight[a] = event.open_interest > 0.0 ? event.weight[a] / event.open_interest
                                                    : 1.0 / static_cast<double>(assets);
        event.typical_move += event.weight[a] * market.typical_move()[a];
    }
    return event;
}

class TailSizer {
  public:
    TailSizer(const Scenario& scenario, const SizingOptions& options) : scenario_{scenario} {
        result_.options = options;
        if (!draw_is_critical(scenario, options.question))
            throw std::invalid_argument("the fund's size acts on the market before it is empty");
        const Market own(with_fund(scenario, options.question.venue,
                                   initial_fund_balance(scenario.venues[options.question.venue].waterfall)));
        const RareEvent event = draw_event(own, options.question.venue);
        result_.ample = ample_fund(scenario, options.question.venue, event.open_interest);
        ample_market_ = std::make_unique<Market>(with_fund(scenario, options.question.venue, result_.ample));
        ImportanceOptions search;
        search.rarity = 1.0 - options.survive;
        search.threads = options.threads;
        search.stop = options.stop;
        result_.laws = find_laws(*ample_market_, event, search);
        result_.interrupted = result_.laws.interrupted;
    }

    TailSizing run() {
        const SizingOptions& options = result_.options;
        for (std::uint64_t worlds = options.worlds; !result_.interrupted;
             worlds = std::min(2 * worlds, options.max_worlds)) {
            draw_worlds((worlds + LawMixture::turns - 1) / LawMixture::turns * LawMixture::turns);
            estimate();
            if (result_.interrupted || result_.precise || worlds >= options.max_worlds) break;
        }
        if (options.verify && !result_.interrupted && std::isfinite(result_.fund.point)) check(result_.fund.point);
        return std::move(result_);
    }

  private:
    // visit(place, metrics, moments) comes from any thread.
    template <class Visit>
    std::uint64_t run_tilted(const Market& market, std::uint64_t first_place, std::uint64_t worlds,
                             std::string_view stage, const Visit& visit) const {
        const SizingOptions& options = result_.options;
        BlockOptions blocks{options.threads, options.stop, {}};
        if (options.progress)
            blocks.progress = [&options, stage, worlds](std::uint64_t done) { options.progress(stage, done, worlds); };
        return run_in_blocks(worlds, blocks, [&](unsigned /*thread*/) -> BlockWorker {
            const auto engine = std::make_shared<TiltedEngine>(market);
            return [&, engine](std::uint64_t first, std::uint64_t last) {
                WorldResult result;
                for (std::uint64_t i = first_place + first; i < first_place + last; ++i) {
                    const PathMoments moments = engine->run(world_numbers::of_found_laws.world(i),
                                                            result_.laws.mixture.law(i), result);
                    visit(static_cast<std::size_t>(i), result.venues[options.question.venue], moments);
                }
            };
        });
    }

    void draw_worlds(std::uint64_t worlds) {
        const std::size_t before = result_.critical.size();
        result_.critical.resize(static_cast<std::size_t>(worlds));
        const std::uint64_t done = run_tilted(
            *ample_market_, before, worlds - before, "with an ample fund",
            [&](std::size_t i, const VenueMetrics& metrics, const PathMoments& moments) {
                const WorldDraw draw = draw_of(scenario_, result_.options.question, result_.ample, metrics);
                result_.critical[i] = {draw.event ? infinity : draw.draw, result_.laws.mixture.weight(moments)};
            });
        result_.interrupted = done < worlds - before;
        result_.critical.resize(
            static_cast<std::size_t>((before + done) / LawMixture::turns * LawMixture::turns)); // unbiased
    }

    void estimate() {
        const SizingOptions& options = result_.options;
        const WeightedTail tail(result_.critical);
        result_.fund = tail.quantile(options.survive, options.confidence);
        result_.relative_error = tail.relative_error(result_.fund.point);
        double sum = 0.0;
        double squares = 0.0;
        for (const WeightedValue& world : result_.critical) {
            if (!(world.value > result_.fund.point)) continue;
            sum += world.weight;
            squares += world.weight * world.weight;
        }
        result_.effective_worlds = squares > 0.0 ? sum * sum / squares : 0.0;
        const double half_width = 0.5 * (result_.fund.high - result_.fund.low);
        result_.precise = !(options.precision > 0.0) || result_.fund.high == 0.0 ||
                          half_width <= options.precision * result_.fund.point;
    }

    void check(double fund) {
        const double tried = fund * (1.0 + 1e-7); // room for the rounding of balances
        const Market market(with_fund(scenario_, result_.options.question.venue, tried));
        const std::size_t all = result_.critical.size();
        const std::uint64_t asked = result_.options.verify_worlds;
        const std::size_t worlds = asked > 0 ? std::min<std::size_t>(all, asked) : all;
        std::vector<std::uint8_t> event(worlds);
        const std::uint64_t done = run_tilted(market, 0, worlds, "verifying",
                                              [&](std::size_t i, const VenueMetrics& metrics, const PathMoments&) {
                                                  event[i] = happened(result_.options.question.event, metrics) ? 1 : 0;
                                              });
        result_.interrupted = done < worlds;
        if (result_.interrupted) return;
        WeightedFundCheck check{fund, worlds, 0.0, 0};
        for (std::size_t i = 0; i < worlds; ++i) {
            const WeightedValue& world = result_.critical[i];
            if (event[i] != 0) check.probability += world.weight / static_cast<double>(worlds);
            if ((event[i] != 0) != (world.value > tried)) ++check.differing;
        }
        result_.checks.push_back(check);
    }

    const Scenario& scenario_;
    TailSizing result_;
    std::unique_ptr<Market> ample_market_;
};

} // namespace

TailSizing size_fund_tail(const Scenario& scenario, const SizingOptions& options) {
    return TailSizer(scenario, options).run();
}

} // namespace plunge
