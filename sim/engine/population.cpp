#include "sim/engine/population.hpp"

#include <algorithm>
#include <cmath>
#include <variant>

#include "models/margin/any_rule.hpp"
#include "models/price/registry.hpp"
#include "models/random/elementary.hpp"
#include "sim/engine/sampling.hpp"
#include "sim/scenario/index_process.hpp"

namespace plunge {
namespace {

// One account before it is cut into rows.
struct Account {
    double free_cash = 0.0;         // quote, entry costs not folded in
    std::vector<double> position;   // [A]
    std::vector<double> entry;      // [A]
    std::vector<double> collateral; // [A] base
    bool cut = false;               // it wanted more than the venue lets it open
};

// Sets share[A].
void draw_signed_shares(const Cohort& cohort, std::size_t assets, PhiloxEngine& engine, std::vector<double>& share) {
    share.assign(assets, 0.0);
    if (const auto* fixed = std::get_if<SharedPositions>(&cohort.positions)) {
        share = fixed->share.values;
    } else if (const auto* dirichlet = std::get_if<DirichletPositions>(&cohort.positions)) {
        const std::size_t count = dirichlet->assets.empty() ? assets : dirichlet->assets.size();
        const std::vector<double> drawn = sample_dirichlet(count, dirichlet->concentration, engine);
        for (std::size_t i = 0; i < count; ++i) share[dirichlet->assets.empty() ? i : dirichlet->assets[i]] = drawn[i];
    } else {
        const PerAsset& probability = std::get<PickedPositions>(cohort.positions).probability;
        double u = sample_uniform(engine);
        std::size_t a = 0;
        while (a + 1 < assets && u >= probability[a]) u -= probability[a++];
        share[a] = 1.0;
    }
    const auto side = [&] { return sample_uniform(engine) < cohort.long_share ? 1.0 : -1.0; };
    if (cohort.direction == Direction::account) {
        const double sign = side();
        for (double& s : share) s *= sign;
    } else {
        for (double& s : share) s *= side();
    }
}

// Log moves from the time a position was opened until now. Wrapped assets have moved like their underlying: their basis
// is taken to have been what it is. Sets move[A]; z is scratch.
void draw_moves_since_entry(const EntryScatter& scatter, const Scenario& scenario, const PriceProcess& process,
                            const std::vector<std::size_t>& driven, PhiloxEngine& engine, std::vector<double>& z,
                            std::vector<double>& move) {
    const double age_years = sample_uniform(engine) * scatter.lookback_seconds / seconds_per_year;
    z.resize(driven.size());
    for (double& value : z) value = sample_normal(engine);
    move.assign(scenario.assets.size(), 0.0);
    std::visit(
        [&](const auto& model) {
            for (std::size_t d = 0; d < driven.size(); ++d) {
                double correlated = 0.0;
                for (std::size_t b = 0; b <= d; ++b) correlated += model.factor()(d, b) * z[b];
                const double sigma = model.total_volatility(d);
                move[driven[d]] = sigma * std::sqrt(age_years) * correlated - 0.5 * sigma * sigma * age_years;
            }
        },
        process);
    for (std::size_t a = 0; a < move.size(); ++a) {
        if (scenario.assets[a].follows) move[a] = move[*scenario.assets[a].follows];
    }
}

// The positions that a row has of its account's: of the assets [first, last).
struct HeldAssets {
    std::size_t first;
    std::size_t last;
};

class Builder {
  public:
    Builder(const Scenario& scenario, const PriceProcess& process, const std::vector<Held<MarginRule>>& rules,
            std::uint64_t world)
        : scenario_{scenario}, process_{process}, rules_{rules}, world_{world}, assets_{scenario.assets.size()},
          driven_{driven_assets(scenario)}, venues_(scenario.venues.size()) {
        for (AccountRows& rows : venues_) rows.assets = assets_;
        trial_.assets = assets_;
        for (const Asset& asset : scenario.assets) price_.push_back(asset.price);
    }

    std::vector<AccountRows> build() {
        for (std::size_t c = 0; c < scenario_.cohorts.size(); ++c) {
            const Cohort& cohort = scenario_.cohorts[c];
            const std::size_t count = cohort.explicit_accounts ? cohort.explicit_accounts->equity.size()
                                                               : cohort.accounts;
            if (cohort.margin == MarginMode::cross) venues_[cohort.venue].reserve(count);
            for (std::size_t i = 0; i < count; ++i) {
                if (cohort.explicit_accounts) {
                    read_account(*cohort.explicit_accounts, i);
                } else {
                    draw_account(cohort, c, i);
                }
                add(c);
            }
        }
        for (std::size_t v = 0; v < venues_.size(); ++v) {
            finish(venues_[v], scenario_.venues[v]);
            venues_[v].collateral.shrink_to_fit();
        }
        return std::move(venues_);
    }

