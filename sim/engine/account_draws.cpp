#include "sim/engine/account_draws.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <variant>

#include "models/contract/coins.hpp"
#include "models/margin/any_rule.hpp"
#include "models/price/registry.hpp"
#include "models/random/elementary_block.hpp"
#include "models/random/uniform_block.hpp"
#include "models/random/variates.hpp"
#include "sim/scenario/index_process.hpp"

namespace plunge {
namespace {

// Which pair of uniforms of an account is what; then pairs for sides, where positions have theirs, and for entries.
constexpr std::size_t equity_and_leverage = 0;
constexpr std::size_t asset_and_side = 1;
constexpr std::size_t first_free = 2;
// A counter has 16 bits for the cohort and 24 for the number of the pair; those from here on are a sequence.
constexpr std::size_t number_bits = 16;
constexpr std::uint8_t sequence_lane = 128;

} // namespace

AccountDraws::AccountDraws(const Scenario& scenario, std::size_t cohort, const PriceProcess& process,
                           const MarginRule& rule)
    : scenario_{scenario}, cohort_{scenario.cohorts[cohort]}, cohort_index_{cohort}, rule_{rule},
      assets_{scenario.assets.size()}, one_asset_{std::holds_alternative<PickedPositions>(cohort_.positions)},
      plain_{cohort_.margin == MarginMode::cross && cohort_.collateral.share.empty()}, equity_sampler_{cohort_.equity},
      leverage_sampler_{cohort_.leverage}, share_(block * assets_), position_(block * assets_), entry_(block * assets_),
      collateral_(block * assets_), weight_(assets_), held_(assets_), part_of_collateral_(assets_) {
    const std::vector<std::size_t> driven = driven_assets(scenario);
    const PerAsset& haircut = scenario.venues[cohort_.venue].collateral.haircut;
    for (std::size_t a = 0; a < assets_; ++a) {
        price_.push_back(scenario.assets[a].price);
        kept_.push_back(haircut.empty() ? 1.0 : 1.0 - haircut[a]);
        const auto source = std::find(driven.begin(), driven.end(), scenario.assets[a].follows.value_or(a));
        moves_with_.push_back(static_cast<std::size_t>(source - driven.begin()));
    }
    std::visit(
        [&](const auto& model) {
            for (std::size_t d = 0; d < driven.size(); ++d) {
                volatility_.push_back(model.total_volatility(d));
                for (std::size_t b = 0; b < driven.size(); ++b) factor_.push_back(b <= d ? model.factor()(d, b) : 0.0);
            }
        },
        process);
    uniform_.resize((driven.size() + 2) * block);
    ratio_.resize(driven.size() * block);
}

void AccountDraws::draw(std::uint64_t world, std::size_t first, std::size_t count) {
    key_ = {.seed = scenario_.run.seed_of_accounts(), .world = world, .stream = Stream::population};
    std::iota(index_.begin(), index_.begin() + static_cast<std::ptrdiff_t>(count), static_cast<std::uint32_t>(first));
    draw_uniforms(equity_and_leverage, index_.data(), count, equity_.data(), leverage_.data());
    equity_sampler_.fill(equity_.data(), count);
    leverage_sampler_.fill(leverage_.data(), count);
    draw_shares(count);
    draw_sides(count);
    const MarginCommon& limits = scenario_.venues[cohort_.venue].margin_common;
    const bool has_coins = !cohort_.collateral.share.empty();
    for (std::size_t i = 0; i < count; ++i) {
        const double wished = leverage_[i];
        leverage_[i] = std::min(wished, limits.max_leverage);
        if (limits.initial > 0.0) {
            leverage_[i] = allowed_leverage(equity_[i], leverage_[i], share_.data() + i * assets_);
        }
        cut_[i] = leverage_[i] < wished ? 1 : 0;
        free_cash_[i] = equity_[i] * cohort_.collateral.cash;
        for (std::size_t a = 0; a < assets_ && has_coins; ++a) {
            collateral_[i * assets_ + a] = Coins::quantity(equity_[i] * cohort_.collateral.share[a], price_[a]);
        }
    }
    if (cohort_.entry) {
        draw_entries(count);
    } else {
        for (std::size_t i = 0; i < count; ++i) open_now(i);
    }
}

// The pair that an account has at `number`.
void AccountDraws::draw_uniforms(std::size_t number, const std::uint32_t* account, std::size_t count, double* first,
                                 double* second) const {
    StreamKey key = key_;
    key.lane = static_cast<std::uint8_t>(number >> number_bits);
    const auto step = static_cast<std::uint32_t>(cohort_index_ << number_bits | (number & ((1U << number_bits) - 1)));
    fill_uniforms(key, step, account, count, first, second);
}

// A sequence of its own.
PhiloxEngine AccountDraws::engine_of(std::uint32_t account) const {
    StreamKey key = key_;
    key.lane = sequence_lane;
    PhiloxEngine engine(key, account);
    constexpr unsigned long long words = 4; // of a counter
    engine.discard(words * (static_cast<unsigned long long>(cohort_index_) << number_bits));
    return engine;
}

// The same numbers, [assets], for every account. \param values  [block x assets]
void AccountDraws::fill_alike(const double* numbers, std::size_t count, std::vector<double>& values) const {
    for (std::size_t a = 0; a < assets_; ++a) {
        for (std::size_t i = 0; i < count; ++i) values[i * assets_ + a] = numbers[a];
    }
}

void AccountDraws::draw_shares(std::size_t count) {
    if (const auto* fixed = std::get_if<SharedPositions>(&cohort_.positions)) {
        fill_alike(fixed->share.values.data(), count, share_);
    } else if (const auto* dirichlet = std::get_if<DirichletPositions>(&cohort_.positions)) {
        const std::size_t held = dirichlet->assets.empty() ? assets_ : dirichlet->assets.size();
        for (std::size_t i = 0; i < count; ++i) {
            PhiloxEngine engine = engine_of(index_[i]);
            double* share = share_.data() + i * assets_;
            draw_dirichlet(engine, dirichlet->concentration, held, held_.data());
            std::fill_n(share, assets_, 0.0);
            for (std::size_t k = 0; k < held; ++k)
                share[dirichlet->assets.empty() ? k : dirichlet->assets[k]] = held_[k];
        }
    } // who picks one asset draws it with the side
}

void AccountDraws::draw_sides(std::size_t count) {
    const auto side = [&](double u) { return u < cohort_.long_share ? 1.0 : -1.0; };
    if (!one_asset_ && cohort_.long_share == 1.0) return; // nothing to draw
    Column first;
    Column second;
    if (one_asset_ || cohort_.direction == Direction::account) {
        draw_uniforms(asset_and_side, index_.data(), count, first.data(), second.data());
    }
    if (one_asset_) {
        const PerAsset& probability = std::get<PickedPositions>(cohort_.positions).probability;
        std::fill_n(share_.data(), count * assets_, 0.0);
        for (std::size_t i = 0; i < count; ++i) {
            std::uint32_t a = 0;
            for (double u = first[i]; a + 1 < assets_ && u >= probability[a]; ++a) u -= probability[a];
            asset_[i] = a;
            share_[i * assets_ + a] = side(second[i]);
        }
    } else if (cohort_.direction == Direction::account) {
        for (std::size_t a = 0; a < assets_; ++a) {
            for (std::size_t i = 0; i < count; ++i) share_[i * assets_ + a] *= side(second[i]);
        }
    } else {
        for (std::size_t a = 0; a < assets_; ++a) {
            if (a % 2 == 0) draw_uniforms(first_free + a / 2, index_.data(), count, first.data(), second.data());
            for (std::size_t i = 0; i < count; ++i) share_[i * assets_ + a] *= side((a % 2 == 0 ? first : second)[i]);
        }
    }
}

// As much of the wished leverage as the venue's initial margin lets the account open.
double AccountDraws::allowed_leverage(double equity, double wished, const double* share) {
    const MarginCommon& limits = scenario_.venues[cohort_.venue].margin_common;
    double margin_equity = equity * cohort_.collateral.cash;
    for (std::size_t a = 0; a < assets_ && !cohort_.collateral.share.empty(); ++a) {
        margin_equity += equity * cohort_.collateral.share[a] * kept_[a];
    }
    std::fill(weight_.begin(), weight_.end(), 1.0); // as prices: positions are notionals at entry
    const auto opens = [&](double leverage) {
        for (std::size_t a = 0; a < assets_; ++a) held_[a] = equity * leverage * share[a];
        const MarginView view{.cash = margin_equity, .weight = held_.data(), .position = held_.data()};
        return margin_equity >= margin_state(rule_, view, limits.initial, weight_.data(), assets_).maintenance;
    };
    if (opens(wished)) return wished;
    double low = 0.0;
    double high = wished;
    constexpr int halvings = 60;
    for (int k = 0; k < halvings; ++k) (opens(0.5 * (low + high)) ? low : high) = 0.5 * (low + high);
    return low;
}

void AccountDraws::open_now(std::size_t i) {
    for (std::size_t k = i * assets_, a = 0; a < assets_; ++a, ++k) {
        entry_[k] = price_[a];
        position_[k] = LinearContract::quantity(equity_[i] * leverage_[i] * share_[k], price_[a]);
    }
}

// Whoever was opened at prices that would have it liquidated by now is not there any more: draw again.
void AccountDraws::draw_entries(std::size_t count) {
    constexpr std::size_t most = 1000;
    if (one_asset_) { // what is not held stays so
        fill_alike(price_.data(), count, entry_);
        std::fill_n(position_.data(), count * assets_, 0.0);
    }
    std::iota(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count), 0U);
    for (std::size_t attempt = 0; attempt < most && count > 0; ++attempt) count = try_entries(attempt, count);
    for (std::size_t k = 0; k < count; ++k) open_now(waiting_[k]);
}

