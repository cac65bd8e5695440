#include "sim/engine/population.hpp"

#include <algorithm>
#include <cmath>
#include <variant>

#include "models/margin/any_rule.hpp"
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

std::vector<double> signed_shares(const Cohort& cohort, std::size_t assets, PhiloxEngine& engine) {
    std::vector<double> share(assets, 0.0);
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
    return share;
}

// Log moves from the time a position was opened until now. Wrapped assets have moved like their underlying: their basis
// is taken to have been what it is.
std::vector<double> moves_since_entry(const EntryScatter& scatter, const Scenario& scenario,
                                      const PriceProcess& process, PhiloxEngine& engine) {
    const double age_years = sample_uniform(engine) * scatter.lookback_seconds / seconds_per_year;
    const std::vector<std::size_t> driven = driven_assets(scenario);
    std::vector<double> z(driven.size());
    for (double& value : z) value = sample_normal(engine);
    std::vector<double> move(scenario.assets.size());
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
    return move;
}

class Builder {
  public:
    Builder(const Scenario& scenario, const PriceProcess& process, const std::vector<MarginRule>& rules,
            std::uint64_t world)
        : scenario_{scenario}, process_{process}, rules_{rules}, world_{world}, assets_{scenario.assets.size()},
          venues_(scenario.venues.size()) {
        for (AccountRows& rows : venues_) rows.assets = assets_;
    }

    std::vector<AccountRows> build() {
        for (std::size_t c = 0; c < scenario_.cohorts.size(); ++c) {
            const Cohort& cohort = scenario_.cohorts[c];
            const std::size_t count = cohort.explicit_accounts ? cohort.explicit_accounts->equity.size()
                                                               : cohort.accounts;
            for (std::size_t i = 0; i < count; ++i) {
                add(c, cohort.explicit_accounts ? explicit_account(*cohort.explicit_accounts, i)
                                                : drawn_account(cohort, c, i));
            }
        }
        for (std::size_t v = 0; v < venues_.size(); ++v) finish(venues_[v], scenario_.venues[v]);
        return std::move(venues_);
    }

  private:
    double price(std::size_t a) const { return scenario_.assets[a].price; }

