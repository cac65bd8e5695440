#include "sim/engine/parts/margins.hpp"

#include <cmath>

#include "models/margin/any_rule.hpp"

namespace plunge {

// Where marks go if nothing more is traded.
const Outlook& BreachSearch::outlook(const Books& books) {
    const VenuePrices& prices = books.prices();
    outlook_.keep = prices.displaced ? transient_keep_ : 1.0;
    for (std::size_t a = 0; a < marks_.size(); ++a) {
        const double dy = prices.book.transient[a] - prices.transient_before_rounds[a];
        outlook_.settled[a] = std::exp(prices.permanent[a] + permanent_ * dy);
    }
    return outlook_;
}

void BreachSearch::find(std::size_t t, const IndexPath& path, const Books& books, const Accounts& accounts,
                        std::vector<std::uint32_t>& found) {
    find_at(books.mark(), t, path, books, accounts, found);
}

void BreachSearch::find_at(const std::vector<double>& price, std::size_t t, const IndexPath& path, const Books& books,
                           const Accounts& accounts, std::vector<std::uint32_t>& found) {
    const double* mark = price.data();
    if (!search_.ready(t, mark, mark)) {
        search_.rebuild(t, mark, mark, mark, path, outlook(books), accounts.rows(), accounts.touched());
    }
    search_.find(mark, accounts.rows(), found);
}

std::size_t BreachSearch::first_step(std::size_t t, std::size_t limit, const LookAhead& ahead, const IndexPath& path,
                                     const Books& books, const Accounts& accounts, std::uint8_t passed_over) {
    const std::vector<double>& low = ahead.mark_low(venue_);
    const std::vector<double>& high = ahead.mark_high(venue_);
    for (std::size_t a = 0; a < marks_.size(); ++a) marks_[a] = ahead.mark(venue_, a);
    if (!search_.ready(t, low.data(), high.data())) {
        for (std::size_t a = 0; a < marks_.size(); ++a) mark_now_[a] = marks_[a][0];
        search_.rebuild(t, low.data(), high.data(), mark_now_.data(), path, outlook(books), accounts.rows(),
                        accounts.touched());
    }
    return search_.first_step({marks_.data(), low.data(), high.data()}, limit, accounts.rows(), accounts.flags(),
                              passed_over);
}

MarginState Margins::state(const MarginView& account, const std::vector<double>& mark) const {
    return margin_state(rule_, account, factor_, mark.data(), mark.size());
}

bool Margins::in_breach(const MarginView& account, const double* mark, std::size_t assets) const {
    return breaches(rule_, account, factor_, mark, assets);
}

bool Margins::is_warned(const MarginView& account, const double* mark, std::size_t assets) const {
    return breaches(rule_, account, warning_multiple_ * factor_, mark, assets);
}

void Margins::set_factor(double factor) {
    factor_ = factor;
    maintenance.trigger().set_factor(factor);
    if (warns()) warning.trigger().set_factor(factor);
}

} // namespace plunge