// Opens those who wait at prices of some time within the lookback, drawn from the price process's volatility and
// correlation; wrapped assets have moved like their underlying, their basis being what it is. An account's uniforms are
// its age and one for each normal; who holds one asset takes but its own. \return how many wait on
std::size_t AccountDraws::try_entries(std::size_t attempt, std::size_t count) {
    const std::size_t driven = volatility_.size();
    const std::size_t normals = one_asset_ ? 1 : driven;
    const std::size_t pairs = normals / 2 + 1;
    const std::size_t sides = one_asset_ || cohort_.direction == Direction::account ? 0 : (assets_ + 1) / 2;
    const auto column = [&](std::size_t k) { return uniform_.data() + k * block; };
    for (std::size_t k = 0; k < count; ++k) waiting_index_[k] = index_[waiting_[k]];
    for (std::size_t p = 0; p < pairs; ++p) {
        draw_uniforms(first_free + sides + attempt * pairs + p, waiting_index_.data(), count, column(2 * p),
                      column(2 * p + 1));
    }
    for (std::size_t k = 0; k < count; ++k)
        years_[k] = column(0)[k] * cohort_.entry->lookback_seconds / seconds_per_year;
    for (std::size_t n = 1; n <= normals; ++n) fill_normal_quantiles(column(n), count, column(n));
    fill_pow(years_.data(), 0.5, count, root_years_.data());
    // Less the log move since the k-th entry, so that its exponential is the entry price over the price now.
    const auto fallen = [&](double sigma, std::size_t k, double z) {
        return 0.5 * sigma * sigma * years_[k] - sigma * root_years_[k] * z;
    };
    if (one_asset_) {
        for (std::size_t k = 0; k < count; ++k) {
            ratio_[k] = fallen(volatility_[moves_with_[asset_[waiting_[k]]]], k, column(1)[k]);
        }
        fill_exp(ratio_.data(), count, ratio_.data());
    } else {
        for (std::size_t d = 0; d < driven; ++d) {
            double* ratio = ratio_.data() + d * block;
            std::fill_n(ratio, count, 0.0);
            for (std::size_t b = 0; b <= d; ++b) {
                const double factor = factor_[d * driven + b];
                for (std::size_t k = 0; k < count; ++k) ratio[k] += factor * column(b + 1)[k];
            }
            for (std::size_t k = 0; k < count; ++k) ratio[k] = fallen(volatility_[d], k, ratio[k]);
            fill_exp(ratio, count, ratio);
        }
    }
    for (std::size_t k = 0; k < count; ++k) open_at(waiting_[k], k);
    std::size_t left = 0;
    std::visit(
        [&](const auto& rule) {
            for (std::size_t k = 0; k < count; ++k) {
                const std::uint32_t i = waiting_[k];
                if (!survives(rule, i)) waiting_[left++] = i;
            }
        },
        rule_);
    return left;
}