  private:
    double price(std::size_t a) const { return price_[a]; }

    // Sets account_, as draw_account() does.
    void read_account(const ExplicitAccounts& table, std::size_t i) {
        const auto slice = [&](const std::vector<double>& values, std::vector<double>& of_account) {
            const auto begin = values.begin() + static_cast<std::ptrdiff_t>(i * assets_);
            of_account.assign(begin, begin + static_cast<std::ptrdiff_t>(assets_));
        };
        slice(table.position, account_.position);
        slice(table.entry, account_.entry);
        slice(table.collateral, account_.collateral);
        account_.cut = false;
        account_.free_cash = table.equity[i];
        for (std::size_t a = 0; a < assets_; ++a) {
            account_.free_cash -= account_.collateral[a] * price(a) +
                                  account_.position[a] * (price(a) - account_.entry[a]);
        }
    }

    void draw_account(const Cohort& cohort, std::size_t cohort_index, std::size_t i) {
        PhiloxEngine engine({.seed = scenario_.run.seed,
                             .world = world_,
                             .stream = Stream::population,
                             .lane = static_cast<std::uint8_t>(cohort_index)},
                            static_cast<std::uint32_t>(i));
        const double equity = sample(cohort.equity, engine);
        const double wished = sample(cohort.leverage, engine);
        draw_signed_shares(cohort, assets_, engine, share_);
        const double leverage = allowed_leverage(cohort, equity, wished, share_);
        account_.cut = leverage < wished;
        account_.free_cash = equity * cohort.collateral.cash;
        account_.collateral.assign(assets_, 0.0);
        for (std::size_t a = 0; a < assets_ && !cohort.collateral.share.empty(); ++a) {
            account_.collateral[a] = equity * cohort.collateral.share[a] / price(a);
        }
        const auto open_at = [&](const std::vector<double>& move) {
            account_.position.assign(assets_, 0.0);
            account_.entry.assign(assets_, 0.0);
            for (std::size_t a = 0; a < assets_; ++a) {
                account_.entry[a] = move.empty() ? price(a) : price(a) * det_exp(-move[a]);
                account_.position[a] = equity * leverage * share_[a] / account_.entry[a];
            }
        };
        // Whoever was opened at prices that would have it liquidated by now is not there any more: draw again.
        constexpr int max_tries = 1000;
        for (int attempt = 0; cohort.entry && attempt < max_tries; ++attempt) {
            draw_moves_since_entry(*cohort.entry, scenario_, process_, driven_, engine, normals_, move_);
            open_at(move_);
            if (survives(cohort)) return;
        }
        open_at({});
    }

    // As much of the wished leverage as the venue's limit and initial margin let the account open.
    double allowed_leverage(const Cohort& cohort, double equity, double wished,
                            const std::vector<double>& share) const {
        const MarginCommon& limits = scenario_.venues[cohort.venue].margin_common;
        const double most = std::min(wished, limits.max_leverage);
        if (!(limits.initial > 0.0)) return most;
        const PerAsset& haircut = scenario_.venues[cohort.venue].collateral.haircut;
        double margin_equity = equity * cohort.collateral.cash;
        for (std::size_t a = 0; a < assets_ && !cohort.collateral.share.empty(); ++a) {
            margin_equity += equity * cohort.collateral.share[a] * (haircut.empty() ? 1.0 : 1.0 - haircut[a]);
        }
        const std::vector<double> one(assets_, 1.0); // positions are notionals at entry
        std::vector<double> notional(assets_);
        const auto opens = [&](double leverage) {
            for (std::size_t a = 0; a < assets_; ++a) notional[a] = equity * leverage * share[a];
            const MarginView view{.cash = margin_equity, .weight = notional.data(), .position = notional.data()};
            const MarginState state = margin_state(rules_[cohort.venue], view, limits.initial, one.data(), assets_);
            return margin_equity >= state.maintenance;
        };
        if (opens(most)) return most;
        double low = 0.0;
        double high = most;
        constexpr int halvings = 60;
        for (int i = 0; i < halvings; ++i) (opens(0.5 * (low + high)) ? low : high) = 0.5 * (low + high);
        return low;
    }

    // Every row that the account will be cut into has E >= M at the start.
    bool survives(const Cohort& cohort) {
        trial_.clear();
        append_rows(trial_, cohort, 0);
        finish(trial_, scenario_.venues[cohort.venue]);
        return std::visit(
            [&](const auto& rule) {
                for (std::size_t row = 0; row < trial_.size(); ++row) {
                    const MarginState state = margin_state(rule, trial_.view(row), price_.data(), assets_);
                    if (state.equity < state.maintenance) return false;
                }
                return true;
            },
            *rules_[cohort.venue]);
    }

