// The waterfall, members and institutions, in the order of sim/README.md.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/network/registry.hpp"
#include "models/waterfall/registry.hpp"
#include "tests/differential/by_model.hpp"
#include "tests/differential/oracle_state.hpp"

namespace plunge::oracle {
namespace {

// A pot pays what is due, as far as it goes; one that has paid and is left with dust is empty.
double pay_from(double& pot, double due, double dust) {
    const double paid = std::min(pot, due);
    pot -= paid;
    if (paid > 0.0 && pot <= dust) pot = 0.0;
    return paid;
}

} // namespace

// ---- the start -----------------------------------------------------------------------------------------------------

void World::open_pots() {
    for (const Institution& institution : scenario_.institutions) institutions_.push_back({institution.capital});
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        VenueState& s = venues_[v];
        for (const auto& layer : scenario_.venues[v].waterfall) {
            Vector pots;
            by_model(
                WaterfallModels{}, layer,
                [&](const InsuranceFund::Params& fund) {
                    const double equal = 1.0 / static_cast<double>(n_assets_);
                    if (!fund.segregated) pots.assign(1, fund.balance);
                    for (std::size_t a = 0; a < n_assets_ && fund.segregated; ++a)
                        pots.push_back(fund.balance * (fund.shares.empty() ? equal : fund.shares[a]));
                },
                [&](const VenueCapital::Params& capital) { pots.assign(1, capital.balance); },
                [&](const DefaultFund::Params& members) {
                    pots = contributions_to(members, v);
                    for (std::size_t k = 0; k < pots.size(); ++k) {
                        pots[k] = std::min(pots[k], institutions_[k].capital);
                        institutions_[k].capital -= pots[k];
                    }
                },
                [](const AutoDeleveraging::Params&) {}, [](const SocializedLoss::Params&) {});
            s.assessed.emplace_back(pots.size(), 0.0);
            s.pot.push_back(std::move(pots));
        }
        s.initial_pot = s.pot;
        s.fund_at_end.push_back(fund_balance(v));
        s.metrics.fund_min_balance = s.fund_at_start = fund_balance(v);
    }
}

Vector World::contributions_to(const DefaultFund::Params& fund, std::size_t venue) const {
    const std::size_t n = scenario_.institutions.size();
    if (fund.sizing == FundSizing::given) return fund.contributions.values;
    Vector basis(n, 0.0);
    Vector stressed(n, 0.0);
    Vector member(n, fund.members.empty() ? 1.0 : 0.0);
    for (const std::size_t k : fund.members.index) member[k] = 1.0;
    Vector price;
    Vector stressed_price;
    for (std::size_t a = 0; a < n_assets_; ++a) {
        price.push_back(scenario_.assets[a].price);
        stressed_price.push_back(price[a] * (fund.stress.empty() ? 1.0 : 1.0 + fund.stress[a]));
    }
    for (std::size_t k = 0; k < n; ++k) {
        for (const RowState& row : venues_[venue].rows) {
            if (row.cohort != scenario_.institutions[k].cohort || member[k] == 0.0) continue;
            const Valuation now = value_at(venue, row, price);
            basis[k] += fund.basis == FundBasis::notional ? now.gross : now.maintenance;
            stressed[k] += std::max(0.0, -value_at(venue, row, stressed_price).wealth);
        }
    }
    double total = fund.total;
    if (fund.sizing == FundSizing::cover_2) {
        std::sort(stressed.rbegin(), stressed.rend());
        total = stressed[0] + (n > 1 ? stressed[1] : 0.0);
    }
    if (std::accumulate(basis.begin(), basis.end(), 0.0) == 0.0) basis = member;
    const double sum = std::accumulate(basis.begin(), basis.end(), 0.0);
    for (double& share : basis) share = total * share / sum;
    return basis;
}

// ---- where losses come from ----------------------------------------------------------------------------------------

void LossInPassing::reduce(double paid) {
    const double keep = paid < left ? (left - paid) / left : 0.0;
    for (double& part : of_asset) part *= keep;
    for (double& part : of_cohort) part *= keep;
    left = std::max(0.0, left - paid);
}

