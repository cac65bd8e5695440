#include "models/network/registry.hpp"

namespace plunge {

std::any default_params(NetworkFamily /*family*/) { return NetworkModels::First::Params{}; }

ClearingPayments clearing_payments(const NetworkChoice& network, const Obligations& obligations) {
    return visit_choice(NetworkModels{}, network,
                        [&]<class Network>(const auto& params) { return Network(params).clear(obligations); });
}

} // namespace plunge
