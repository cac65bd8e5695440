#include "models/price/registry.hpp"

namespace plunge {

std::any default_params(PriceFamily /*family*/) { return PriceModels::First::Params{}; }

bool is_drawn(const PriceChoice& prices) {
    return visit_choice(PriceModels{}, prices, []<class Process>(const auto&) { return bool{Process::is_drawn}; });
}

DiffusionParams* diffusion_of(PriceChoice& prices) {
    return visit_choice(PriceModels{}, prices, []<class Process>(auto& params) { return Process::diffusion(params); });
}

} // namespace plunge
