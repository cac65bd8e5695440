// The family of liquidation policies: what each of them must be, and what can be asked of the chosen one.
#pragma once

#include <any>
#include <concepts>
#include <cstddef>
#include <string_view>

#include "models/common/check.hpp"
#include "models/common/choice.hpp"
#include "models/liquidation/common.hpp"

namespace plunge {

struct LiquidationFamily {};
using LiquidationChoice = Choice<LiquidationFamily>;

/// What a policy needs of the venue around it.
struct LiquidationNeeds {
    bool loans = false;       ///< accounts are loans: nobody stands on the other side, keepers trade for themselves
    bool past_closes = false; ///< an account's partial closes before, and the time since the last
};

/// A margin rule that asks for nothing: what a policy is tried with.
struct NoMargin {
    static double maintenance(std::size_t /*asset*/, double /*notional*/) { return 0.0; }
    static double marginal_rate(std::size_t /*asset*/, double /*notional*/) { return 0.0; }
};

/// Closes a share of every position.
template <class Policy>
concept ClosesShares = requires(const Policy& policy, const LiquidationView<NoMargin>& account) {
    { policy.fraction(account) } -> std::same_as<double>;
};

/// Lets keepers repay loans, while that earns them a share of what they repay.
template <class Policy>
concept ClosesLoans = requires(const Policy& policy, const LiquidationView<NoMargin>& loan) {
    { policy.close(loan) } -> std::same_as<LoanClose>;
    { policy.min_profit() } -> std::same_as<double>;
};

template <class Policy>
concept LiquidationModel = ModelOf<Policy, LiquidationFamily> &&
    (ClosesShares<Policy> != ClosesLoans<Policy>)&&std::constructible_from<
        Policy, const typename Policy::Params&>&& requires(const typename Policy::Params& params) {
    { Policy::needs(params) } -> std::same_as<LiquidationNeeds>;
};

/// One of the registered policies: models/liquidation/registry.hpp.
struct LiquidationPolicy;

std::any default_params(LiquidationFamily family);
std::string_view name_of(const LiquidationChoice& policy);
LiquidationNeeds needs_of(const LiquidationChoice& policy);

} // namespace plunge