    void add(std::size_t cohort_index) {
        const Cohort& cohort = scenario_.cohorts[cohort_index];
        if (account_.cut) ++venues_[cohort.venue].cut_at_opening;
        append_rows(venues_[cohort.venue], cohort, static_cast<std::uint32_t>(cohort_index));
    }

    // The rows of account_.
    void append_rows(AccountRows& rows, const Cohort& cohort, std::uint32_t cohort_index) const {
        const std::uint32_t owner = rows.owners++;
        double gross = 0.0;
        for (std::size_t a = 0; a < assets_; ++a) gross += std::fabs(account_.position[a]) * account_.entry[a];
        if (cohort.margin == MarginMode::cross || !(gross > 0.0)) {
            append_row(rows, {0, assets_}, 1.0, cohort_index, owner);
            return;
        }
        for (std::size_t a = 0; a < assets_; ++a) {
            if (account_.position[a] == 0.0) continue;
            const double share = (1.0 - cohort.free_wallet) * std::fabs(account_.position[a]) * account_.entry[a] /
                                 gross;
            append_row(rows, {a, a + 1}, share, cohort_index, owner);
        }
        if (cohort.free_wallet > 0.0) append_row(rows, {0, 0}, cohort.free_wallet, cohort_index, owner);
    }

    // A row with the positions that it holds and the given share of cash and collateral.
    void append_row(AccountRows& rows, HeldAssets holds, double share, std::uint32_t cohort_index,
                    std::uint32_t owner) const {
        double cash = share * account_.free_cash;
        double wealth = cash;
        for (std::size_t a = 0; a < assets_; ++a) {
            const double q = holds.first <= a && a < holds.last ? account_.position[a] : 0.0;
            const double k = share * account_.collateral[a];
            rows.position.push_back(q);
            rows.entry.push_back(account_.entry[a]);
            rows.collateral.push_back(k);
            cash -= q * account_.entry[a];
            wealth += q * (price(a) - account_.entry[a]) + k * price(a);
        }
        rows.cash.push_back(cash);
        rows.initial_wealth.push_back(wealth);
        rows.cohort.push_back(cohort_index);
        rows.owner.push_back(owner);
    }

    void finish(AccountRows& rows, const Venue& venue) const {
        bool any = false;
        for (const double k : rows.collateral) any = any || k != 0.0;
        if (!any) {
            rows.collateral.clear();
            return;
        }
        rows.weight.resize(rows.position.size());
        for (std::size_t i = 0; i < rows.position.size(); ++i) {
            const double haircut = venue.collateral.haircut.empty() ? 0.0 : venue.collateral.haircut[i % assets_];
            rows.weight[i] = rows.position[i] + (1.0 - haircut) * rows.collateral[i];
        }
    }

    const Scenario& scenario_;
    const PriceProcess& process_;
    const std::vector<Held<MarginRule>>& rules_;
    std::uint64_t world_;
    std::size_t assets_;
    std::vector<double> price_;
    std::vector<std::size_t> driven_;
    std::vector<AccountRows> venues_;
    Account account_; // the one at hand, and what is drawn for it
    std::vector<double> share_;
    std::vector<double> normals_;
    std::vector<double> move_;
    AccountRows trial_;
};

} // namespace

void AccountRows::reserve(std::size_t rows) {
    const std::size_t n = size() + rows;
    for (std::vector<double>* values : {&position, &collateral, &entry}) values->reserve(n * assets);
    for (std::vector<double>* values : {&cash, &initial_wealth}) values->reserve(n);
    for (std::vector<std::uint32_t>* values : {&cohort, &owner}) values->reserve(n);
}

void AccountRows::clear() {
    for (std::vector<double>* values : {&cash, &position, &collateral, &weight, &entry, &initial_wealth})
        values->clear();
    for (std::vector<std::uint32_t>* values : {&cohort, &owner}) values->clear();
}

std::vector<AccountRows> build_population(const Scenario& scenario, const PriceProcess& process,
                                          const std::vector<Held<MarginRule>>& rules, std::uint64_t population_world) {
    return Builder(scenario, process, rules, population_world).build();
}

double estimated_rows(const Scenario& scenario) {
    double rows = 0.0;
    for (const Cohort& cohort : scenario.cohorts) {
        const double accounts = cohort.explicit_accounts ? static_cast<double>(cohort.explicit_accounts->equity.size())
                                                         : static_cast<double>(cohort.accounts);
        const double per_account = cohort.margin == MarginMode::cross
                                       ? 1.0
                                       : static_cast<double>(scenario.assets.size()) + 1.0;
        rows += accounts * per_account;
    }
    return rows;
}

} // namespace plunge
