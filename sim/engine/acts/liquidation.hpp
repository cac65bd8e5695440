// Rounds of liquidation: who falls short of margin is closed, as the venue's policy says.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/engine/acts/act.hpp"
#include "sim/engine/round/keepers.hpp"
#include "sim/engine/round/settlement.hpp"

namespace plunge {

class Liquidation {
  public:
    static constexpr Phase phase = Phase::rounds;
    static constexpr std::string_view name = "Rounds";

    explicit Liquidation(const VenueParts& venue)
        : keepers_{venue.assets}, round_{venue.assets}, settlement_{venue.assets}, sold_(venue.assets),
          lost_(venue.assets) {}

    void begin_world(VenueParts& venue);
    std::size_t first_step(const Window& window, VenueParts& venue);
    void pass(std::size_t count, const VenueParts& venue);
    void begin_step(const VenueParts& venue) { throughput_left_ = venue.model.liquidation.throughput; }

    /// One round; false where nobody had to sell.
    bool act(const Now& now, VenueParts& venue);

  private:
    // The partial closes of one row so far.
    struct PartialCloses {
        std::uint32_t count = 0;
        std::uint32_t last_step = 0;
    };

    void find_rows(const Now& now, VenueParts& venue);
    void note_ages(const Now& now);
    void decide(const Now& now, const VenueParts& venue, const std::vector<std::uint32_t>& rows,
                std::vector<Order>& orders) const;
    void sort_by_priority(const VenueParts& venue, std::vector<Order>& orders) const;
    bool fit_into_throughput(const VenueParts& venue, Order& order);
    bool trade(const Now& now, VenueParts& venue);
    bool trade_one_by_one(const Now& now, VenueParts& venue);
    void note_contagion(VenueParts& venue, const Order& order);
    const double* undisplaced_marks(const Now& now, const VenueParts& venue);
    template <class Rule> void note(const Rule& rule, const Now& now, VenueParts& venue, const Order& order);

    std::vector<std::uint32_t> in_breach_;                       // rows of the round: short of margin, or in a sale
    std::vector<std::pair<std::uint32_t, std::uint64_t>> since_; // (row, time found), by row; for priority = age
    std::vector<std::pair<std::uint32_t, std::uint64_t>> before_;
    std::vector<PartialCloses> closes_; // per row; empty where the policy does not ask
    std::vector<std::uint32_t> closed_; // rows of it that are not zero
    double throughput_left_ = 0.0;
    std::vector<double> undisplaced_; // [A] marks, where a script has its say
    Keepers keepers_;
    std::vector<Order> queue_; // of sequential clearing
    Round round_;
    Settlement settlement_;
    std::vector<double> sold_; // [A] of the row at hand: notional that is closed
    std::vector<double> lost_; // [A] of it: what it has lost since the start
};

} // namespace plunge
