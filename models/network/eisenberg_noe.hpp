// Clearing of obligations between institutions, some of which cannot pay in full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"

namespace plunge {

/// Who owes whom how much, and what everybody has beside.
struct Obligations {
    SquareMatrix liabilities;    ///< (i, j): what i owes j [quote]; the diagonal is zero
    std::vector<double> outside; ///< [n] e: external assets, not negative [quote]
};

/// What everybody pays.
struct ClearingPayments {
    std::vector<double> payment;     ///< [n] p, at most what is owed
    std::vector<double> equity;      ///< [n] what is left after paying, zero for who defaults
    std::vector<std::uint32_t> wave; ///< [n] 0: pays in full; 1: defaults though all others pay; later: by contagion
};

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
        double alpha = 1.0;
        double beta = 1.0;
    };
    static constexpr auto fields() {
        return std::tuple{optional_field("alpha", &Params::alpha, Unit::fraction, unit_interval,
                                         "share of its external assets that a defaulting institution realises"),
                          optional_field("beta", &Params::beta, Unit::fraction, unit_interval,
                                         "share of the payments of others that a defaulting institution realises")};
    }

    explicit EisenbergNoe(const Params& params) : params_{params} {}

    ClearingPayments clear(const Obligations& obligations) const;

  private:
    Params params_;
};

} // namespace plunge