// What everybody outside the round's orders could be charged at the round's marks.
double World::can_be_socialized(std::size_t venue, const SocializedLoss::Params& params,
                                const std::vector<Order>& orders) const {
    const VenueState& s = venues_[venue];
    const Vector mark = marks(venue);
    double sum = 0.0;
    for (std::size_t i = 0; i < s.rows.size(); ++i) {
        const bool in_orders = std::any_of(orders.begin(), orders.end(),
                                           [&](const Order& order) { return order.row == i; });
        if (in_orders) continue;
        const double wealth = std::max(0.0, value_at(venue, s.rows[i], mark).wealth);
        sum += std::min(wealth, std::max(0.0, haircut_base(venue, params, s.rows[i], mark)));
    }
    return sum;
}

// What a socialized loss is shared by.
double World::haircut_base(std::size_t venue, const SocializedLoss::Params& params, const RowState& row,
                           const Vector& mark) const {
    switch (params.base) {
    case SocializedBase::gains:
        return unrealised(row, mark);
    case SocializedBase::equity:
        return value_at(venue, row, mark).wealth;
    case SocializedBase::position:
        return value_at(venue, row, mark).gross;
    }
    return 0.0;
}

// By what positions in each asset have lost since entry, closed before or now; else by notional closed; else by what
// was sold; else alike.
Vector World::split_over_assets(std::size_t venue, const RowState& row, const Vector& realised, const Vector& closed,
                                const Vector& sold, double amount) const {
    const Vector mark = marks(venue);
    Vector lost(n_assets_, 0.0);
    Vector notional(n_assets_, 0.0);
    Vector proceeds(n_assets_, 0.0);
    for (std::size_t a = 0; a < n_assets_; ++a) {
        lost[a] = std::max(0.0, closed[a] * (row.entry[a] - mark[a]) - realised[a]);
        notional[a] = std::fabs(closed[a]) * mark[a];
        proceeds[a] = sold[a] * mark[a];
    }
    for (const Vector& weight : {lost, notional, proceeds, Vector(n_assets_, 1.0)}) {
        const double sum = std::accumulate(weight.begin(), weight.end(), 0.0);
        if (!(sum > 0.0)) continue;
        Vector parts;
        for (const double w : weight) parts.push_back(amount * w / sum);
        return parts;
    }
    return {};
}

// ---- the layers ----------------------------------------------------------------------------------------------------

void World::pass_waterfall(std::size_t venue) {
    VenueState& s = venues_[venue];
    s.metrics.shortfall += s.round_shortfall;
    s.step_shortfall += s.round_shortfall;
    const auto& layers = scenario_.venues[venue].waterfall;
    LossInPassing loss;
    loss.left = s.round_shortfall;
    loss.of_asset = s.loss_of_asset;
    loss.of_cohort = s.loss_of_cohort;
    // What rounding makes of zero is no loss that anybody pays for. Twice the allowance of the split between book and
    // winners, which may leave just that much.
    loss.dust = 2.0 * s.round_dust;
    flow(s.round_shortfall);
    flow(s.round_income);
    for (std::size_t i = 0; i < layers.size() && loss.left > loss.dust; ++i) {
        by_model(
            WaterfallModels{}, layers[i], [&](const InsuranceFund::Params&) { pay_from_fund(venue, i, loss); },
            [&](const VenueCapital::Params&) { pay_from_fund(venue, i, loss); },
            [&](const DefaultFund::Params&) { pay_from_members(venue, i, loss); },
            [](const AutoDeleveraging::Params&) {}, // has acted before the trade
            [&](const SocializedLoss::Params& rule) { loss.reduce(socialize(venue, rule, loss.left)); });
    }
    if (loss.left > loss.dust) s.metrics.uncovered += loss.left;
    observe_fund(venue);
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const auto* fund = layers[i].get_if<InsuranceFund::Params>();
        if (fund == nullptr) continue;
        if (fund->segregated) {
            for (std::size_t a = 0; a < n_assets_; ++a) s.pot[i][a] += s.income_of_asset[a];
        } else {
            s.pot[i][0] += s.round_income;
        }
        return watch_funds(venue);
    }
    s.paid_out += s.round_income;
}

