// Socialized loss: what is left of a shortfall is taken from the accounts that are still solvent.
// Registered as 50: SocializedLoss
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"
#include "models/waterfall/allocation.hpp"
#include "models/waterfall/family.hpp"
#include "models/waterfall/loss.hpp"

namespace plunge {

enum class SocializedBase { gains, equity, position };
template <> struct EnumNames<SocializedBase> {
    static constexpr std::array<std::string_view, 3> value{"gains", "equity", "position"};
};

/// Haircuts, pro rata, the winners' unrealised gains, all positive equity at the venue, or the size of all positions:
/// the same per contract of every long and short, where there is one asset; nobody pays more than its base or its
/// equity. Source: Deribit, "The Deribit insurance fund and socialised loss system": what the fund cannot
/// cover is shared by the winners; taking it from all equity is the variant for comparison.
class SocializedLoss {
  public:
    static constexpr std::string_view name = "socialized_loss";
    static constexpr std::string_view equation = "pay_j = loss b_j / sum b, b = unrealised gains, equity or notional";
    static constexpr std::string_view source = "Deribit, \"The Deribit Insurance Fund and Socialised Loss System\"";
    struct Params {
        using family = WaterfallFamily;
        SocializedBase base = SocializedBase::gains;
    };
    static constexpr auto fields() {
        return std::tuple{
            optional_field("base", &Params::base, Unit::none, any_number,
                           "what is haircut, pro rata: unrealised gains, equity, or the notional of positions")};
    }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static LayerNeeds needs(const Params& /*params*/) { return {.solvent_accounts = true}; }
    static double initial_balance(const Params& /*params*/) { return 0.0; }

    SocializedLoss(const Params& params, const LayerStart& /*start*/) : base_{params.base} {}

    double balance() const { return 0.0; }
    /// The sum of what every account can be charged at most.
    double payable(Loss& loss, LossBearers& bearers) const;
    void pay(Loss& loss, LossBearers& bearers, LossMetrics& metrics);

  private:
    double claim_of(const AccountClaim& account) const {
        switch (base_) {
        case SocializedBase::gains:
            return account.gain;
        case SocializedBase::equity:
            return account.wealth;
        case SocializedBase::position:
            return account.size;
        }
        return 0.0;
    }

    SocializedBase base_;
    // of a payment, kept for their memory
    std::vector<std::size_t> payer_;
    std::vector<double> weight_;
    std::vector<double> cap_;
    ProRataWork shares_;
    std::vector<double> payment_;
};

} // namespace plunge
