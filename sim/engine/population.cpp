#include "sim/engine/population.hpp"

#include <algorithm>

#include "models/contract/coins.hpp"
#include "models/contract/linear.hpp"

namespace plunge {
namespace {

bool any_nonzero(const std::vector<double>& values) {
    return std::any_of(values.begin(), values.end(), [](double value) { return value != 0.0; });
}

bool brings_collateral(const Cohort& cohort) {
    if (cohort.explicit_accounts) return any_nonzero(cohort.explicit_accounts->collateral);
    return cohort.accounts > 0 && any_nonzero(cohort.collateral.share.values);
}

std::size_t accounts_of(const Cohort& cohort) {
    return cohort.explicit_accounts ? cohort.explicit_accounts->equity.size() : cohort.accounts;
}

} // namespace

PopulationDraws::PopulationDraws(const Scenario& scenario, const PriceProcess& process,
                                 const std::vector<const MarginRule*>& rules)
    : scenario_{scenario}, assets_{scenario.assets.size()}, has_collateral_(scenario.venues.size(), 0),
      filled_(scenario.venues.size()) {
    for (const Asset& asset : scenario.assets) price_.push_back(asset.price);
    for (std::size_t c = 0; c < scenario.cohorts.size(); ++c) {
        const Cohort& cohort = scenario.cohorts[c];
        if (brings_collateral(cohort)) has_collateral_[cohort.venue] = 1;
        if (!cohort.explicit_accounts) draws_.emplace_back(scenario, c, process, *rules[cohort.venue]);
    }
}

void PopulationDraws::draw(std::uint64_t world, std::vector<AccountRows>& venues) {
    venues.resize(scenario_.venues.size());
    for (AccountRows& rows : venues) {
        rows.assets = assets_;
        rows.owners = rows.cut_at_opening = 0;
    }
    std::fill(filled_.begin(), filled_.end(), 0);
    for (std::size_t c = 0, drawn = 0; c < scenario_.cohorts.size(); ++c) {
        const Cohort& cohort = scenario_.cohorts[c];
        AccountRows& rows = venues[cohort.venue];
        const std::size_t least = filled_[cohort.venue] + accounts_of(cohort); // rows
        if (rows.size() < least) rows.resize(least, has_collateral_[cohort.venue] != 0);
        if (cohort.explicit_accounts) {
            read_accounts(c, rows);
        } else {
            draw_accounts(c, draws_[drawn++], world, rows);
        }
    }
    for (std::size_t v = 0; v < venues.size(); ++v) finish(venues[v], v);
}

void PopulationDraws::read_accounts(std::size_t cohort, AccountRows& rows) {
    const ExplicitAccounts& table = *scenario_.cohorts[cohort].explicit_accounts;
    for (std::size_t i = 0; i < table.equity.size(); ++i) {
        AccountView account{table.equity[i], table.position.data() + i * assets_, table.entry.data() + i * assets_,
                            table.collateral.data() + i * assets_};
        for (std::size_t a = 0; a < assets_; ++a) {
            account.free_cash -= Coins::value(account.collateral[a], price_[a]) +
                                 LinearContract::profit(account.position[a], account.entry[a], price_[a]);
        }
        append(rows, cohort, account);
    }
}

void PopulationDraws::draw_accounts(std::size_t cohort, AccountDraws& draws, std::uint64_t world, AccountRows& rows) {
    const std::size_t count = accounts_of(scenario_.cohorts[cohort]);
    for (std::size_t first = 0; first < count; first += AccountDraws::block) {
        const std::size_t drawn = std::min(AccountDraws::block, count - first);
        draws.draw(world, first, drawn);
        for (std::size_t i = 0; i < drawn; ++i) rows.cut_at_opening += draws.is_cut(i) ? 1 : 0;
        if (scenario_.cohorts[cohort].margin == MarginMode::cross) {
            append_cross(rows, cohort, draws, drawn);
        } else {
            for (std::size_t i = 0; i < drawn; ++i) append(rows, cohort, draws.account(i));
        }
    }
}

void PopulationDraws::append(AccountRows& rows, std::size_t cohort, const AccountView& account) {
    const std::size_t venue = scenario_.cohorts[cohort].venue;
    const std::uint32_t owner = rows.owners++;
    for_each_row(scenario_.cohorts[cohort], account, assets_, [&](const RowPart& part) {
        const std::size_t row = filled_[venue]++;
        if (row == rows.size()) rows.resize(row + std::max<std::size_t>(row, 16), has_collateral_[venue] != 0);
        rows.cohort[row] = static_cast<std::uint32_t>(cohort);
        rows.owner[row] = owner;
        set_row(rows, row, account, part);
    });
}

// Accounts that are a row each lie in the block as they lie in the rows.
void PopulationDraws::append_cross(AccountRows& rows, std::size_t cohort, const AccountDraws& draws,
                                   std::size_t count) {
    const AccountView first = draws.account(0);
    const std::size_t begin = filled_[scenario_.cohorts[cohort].venue];
    filled_[scenario_.cohorts[cohort].venue] += count;
    std::copy_n(first.position, count * assets_, rows.position.data() + begin * assets_);
    std::copy_n(first.entry, count * assets_, rows.entry.data() + begin * assets_);
    if (rows.has_collateral()) {
        std::copy_n(first.collateral, count * assets_, rows.collateral.data() + begin * assets_);
    }
    std::fill_n(rows.cohort.data() + begin, count, static_cast<std::uint32_t>(cohort));
    for (std::size_t i = 0; i < count; ++i) {
        const AccountView account = draws.account(i);
        double cash = account.free_cash;
        double wealth = account.free_cash;
        for (std::size_t a = 0; a < assets_; ++a) {
            cash -= LinearContract::value(account.position[a], account.entry[a]);
            wealth += LinearContract::profit(account.position[a], account.entry[a], price_[a]) +
                      Coins::value(account.collateral[a], price_[a]);
        }
        rows.cash[begin + i] = cash;
        rows.initial_wealth[begin + i] = wealth;
        rows.owner[begin + i] = rows.owners++;
    }
}

void PopulationDraws::set_row(AccountRows& rows, std::size_t row, const AccountView& account,
                              const RowPart& part) const {
    double* position = rows.position.data() + row * assets_;
    double* entry = rows.entry.data() + row * assets_;
    double* collateral = rows.has_collateral() ? rows.collateral.data() + row * assets_ : nullptr;
    double cash = part.share * account.free_cash;
    double wealth = cash;
    for (std::size_t a = 0; a < assets_; ++a) {
        const double q = part.holds(a) ? account.position[a] : 0.0;
        const double k = part.share * account.collateral[a];
        position[a] = q;
        entry[a] = account.entry[a];
        if (collateral != nullptr) collateral[a] = k;
        cash -= LinearContract::value(q, account.entry[a]);
        wealth += LinearContract::profit(q, account.entry[a], price_[a]) + Coins::value(k, price_[a]);
    }
    rows.cash[row] = cash;
    rows.initial_wealth[row] = wealth;
}

void PopulationDraws::finish(AccountRows& rows, std::size_t venue) const {
    rows.resize(filled_[venue], has_collateral_[venue] != 0);
    if (!rows.has_collateral()) return;
    const PerAsset& haircut = scenario_.venues[venue].collateral.haircut;
    for (std::size_t row = 0, i = 0; row < rows.size(); ++row) {
        for (std::size_t a = 0; a < assets_; ++a, ++i) {
            const double kept = haircut.empty() ? 1.0 : 1.0 - haircut[a];
            rows.weight[i] = LinearContract::weight(rows.position[i], rows.collateral[i], kept);
        }
    }
}

void AccountRows::resize(std::size_t rows, bool with_collateral) {
    for (std::vector<double>* values : {&position, &entry}) values->resize(rows * assets);
    for (std::vector<double>* values : {&collateral, &weight}) values->resize(with_collateral ? rows * assets : 0);
    for (std::vector<double>* values : {&cash, &initial_wealth}) values->resize(rows);
    for (std::vector<std::uint32_t>* values : {&cohort, &owner}) values->resize(rows);
}

} // namespace plunge
