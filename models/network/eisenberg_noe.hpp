// Clearing of obligations between institutions, some of which cannot pay in full.
// Registered as 10: EisenbergNoe
#pragma once

#include <string_view>
#include <tuple>

#include "models/common/values.hpp"
#include "models/network/family.hpp"

namespace plunge {

/// The greatest clearing vector: everybody pays what it owes, or else all it has, shared among creditors in proportion
/// to what is owed to them. Who defaults gets `alpha` of its external assets and `beta` of what others pay it.
///
/// Source: Eisenberg & Noe (2001), Management Science 47, 236: limited liability, absolute priority, and the fictitious
/// default algorithm (alpha = beta = 1). Rogers & Veraart (2013), Management Science 59, 882: costs of default; many
/// clearing vectors may exist, and letting institutions fail in succession until only solvent ones remain arrives at
/// the greatest. At most n waves, each a linear system.
class EisenbergNoe {
  public:
    static constexpr std::string_view name = "eisenberg_noe";
    static constexpr std::string_view equation =
        "p_i = pbar_i if e_i + sum_j Pi_ji p_j >= pbar_i, else alpha e_i + beta sum_j Pi_ji p_j";
    static constexpr std::string_view source =
        "Eisenberg & Noe (2001), Management Science 47, 236; Rogers & Veraart (2013), Management Science 59, 882";
    struct Params {
        using family = NetworkFamily;
        double alpha = 1.0;
        double beta = 1.0;
    };
    static constexpr auto fields() {
        return std::tuple{optional_field("alpha", &Params::alpha, Unit::fraction, unit_interval,
                                         "share of its external assets that a defaulting institution realises"),
                          optional_field("beta", &Params::beta, Unit::fraction, unit_interval,
                                         "share of the payments of others that a defaulting institution realises")};
    }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }

    explicit EisenbergNoe(const Params& params) : params_{params} {}

    ClearingPayments clear(const Obligations& obligations) const;

  private:
    Params params_;
};

} // namespace plunge
