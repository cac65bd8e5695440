// The default fund of a clearing house: members' contributions, then assessments.
// Registered as 30: DefaultFund
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"
#include "models/waterfall/allocation.hpp"
#include "models/waterfall/family.hpp"
#include "models/waterfall/loss.hpp"

namespace plunge {

enum class FundSizing { given, pro_rata, cover_2 };
template <> struct EnumNames<FundSizing> {
    static constexpr std::array<std::string_view, 3> value{"given", "pro_rata", "cover_2"};
};
enum class FundBasis { notional, margin };
template <> struct EnumNames<FundBasis> {
    static constexpr std::array<std::string_view, 2> value{"notional", "margin"};
};

/// A member's accounts at the start, at the layer's venue.
struct MemberExposure {
    double notional = 0.0;      ///< gross [quote]
    double margin = 0.0;        ///< maintenance margin requirement [quote]
    double stressed_loss = 0.0; ///< what its accounts would owe beyond their own wealth after the stress [quote]
};

/// Members' prefunded contributions, then assessments up to a multiple of them.
///
/// A shortfall is paid first by the members whose accounts made it, each from its own contribution for its own
/// accounts; then by all contributions that are left, pro rata to contributions at the start. What they do not cover is
/// assessed, pro rata to contributions at the start, each member up to `assessment` times its contribution over the
/// world, from its capital. A member called for more than it has left pays that and defaults; what it cannot pay is
/// called from the others within their own limits, and passes on where those are reached.
///
/// Sizing: `given`; `pro_rata`: `total` shared by members' gross notional or margin requirement at the start;
/// `cover_2`: the two largest stressed losses are the total, shared alike. A stressed loss is the credit exposure after
/// the stated price move: what a member's accounts would owe beyond their own wealth.
///
/// Source: CPSS-IOSCO (2012), Principles for financial market infrastructures, principle 4, key consideration 4: the
/// default of the two participants and their affiliates that would potentially cause the largest aggregate credit
/// exposure in extreme but plausible market conditions.
class DefaultFund {
  public:
    static constexpr std::string_view name = "default_fund";
    static constexpr std::string_view equation =
        "own: min(shortfall_i, F_i); then all, pro rata to F; then assessments, pro rata to F, at most k F_i; "
        "cover_2: sum F = the two largest stressed losses";
    static constexpr std::string_view source =
        "CPSS-IOSCO (2012), Principles for financial market infrastructures, principle 4";
    struct Params {
        using family = WaterfallFamily;
        static constexpr bool missing_asset_is_zero = true; ///< where a table by symbol leaves one out
        FundSizing sizing = FundSizing::given;
        PerInstitution contributions{};
        InstitutionList members{};
        double total = 0.0;
        PerAsset stress{};
        FundBasis basis = FundBasis::notional;
        double assessment = 0.0;
    };
    static constexpr auto fields() {
        return std::tuple{
            optional_field("sizing", &Params::sizing, Unit::none, any_number,
                           "given: by `contributions`; pro_rata: `total` by `basis`; cover_2: the two largest losses "
                           "under `stress`, by `basis`"),
            optional_field("contributions", &Params::contributions, Unit::quote, not_negative,
                           "given: what each member has paid in, by institution"),
            optional_field("members", &Params::members, Unit::none, any_number,
                           "pro_rata, cover_2: the institutions that contribute; all where left out"),
            optional_field("total", &Params::total, Unit::quote, positive, "pro_rata: sum of the contributions"),
            optional_field("stress", &Params::stress, Unit::fraction, {-1.0, inf, false, false},
                           "cover_2: simple return of each asset under stress"),
            optional_field(
                "basis", &Params::basis, Unit::none, any_number,
                "pro_rata, cover_2: contributions are in proportion to gross notional, or to the maintenance "
                "margin requirement, of the member's accounts at the start"),
            optional_field("assessment", &Params::assessment, Unit::none, not_negative,
                           "most that a member is called for over the world, over its contribution")};
    }
    static Findings check(const Params& params, const CheckContext& context);
    static LayerNeeds needs(const Params& params) { return {.contributions = &params.contributions}; }
    static double initial_balance(const Params& /*params*/) { return 0.0; }

    /// Contributions of all institutions, into `amount`.
    /// \param exposure  one per institution
    static void contributions(const Params& params, const std::vector<MemberExposure>& exposure,
                              std::vector<double>& amount);

    DefaultFund(const Params& params, const LayerStart& start) : assessment_{params.assessment} { restart(start); }
    /// Makes it what a fund made from this start is.
    void restart(const LayerStart& start);

    double balance() const;
    double payable(Loss& loss, LossBearers& bearers) const;
    void pay(Loss& loss, LossBearers& bearers, LossMetrics& metrics);

    /// Whether it must be told whose accounts made a loss.
    static constexpr bool asks_for_cohorts() { return true; }

  private:
    static constexpr double inf = std::numeric_limits<double>::infinity();

    double pay_own(Loss& loss);
    double pay_together(Loss& loss);
    double assess(Loss& loss, LossBearers& bearers, LossMetrics& metrics);
    double callable(std::size_t member, const std::vector<InstitutionState>& institutions) const;

    double assessment_;
    std::vector<double> contribution_; // [I] at the start
    std::vector<std::size_t> cohort_;  // [I]
    std::vector<Pot> pots_;            // [I]
    std::vector<double> assessed_;     // [I] paid here in this world
    // of a payment, kept for their memory
    std::vector<double> before_; // [I] balances
    std::vector<double> most_;   // [I] that each can pay
    ProRataWork shares_;
};

} // namespace plunge