// At the prices that the k-th of those who wait has drawn.
void AccountDraws::open_at(std::size_t i, std::size_t k) {
    const auto open = [&](std::size_t a, double ratio) {
        const std::size_t place = i * assets_ + a;
        entry_[place] = price_[a] * ratio;
        position_[place] = LinearContract::quantity(equity_[i] * leverage_[i] * share_[place], entry_[place]);
    };
    if (one_asset_) return open(asset_[i], ratio_[k]);
    for (std::size_t a = 0; a < assets_; ++a) open(a, ratio_[moves_with_[a] * block + k]);
}

// Every row that the account will be cut into has E >= M at the start.
template <class Rule> bool AccountDraws::survives(const Rule& rule, std::size_t i) {
    const AccountView now = account(i);
    if (plain_) {
        if constexpr (SeparableRule<Rule>) {
            if (one_asset_) { // the others add nothing
                const std::uint32_t a = asset_[i];
                const double value = LinearContract::value(now.position[a], price_[a]);
                return now.free_cash - LinearContract::value(now.position[a], now.entry[a]) + value >=
                       rule.maintenance(a, value);
            }
        }
        double cash = now.free_cash;
        for (std::size_t a = 0; a < assets_; ++a) cash -= LinearContract::value(now.position[a], now.entry[a]);
        const MarginView view{.cash = cash, .weight = now.position, .position = now.position};
        const MarginState state = margin_state(rule, view, price_.data(), assets_);
        return state.equity >= state.maintenance;
    }
    bool good = true;
    for_each_row(cohort_, now, assets_, [&](const RowPart& part) { good = good && row_survives(rule, now, part); });
    return good;
}

template <class Rule>
bool AccountDraws::row_survives(const Rule& rule, const AccountView& account, const RowPart& part) {
    double cash = part.share * account.free_cash;
    for (std::size_t a = 0; a < assets_; ++a) {
        held_[a] = part.holds(a) ? account.position[a] : 0.0;
        part_of_collateral_[a] = part.share * account.collateral[a];
        weight_[a] = LinearContract::weight(held_[a], part_of_collateral_[a], kept_[a]);
        cash -= LinearContract::value(held_[a], account.entry[a]);
    }
    const MarginView view{cash, weight_.data(), held_.data(), part_of_collateral_.data()};
    const MarginState state = margin_state(rule, view, price_.data(), assets_);
    return state.equity >= state.maintenance;
}

} // namespace plunge
