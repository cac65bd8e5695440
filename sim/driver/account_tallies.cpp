#include "sim/driver/account_tallies.hpp"

#include <cmath>

namespace plunge {
namespace {

constexpr double units = 1e6; // in which losses are added up

} // namespace

AccountTallies::AccountTallies(const Market& market) : ranges_(market.venues().size()) {
    const std::vector<Cohort>& cohorts = market.scenario().cohorts;
    std::vector<std::uint32_t> owners(ranges_.size(), 0);
    for (std::size_t c = 0; c < cohorts.size(); ++c) {
        const Cohort& cohort = cohorts[c];
        if (!cohort.explicit_accounts) {
            owners[cohort.venue] += static_cast<std::uint32_t>(cohort.accounts);
            continue;
        }
        const std::size_t count = cohort.explicit_accounts->equity.size();
        ranges_[cohort.venue].push_back({owners[cohort.venue], static_cast<std::uint32_t>(count), cohort_.size()});
        owners[cohort.venue] += static_cast<std::uint32_t>(count);
        cohort_.insert(cohort_.end(), count, c);
    }
    tallies_.resize(cohort_.size());
    hits_.resize(cohort_.size());
}

std::size_t AccountTallies::place(std::size_t venue, std::uint32_t owner) const {
    for (const Range& range : ranges_[venue]) {
        if (owner >= range.first_owner && owner - range.first_owner < range.count) {
            return range.first + (owner - range.first_owner);
        }
    }
    return tallies_.size();
}

AccountTallies::Hit& AccountTallies::hit(std::size_t place) {
    Hit& hit = hits_[place];
    if (!hit.listed) listed_.push_back(place);
    hit.listed = true;
    return hit;
}

void AccountTallies::observe(const WorldEngine& engine) {
    for (std::size_t v = 0; v < ranges_.size(); ++v) {
        if (ranges_[v].empty()) continue;
        const VenueParts& venue = engine.venues()[v].parts();
        const Accounts& accounts = venue.accounts;
        for (const std::uint32_t row : venue.record.liquidated) {
            const std::size_t at = place(v, accounts.owner(row));
            if (at == tallies_.size()) continue;
            ++tallies_[at].liquidations;
            hit(at).liquidated = true;
        }
        for (const std::uint32_t row : accounts.touched()) {
            if (!accounts.has(row, row_liquidated | row_deleveraged | row_frozen)) continue;
            const std::size_t at = place(v, accounts.owner(row));
            if (at == tallies_.size()) continue;
            Hit& met = hit(at);
            met.deleveraged = met.deleveraged || accounts.has(row, row_deleveraged);
            met.loss += venue.loss_of(row);
        }
    }
    for (const std::size_t at : listed_) {
        Tally& tally = tallies_[at];
        const Hit& met = hits_[at];
        if (met.deleveraged) ++tally.deleveraged_worlds;
        if (met.liquidated) {
            ++tally.liquidated_worlds;
            tally.loss += static_cast<Wide>(std::round(units * met.loss));
            tally.largest_loss = std::fmax(tally.largest_loss, met.loss);
        }
        hits_[at] = {};
    }
    listed_.clear();
}

void AccountTallies::add(const AccountTallies& other) {
    for (std::size_t i = 0; i < tallies_.size(); ++i) {
        tallies_[i].liquidated_worlds += other.tallies_[i].liquidated_worlds;
        tallies_[i].liquidations += other.tallies_[i].liquidations;
        tallies_[i].deleveraged_worlds += other.tallies_[i].deleveraged_worlds;
        tallies_[i].loss += other.tallies_[i].loss;
        tallies_[i].largest_loss = std::fmax(tallies_[i].largest_loss, other.tallies_[i].largest_loss);
    }
}

std::vector<AccountSummary> AccountTallies::read() const {
    std::vector<AccountSummary> accounts;
    for (std::size_t i = 0; i < tallies_.size(); ++i) {
        const Tally& tally = tallies_[i];
        AccountSummary& account = accounts.emplace_back();
        account.cohort = cohort_[i];
        account.liquidated_worlds = tally.liquidated_worlds;
        account.liquidations = tally.liquidations;
        account.deleveraged_worlds = tally.deleveraged_worlds;
        account.largest_loss = tally.largest_loss;
        if (tally.liquidated_worlds == 0) continue;
        account.mean_loss = static_cast<double>(tally.loss) / units / static_cast<double>(tally.liquidated_worlds);
    }
    return accounts;
}

} // namespace plunge