void World::pay_from_fund(std::size_t venue, std::size_t layer, LossInPassing& loss) {
    VenueState& s = venues_[venue];
    const auto* fund = scenario_.venues[venue].waterfall[layer].get_if<InsuranceFund::Params>();
    double paid = 0.0;
    if (fund != nullptr && fund->segregated) {
        for (std::size_t a = 0; a < n_assets_; ++a) {
            const double part = pay_from(s.pot[layer][a], loss.of_asset[a], loss.dust);
            loss.of_asset[a] -= part;
            paid += part;
        }
        // The cohorts' parts shrink alike; those of the assets have.
        Vector of_asset = loss.of_asset;
        loss.reduce(paid);
        loss.of_asset = of_asset;
        if (paid > 0.0) ++outcome_.counts.segregated_payments;
    } else {
        paid = pay_from(s.pot[layer][0], loss.left, loss.dust);
        loss.reduce(paid);
    }
    (fund != nullptr ? s.metrics.fund_used : s.metrics.venue_capital_used) += paid;
}

void World::pay_from_members(std::size_t venue, std::size_t layer, LossInPassing& loss) {
    VenueState& s = venues_[venue];
    Vector& pot = s.pot[layer];
    const Vector before = pot;
    // Each member for its own accounts.
    double own = 0.0;
    for (std::size_t k = 0; k < pot.size(); ++k) {
        const std::size_t cohort = scenario_.institutions[k].cohort;
        if (cohort == no_cohort) continue;
        const double part = pay_from(pot[k], loss.of_cohort[cohort], loss.dust);
        loss.of_cohort[cohort] -= part;
        own += part;
    }
    Vector of_cohort = loss.of_cohort;
    loss.reduce(own);
    loss.of_cohort = of_cohort;
    s.metrics.defaulters_paid += own;
    s.metrics.default_fund_used += own;
    if (own > 0.0) ++outcome_.counts.own_contributions;
    // All together.
    if (loss.left > loss.dust) {
        const Vector due = share_pro_rata(loss.left, s.initial_pot[layer], pot);
        double paid = 0.0;
        for (std::size_t k = 0; k < pot.size(); ++k) paid += pay_from(pot[k], due[k], loss.dust);
        loss.reduce(paid);
        s.metrics.default_fund_used += paid;
    }
    for (std::size_t k = 0; k < pot.size(); ++k) institutions_[k].lost += before[k] - pot[k];
    if (loss.left > loss.dust) loss.reduce(assess_members(venue, layer, loss.left));
}

// Calls go out pro rata to contributions; who cannot pay its call gives what it has and defaults, and what is missing
// is called from the others.
double World::assess_members(std::size_t venue, std::size_t layer, double loss) {
    VenueState& s = venues_[venue];
    const auto& fund = scenario_.venues[venue].waterfall[layer].get<DefaultFund::Params>();
    double paid = 0.0;
    Vector base = s.initial_pot[layer]; // zero for who has failed in this call
    for (bool again = fund.assessment > 0.0; again && loss > 0.0;) {
        again = false;
        Vector limit;
        for (std::size_t k = 0; k < base.size(); ++k) {
            limit.push_back(std::max(0.0, fund.assessment * s.initial_pot[layer][k] - s.assessed[layer][k]));
        }
        const Vector called = share_pro_rata(loss, base, limit);
        for (std::size_t k = 0; k < base.size(); ++k) {
            InstitutionRecord& member = institutions_[k];
            const double pays = std::min(called[k], member.capital);
            // Called for as much as it has but for the last bits: whether it fails is rounding.
            if (called[k] > 0.0 && std::fabs(called[k] - member.capital) < 1e-9 * called[k]) outcome_.tied = true;
            if (called[k] > member.capital) {
                if (!member.failed) {
                    ++s.metrics.member_defaults;
                    ++outcome_.counts.member_defaults;
                }
                member.failed = true;
                base[k] = 0.0;
                again = true;
            }
            member.capital = called[k] > member.capital ? 0.0 : member.capital - pays;
            member.lost += pays;
            s.assessed[layer][k] += pays;
            paid += pays;
            loss = std::max(0.0, loss - pays);
        }
    }
    s.assessments += paid;
    s.metrics.assessments += paid;
    if (paid > 0.0) ++outcome_.counts.assessments;
    return paid;
}

