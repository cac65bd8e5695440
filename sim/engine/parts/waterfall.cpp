#include "sim/engine/parts/waterfall.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <variant>

#include "models/waterfall/registry.hpp"

namespace plunge {
namespace {

double balance_of(const WaterfallLayer& layer) {
    return std::visit([](const auto& chosen) { return chosen.balance(); }, layer);
}

bool takes_income(const WaterfallLayer& layer) {
    return std::visit([]<class Layer>(const Layer&) { return TakesIncome<Layer>; }, layer);
}

} // namespace

Waterfall::Waterfall(const std::vector<WaterfallChoice>& layers) : params_{layers} {
    const auto takes_from_accounts = [](const WaterfallChoice& layer) {
        const LayerNeeds needs = needs_of(layer);
        return needs.counterparties || needs.solvent_accounts;
    };
    const auto first = std::find_if(layers.begin(), layers.end(), takes_from_accounts);
    pots_first_ = static_cast<std::size_t>(first - layers.begin());
    has_pots_ = !std::all_of(layers.begin(), layers.end(), takes_from_accounts);
}
Waterfall::Waterfall(const Waterfall& other) = default;
Waterfall& Waterfall::operator=(const Waterfall& other) = default;
Waterfall::Waterfall(Waterfall&& other) noexcept = default;
Waterfall& Waterfall::operator=(Waterfall&& other) noexcept = default;
Waterfall::~Waterfall() = default;

void Waterfall::bind(const std::vector<LayerStart>& starts) {
    for (std::size_t i = 0; i < start_.size(); ++i) {
        std::visit(
            [&](auto& layer) {
                if constexpr (requires { layer.restart(starts[i]); }) layer.restart(starts[i]);
            },
            start_[i]);
    }
    for (std::size_t i = start_.size(); i < params_.size(); ++i) {
        visit_choice(WaterfallModels{}, params_[i],
                     [&]<class Layer>(const auto& params) { start_.emplace_back(Layer(params, starts[i])); });
        std::visit(
            [&](const auto& layer) {
                if constexpr (requires { layer.asks_for_assets(); }) asks_for_assets_ |= layer.asks_for_assets();
                if constexpr (requires { layer.asks_for_cohorts(); }) asks_for_cohorts_ |= layer.asks_for_cohorts();
            },
            start_.back());
        if (std::holds_alternative<AutoDeleveraging>(start_.back())) adl_ = i;
        if (!fund_ && takes_income(start_.back())) fund_ = i;
    }
}

void Waterfall::begin_world() {
    layers_ = start_;
    paid_.assign(layers_.size(), 0.0);
}

const AutoDeleveraging* Waterfall::adl() const { return adl_ ? &std::get<AutoDeleveraging>(layers_[*adl_]) : nullptr; }

double Waterfall::payable_before_adl(Loss& loss, LossBearers& bearers) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < *adl_; ++i) {
        sum += std::visit([&](const auto& layer) { return layer.payable(loss, bearers); }, layers_[i]);
    }
    return sum;
}

void Waterfall::offer_pots(Loss& loss, LossBearers& bearers) const {
    for (std::size_t i = 0; i < pots_first_; ++i) {
        std::visit([&](const auto& layer) { static_cast<void>(layer.payable(loss, bearers)); }, layers_[i]);
    }
}

double Waterfall::absorb(Loss& loss, LossBearers& bearers, LossMetrics& metrics) {
    double from_pots = 0.0;
    for (std::size_t i = 0; i < layers_.size() && !loss.is_paid(); ++i) {
        const double before = loss.amount;
        const double balance = balance_of(layers_[i]);
        std::visit([&](auto& layer) { layer.pay(loss, bearers, metrics); }, layers_[i]);
        from_pots += balance - balance_of(layers_[i]);
        paid_[i] += before - loss.amount;
    }
    return from_pots;
}

bool Waterfall::credit(const Income& income) {
    if (!fund_) return false;
    std::visit(
        [&]<class Layer>(Layer& layer) {
            if constexpr (TakesIncome<Layer>) layer.credit(income);
        },
        layers_[*fund_]);
    return true;
}

double Waterfall::fund_balance() const {
    double sum = 0.0;
    for (const WaterfallLayer& layer : layers_) {
        if (takes_income(layer)) sum += balance_of(layer);
    }
    return sum;
}

double Waterfall::balance() const {
    double sum = 0.0;
    for (const WaterfallLayer& layer : layers_) sum += balance_of(layer);
    return sum;
}

double Waterfall::change() const {
    double sum = 0.0;
    for (std::size_t i = 0; i < layers_.size(); ++i) sum += balance_of(layers_[i]) - balance_of(start_[i]);
    return sum;
}

double Waterfall::initial_balance() const {
    double sum = 0.0;
    for (const WaterfallLayer& layer : start_) sum += balance_of(layer);
    return sum;
}

} // namespace plunge
