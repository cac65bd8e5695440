// The family of models of contagion between institutions: what each of them must be, and what the chosen one does.
#pragma once

#include <any>
#include <concepts>
#include <cstdint>
#include <vector>

#include "models/common/check.hpp"
#include "models/common/choice.hpp"
#include "models/common/values.hpp"

namespace plunge {

struct NetworkFamily {};
using NetworkChoice = Choice<NetworkFamily>;

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

template <class Network>
concept NetworkModel = ModelOf<Network, NetworkFamily> &&
    std::constructible_from<Network, const typename Network::Params&> &&
    requires(const Network& network, const Obligations& obligations) {
    { network.clear(obligations) } -> std::same_as<ClearingPayments>;
};

std::any default_params(NetworkFamily family);
/// The clearing vector of the chosen model.
ClearingPayments clearing_payments(const NetworkChoice& network, const Obligations& obligations);

} // namespace plunge