double World::socialize(std::size_t venue, const SocializedLoss::Params& params, double loss) {
    VenueState& s = venues_[venue];
    const Vector mark = marks(venue); // after the trade
    Vector base;
    Vector cap;
    Vector wealth;
    for (const RowState& row : s.rows) {
        wealth.push_back(std::max(0.0, value_at(venue, row, mark).wealth));
        base.push_back(std::max(0.0, haircut_base(venue, params, row, mark)));
        cap.push_back(std::min(base.back(), wealth.back()));
    }
    const Vector paid = share_pro_rata(loss, base, cap);
    double sum = 0.0;
    for (std::size_t i = 0; i < s.rows.size(); ++i) {
        s.rows[i].cash -= paid[i];
        if (paid[i] > 0.0) {
            s.rows[i].bore_loss = true;
            s.rows[i].selling = s.rows[i].owes_without_position();
        }
        if (paid[i] > 0.0 && paid[i] >= wealth[i] * (1.0 - 1e-12)) outcome_.tied = true;
        sum += paid[i];
    }
    s.metrics.socialized_loss += sum;
    if (sum > 0.0 && params.base == SocializedBase::position) ++outcome_.counts.by_position;
    return sum;
}

// ---- what an insolvent venue and hurt members do to others

void World::freeze_collateral(std::size_t failed) {
    venues_[failed].has_frozen = true;
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        const Vector mark = marks(v);
        VenueState& s = venues_[v];
        for (RowState& row : s.rows) {
            if (scenario_.cohorts[row.cohort].held_at != failed || !row.has_collateral()) continue;
            for (std::size_t a = 0; a < n_assets_; ++a) s.metrics.frozen_value += row.collateral[a] * mark[a];
            row.frozen = row.collateral;
            row.collateral.assign(n_assets_, 0.0);
            row.bore_loss = true;
            row.selling = row.owes_without_position();
            s.frozen_owners.insert(row.owner);
            ++outcome_.counts.frozen_rows;
        }
    }
}

// The greatest clearing vector, by iteration from full payment downward.
void World::clear_network() {
    const std::size_t n = institutions_.size();
    bool hurt = false;
    for (const VenueState& s : venues_) hurt = hurt || s.metrics.uncovered > 0.0;
    for (const InstitutionRecord& record : institutions_) hurt = hurt || record.lost > 0.0 || record.failed;
    if (!hurt || n == 0) return;
    const EisenbergNoe::Params& costs = by_model(
        NetworkModels{}, scenario_.network,
        [](const EisenbergNoe::Params& params) -> const EisenbergNoe::Params& { return params; });
    std::vector<Vector> owes(n, Vector(n, 0.0));
    Vector owed(n, 0.0);
    Vector outside(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        const Institution& institution = scenario_.institutions[i];
        if (!institution.liabilities.empty()) owes[i] = institution.liabilities.values;
        owed[i] = std::accumulate(owes[i].begin(), owes[i].end(), 0.0);
        outside[i] = institution.capital - institutions_[i].lost;
        if (institution.cohort != no_cohort) {
            const std::size_t v = scenario_.cohorts[institution.cohort].venue;
            double all = 0.0;
            double own = 0.0;
            for (const RowState& row : venues_[v].rows) {
                const double wealth = std::max(0.0, value_at(v, row, traded_prices(v)).wealth);
                all += wealth;
                if (row.cohort == institution.cohort) own += wealth;
            }
            if (venues_[v].metrics.uncovered > 0.0 && own > 0.0) {
                outside[i] -= own * std::min(1.0, venues_[v].metrics.uncovered / all);
            }
        }
        outside[i] = std::max(0.0, outside[i]);
    }
    const auto received = [&](const Vector& paid, std::size_t i) {
        double sum = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
            if (owed[j] > 0.0) sum += paid[j] * owes[j][i] / owed[j];
        }
        return sum;
    };
    Vector paid = owed;
    for (int iteration = 0; iteration < 20'000; ++iteration) {
        Vector next;
        for (std::size_t i = 0; i < n; ++i) {
            const double in = received(paid, i);
            const bool pays = outside[i] + in >= owed[i] * (1.0 - page::owed_of_nothing);
            next.push_back(pays ? owed[i] : costs.alpha * outside[i] + costs.beta * in);
        }
        if (next == paid) break;
        paid = next;
    }
    NetworkMetrics& metrics = outcome_.result.network;
    for (std::size_t i = 0; i < n; ++i) {
        const bool in_full = paid[i] >= owed[i] * (1.0 - page::owed_of_nothing);
        const bool alone = outside[i] + received(owed, i) < owed[i] * (1.0 - page::owed_of_nothing);
        metrics.creditor_losses += owed[i] - paid[i];
        if (!in_full || institutions_[i].failed) ++metrics.institution_defaults;
        if (!in_full && !alone && !institutions_[i].failed) {
            ++metrics.contagion_defaults;
            ++outcome_.counts.contagion;
        }
    }
}

} // namespace plunge::oracle