    Account explicit_account(const ExplicitAccounts& table, std::size_t i) const {
        Account account;
        const auto slice = [&](const std::vector<double>& values) {
            const auto begin = values.begin() + static_cast<std::ptrdiff_t>(i * assets_);
            return std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(assets_));
        };
        account.position = slice(table.position);
        account.entry = slice(table.entry);
        account.collateral = slice(table.collateral);
        account.free_cash = table.equity[i];
        for (std::size_t a = 0; a < assets_; ++a) {
            account.free_cash -= account.collateral[a] * price(a) + account.position[a] * (price(a) - account.entry[a]);
        }
        return account;
    }

    Account drawn_account(const Cohort& cohort, std::size_t cohort_index, std::size_t i) const {
        PhiloxEngine engine({.seed = scenario_.run.seed,
                             .world = world_,
                             .stream = Stream::population,
                             .lane = static_cast<std::uint8_t>(cohort_index)},
                            static_cast<std::uint32_t>(i));
        const double equity = sample(cohort.equity, engine);
        const double wished = sample(cohort.leverage, engine);
        const std::vector<double> share = signed_shares(cohort, assets_, engine);
        const double leverage = allowed_leverage(cohort, equity, wished, share);
        Account account;
        account.cut = leverage < wished;
        account.free_cash = equity * cohort.collateral.cash;
        account.collateral.assign(assets_, 0.0);
        for (std::size_t a = 0; a < assets_ && !cohort.collateral.share.empty(); ++a) {
            account.collateral[a] = equity * cohort.collateral.share[a] / price(a);
        }
        const auto open_at = [&](const std::vector<double>& move) {
            account.position.assign(assets_, 0.0);
            account.entry.assign(assets_, 0.0);
            for (std::size_t a = 0; a < assets_; ++a) {
                account.entry[a] = move.empty() ? price(a) : price(a) * det_exp(-move[a]);
                account.position[a] = equity * leverage * share[a] / account.entry[a];
            }
        };
        // Whoever was opened at prices that would have it liquidated by now is not there any more: draw again.
        constexpr int max_tries = 1000;
        for (int attempt = 0; cohort.entry && attempt < max_tries; ++attempt) {
            open_at(moves_since_entry(*cohort.entry, scenario_, process_, engine));
            if (survives(account, cohort)) return account;
        }
        open_at({});
        return account;
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
        const auto opens = [&](double leverage) {
            std::vector<double> notional(assets_);
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
    bool survives(const Account& account, const Cohort& cohort) const {
        AccountRows rows;
        rows.assets = assets_;
        append_rows(rows, account, cohort, 0);
        finish(rows, scenario_.venues[cohort.venue]);
        std::vector<double> mark(assets_);
        for (std::size_t a = 0; a < assets_; ++a) mark[a] = price(a);
        return std::visit(
            [&](const auto& rule) {
                for (std::size_t row = 0; row < rows.size(); ++row) {
                    const MarginState state = margin_state(rule, rows.view(row), mark.data(), assets_);
                    if (state.equity < state.maintenance) return false;
                }
                return true;
            },
            rules_[cohort.venue]);
    }

    void add(std::size_t cohort_index, const Account& account) {
        const Cohort& cohort = scenario_.cohorts[cohort_index];
        if (account.cut) ++venues_[cohort.venue].cut_at_opening;
        append_rows(venues_[cohort.venue], account, cohort, static_cast<std::uint32_t>(cohort_index));
    }

    void append_rows(AccountRows& rows, const Account& account, const Cohort& cohort,
                     std::uint32_t cohort_index) const {
        const std::uint32_t owner = rows.owners++;
        double gross = 0.0;
        for (std::size_t a = 0; a < assets_; ++a) gross += std::fabs(account.position[a]) * account.entry[a];
        if (cohort.margin == MarginMode::cross || !(gross > 0.0)) {
            append_row(rows, account, std::vector<bool>(assets_, true), 1.0, cohort_index, owner);
            return;
        }
        for (std::size_t a = 0; a < assets_; ++a) {
            if (account.position[a] == 0.0) continue;
            std::vector<bool> only(assets_, false);
            only[a] = true;
            const double share = (1.0 - cohort.free_wallet) * std::fabs(account.position[a]) * account.entry[a] / gross;
            append_row(rows, account, only, share, cohort_index, owner);
        }
        if (cohort.free_wallet > 0.0) {
            append_row(rows, account, std::vector<bool>(assets_, false), cohort.free_wallet, cohort_index, owner);
        }
    }

    // A row with the positions named by `holds` and the given share of cash and collateral.
    void append_row(AccountRows& rows, const Account& account, const std::vector<bool>& holds, double share,
                    std::uint32_t cohort_index, std::uint32_t owner) const {
        double cash = share * account.free_cash;
        double wealth = cash;
        for (std::size_t a = 0; a < assets_; ++a) {
            const double q = holds[a] ? account.position[a] : 0.0;
            const double k = share * account.collateral[a];
            rows.position.push_back(q);
            rows.entry.push_back(account.entry[a]);
            rows.collateral.push_back(k);
            cash -= q * account.entry[a];
            wealth += q * (price(a) - account.entry[a]) + k * price(a);
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
            rows.collateral = {};
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
    const std::vector<MarginRule>& rules_;
    std::uint64_t world_;
    std::size_t assets_;
    std::vector<AccountRows> venues_;
};

} // namespace

std::vector<AccountRows> build_population(const Scenario& scenario, const PriceProcess& process,
                                          const std::vector<MarginRule>& rules, std::uint64_t population_world) {
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
