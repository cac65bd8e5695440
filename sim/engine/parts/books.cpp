#include "sim/engine/parts/books.hpp"

#include <variant>

#include "models/contract/linear.hpp"
#include "models/impact/registry.hpp"
#include "models/random/elementary.hpp"

namespace plunge {

void Books::quote(const std::vector<double>& quantity, Execution& execution) const {
    if (!impact_) {
        execution.average_price = prices_.price;
        execution.transient = prices_.book.transient;
        return;
    }
    std::visit([&](const auto& shape) { execute(shape, cross_, prices_.book, quantity, execution); }, shape_);
}

void Books::commit(const std::vector<double>& quantity, const Execution& execution, Ledger& ledger) {
    for (std::size_t a = 0; a < quantity.size(); ++a) {
        ledger.pay(Party::clearing, Party::book, LinearContract::value(quantity[a], execution.average_price[a]));
        ledger.deliver(a, Party::book, Party::clearing, quantity[a]);
        if (execution.transient[a] == prices_.book.transient[a]) continue;
        prices_.displaced = true;
        prices_.price[a] = prices_.book.undisplaced_price[a] * det_exp(execution.transient[a]);
    }
    prices_.book.transient = execution.transient;
}

} // namespace plunge
