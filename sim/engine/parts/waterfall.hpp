// A venue's loss layers in one world: what they hold, and the order in which they pay. Section 6 of the model.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "models/waterfall/adl.hpp"
#include "models/waterfall/family.hpp"

namespace plunge {

class Waterfall {
  public:
    /// \param layers  in paying order
    explicit Waterfall(const std::vector<WaterfallChoice>& layers);
    Waterfall(const Waterfall& other);
    Waterfall& operator=(const Waterfall& other);
    Waterfall(Waterfall&& other) noexcept;
    Waterfall& operator=(Waterfall&& other) noexcept;
    ~Waterfall();

    /// What members have contributed may differ from one call to the next, nothing else. \param starts  one per layer
    void bind(const std::vector<LayerStart>& starts);

    /// Puts every layer back to its start.
    void begin_world();

    /// Auto-deleveraging, where the venue has it.
    const AutoDeleveraging* adl() const;

    /// What the layers before auto-deleveraging could pay of `loss`, which they take off it.
    double payable_before_adl(Loss& loss, LossBearers& bearers) const;

    /// Takes off `loss` what the layers before the first that takes from accounts could pay of it.
    void offer_pots(Loss& loss, LossBearers& bearers) const;

    /// Lets the layers pay in order. What none has paid stays in `loss`. \return what their pots hold less for it
    double absorb(Loss& loss, LossBearers& bearers, LossMetrics& metrics);

    /// Gives fees and surplus to the first insurance fund; false where there is none.
    bool credit(const Income& income);

    /// Whether a layer must be told which assets, or whose accounts, a loss comes from.
    bool asks_for_assets() const { return asks_for_assets_; }
    bool asks_for_cohorts() const { return asks_for_cohorts_; }

    /// What the insurance funds hold.
    double fund_balance() const;

    /// Whether any layer is a pot of money.
    bool has_pots() const { return has_pots_; }

    /// What all pots hold; what they hold less what they held at the start; and what they held.
    double balance() const;
    double change() const;
    double initial_balance() const;

    /// What layer `i` has paid in this world.
    double paid(std::size_t i) const { return paid_[i]; }

  private:
    std::vector<WaterfallChoice> params_;
    std::vector<WaterfallLayer> start_;
    std::vector<WaterfallLayer> layers_;
    std::vector<double> paid_;
    std::optional<std::size_t> adl_; // its place among the layers
    std::size_t pots_first_ = 0;     // layers before the first that takes from accounts
    bool has_pots_ = false;
    std::optional<std::size_t> fund_; // the first insurance fund
    bool asks_for_assets_ = false;
    bool asks_for_cohorts_ = false;
};

} // namespace plunge
