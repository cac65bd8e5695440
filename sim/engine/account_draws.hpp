// The accounts of a cohort, drawn many at a time.
//
// Every draw has a counter of its own, named by the population's world, the cohort, the account and what is drawn, so
// that any number of accounts can be drawn side by side. sim/README.md says which uniform is what.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/contract/linear.hpp"
#include "models/margin/family.hpp"
#include "models/price/family.hpp"
#include "sim/engine/sampling.hpp"
#include "sim/scenario/scenario.hpp"

namespace plunge {

/// One account before it is cut into rows.
struct AccountView {
    double free_cash;         ///< quote, entry costs not folded in
    const double* position;   ///< [A] signed base
    const double* entry;      ///< [A]
    const double* collateral; ///< [A] base
};

/// What a row has of its account: the positions of the assets [first, last) and a share of cash and collateral.
struct RowPart {
    std::size_t first;
    std::size_t last;
    double share;

    bool holds(std::size_t asset) const { return first <= asset && asset < last; }
};

/// Calls visit(part) for every row that an account is cut into.
template <class Visit>
void for_each_row(const Cohort& cohort, const AccountView& account, std::size_t assets, const Visit& visit) {
    if (cohort.margin == MarginMode::cross) return visit(RowPart{0, assets, 1.0});
    double gross = 0.0;
    for (std::size_t a = 0; a < assets; ++a) gross += LinearContract::notional(account.position[a], account.entry[a]);
    if (!(gross > 0.0)) return visit(RowPart{0, assets, 1.0});
    for (std::size_t a = 0; a < assets; ++a) {
        if (account.position[a] == 0.0) continue;
        const double part = LinearContract::notional((1.0 - cohort.free_wallet) * account.position[a],
                                                     account.entry[a]);
        visit(RowPart{a, a + 1, part / gross});
    }
    if (cohort.free_wallet > 0.0) visit(RowPart{0, 0, cohort.free_wallet});
}

/// Draws accounts of one cohort, as many as a block holds at a time.
class AccountDraws {
  public:
    static constexpr std::size_t block = 64;

    /// Everything referred to must outlive it.
    AccountDraws(const Scenario& scenario, std::size_t cohort, const PriceProcess& process, const MarginRule& rule);

    /// Draws accounts [first, first + count) of the cohort in the population of `world`.
    void draw(std::uint64_t world, std::size_t first, std::size_t count);

    /// The i-th of them; until the next are drawn.
    AccountView account(std::size_t i) const {
        return {free_cash_[i], position_.data() + i * assets_, entry_.data() + i * assets_,
                collateral_.data() + i * assets_};
    }
    /// Whether it wanted more leverage than the venue lets it open.
    bool is_cut(std::size_t i) const { return cut_[i] != 0; }

  private:
    using Column = std::array<double, block>;

    void draw_uniforms(std::size_t number, const std::uint32_t* account, std::size_t count, double* first,
                       double* second) const;
    PhiloxEngine engine_of(std::uint32_t account) const;
    void fill_alike(const double* numbers, std::size_t count, std::vector<double>& values) const;
    void draw_shares(std::size_t count);
    void draw_sides(std::size_t count);
    double allowed_leverage(double equity, double wished, const double* share);
    void open_now(std::size_t i);
    void draw_entries(std::size_t count);
    std::size_t try_entries(std::size_t attempt, std::size_t count);
    void open_at(std::size_t i, std::size_t k);
    template <class Rule> bool survives(const Rule& rule, std::size_t i);
    template <class Rule> bool row_survives(const Rule& rule, const AccountView& account, const RowPart& part);

    const Scenario& scenario_;
    const Cohort& cohort_;
    std::size_t cohort_index_;
    const MarginRule& rule_;
    std::size_t assets_;
    bool one_asset_; // each account holds one
    bool plain_;     // each account is one row, and all of its equity is cash
    Sampler equity_sampler_;
    Sampler leverage_sampler_;
    std::vector<double> price_;           // [A]
    std::vector<double> kept_;            // [A] of collateral's value in equity: one less the haircut
    std::vector<std::size_t> moves_with_; // [A] which of the process's assets
    std::vector<double> volatility_;      // [D] annualised, of the process's assets
    std::vector<double> factor_;          // [D x D] of their correlation

    StreamKey key_;
    std::array<std::uint32_t, block> index_{}; // numbers of accounts
    Column equity_{};
    Column leverage_{};
    Column free_cash_{};
    std::array<std::uint8_t, block> cut_{};
    std::array<std::uint32_t, block> asset_{}; // that is held, where it is one
    std::vector<double> share_;                // [block x A] of notional, signed
    std::vector<double> position_;             // [block x A]
    std::vector<double> entry_;
    std::vector<double> collateral_;
    // of those that are not open yet
    std::array<std::uint32_t, block> waiting_{};
    std::array<std::uint32_t, block> waiting_index_{};
    std::vector<double> uniform_; // [2 x pairs x block]
    std::vector<double> ratio_;   // [D x block] of the entry price to the price now
    Column years_{};              // since the entry
    Column root_years_{};
    // scratch of a test
    std::vector<double> weight_;
    std::vector<double> held_;
    std::vector<double> part_of_collateral_;
};

} // namespace plunge
