// The chosen model of a family, held by its parameters: who only holds it does not see the family's models.
#pragma once

#include <any>
#include <concepts>
#include <memory>
#include <utility>

namespace plunge {

/// Parameters of a model of `Family`: the struct says so, with `using family = Family`.
template <class Params, class Family>
concept ParamsOf = std::same_as<typename Params::family, Family> && std::copyable<Params>;

/// A value: copies hold copies of the parameters. Who knows a model asks for its parameters by type; who treats all
/// models alike includes the family's registry and calls visit_choice() (models/common/model_list.hpp).
template <class Family> class Choice {
  public:
    /// The family's first model with its defaults.
    Choice() : params_{default_params(Family{})} {}

    template <class Params>
    requires ParamsOf<Params, Family> Choice(Params params)
        : params_{std::in_place_type<Params>, std::move(params)} {} // a choice is what is chosen

    template <class Params> bool holds() const { return get_if<Params>() != nullptr; }

    /// The parameters where they are of this model, null where they are another's.
    template <class Params>
    requires ParamsOf<Params, Family>
    const Params* get_if() const { return std::any_cast<Params>(&params_); }
    template <class Params>
    requires ParamsOf<Params, Family> Params* get_if() { return std::any_cast<Params>(&params_); }

    /// \throws std::bad_any_cast where another model is chosen
    template <class Params>
    requires ParamsOf<Params, Family>
    const Params& get() const { return std::any_cast<const Params&>(params_); }
    template <class Params>
    requires ParamsOf<Params, Family> Params& get() { return std::any_cast<Params&>(params_); }

  private:
    std::any params_;
};

/// A value that does not change, shared by its copies. Its type may be incomplete where it is only held.
template <class T> class Held {
  public:
    explicit Held(std::shared_ptr<const T> value) : value_{std::move(value)} {}

    const T& operator*() const { return *value_; }
    const T* operator->() const { return value_.get(); }
    operator const T&() const { return *value_; } // it stands for its value

  private:
    std::shared_ptr<const T> value_;
};

} // namespace plunge
