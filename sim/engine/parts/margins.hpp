// What rows of a venue must hold in one world: the margin rule, the factor on it, and the searches for who falls short.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/margin/family.hpp"
#include "models/margin/slack.hpp"
#include "sim/engine/look_ahead.hpp"
#include "sim/engine/parts/accounts.hpp"
#include "sim/engine/parts/books.hpp"

namespace plunge {

/// Finds the rows with E < multiple * M, exactly, without looking at all of them.
class BreachSearch {
  public:
    BreachSearch(std::uint32_t venue, std::size_t assets, double permanent, double transient_keep, Search kind)
        : venue_{venue}, permanent_{permanent}, transient_keep_{transient_keep}, search_{kind}, marks_(assets),
          mark_now_(assets) {
        outlook_.settled.resize(assets);
    }

    TriggerSearch& trigger() { return search_; }

    /// At the marks of now, in step `t`; ascending.
    void find(std::size_t t, const IndexPath& path, const Books& books, const Accounts& accounts,
              std::vector<std::uint32_t>& found);

    /// The same at other prices than the marks.
    void find_at(const std::vector<double>& price, std::size_t t, const IndexPath& path, const Books& books,
                 const Accounts& accounts, std::vector<std::uint32_t>& found);

    /// The first k < limit of the steps looked at, from `t` on, in which some row is short; `limit` where none is.
    /// \param passed_over  flags of rows that are not looked at
    std::size_t first_step(std::size_t t, std::size_t limit, const LookAhead& ahead, const IndexPath& path,
                           const Books& books, const Accounts& accounts, std::uint8_t passed_over);

  private:
    const Outlook& outlook(const Books& books);

    std::uint32_t venue_;
    double permanent_; // share of a displacement that stays
    double transient_keep_;
    TriggerSearch search_;
    Outlook outlook_;
    std::vector<const double*> marks_; // [A]
    std::vector<double> mark_now_;     // [A]
};

class Margins {
  public:
    /// \param warning_multiple  multiple of M below which a margin call goes out; zero: none does
    Margins(const MarginRule& rule, double warning_multiple, const BreachSearch& search)
        : maintenance{search}, warning{search}, rule_{rule}, warning_multiple_{warning_multiple} {}

    bool warns() const { return warning_multiple_ > 0.0; }
    double factor() const { return factor_; }
    void set_factor(double factor);

    const MarginRule& rule() const { return rule_; }
    MarginState state(const MarginView& account, const std::vector<double>& mark) const;
    /// E < M.
    bool in_breach(const MarginView& account, const double* mark, std::size_t assets) const;
    /// E < warning M.
    bool is_warned(const MarginView& account, const double* mark, std::size_t assets) const;

    BreachSearch maintenance; ///< for E < M
    BreachSearch warning;     ///< for E < warning M; idle where no calls are sent

  private:
    const MarginRule& rule_;
    double warning_multiple_;
    double factor_ = 1.0;
};

} // namespace plunge
