#include "sim/engine/parts/books.hpp"

#include <variant>

#include "models/contract/linear.hpp"
#include "models/impact/registry.hpp"
#include "models/random/elementary.hpp"

namespace plunge {
namespace {

const PerAsset without_end;

} // namespace

void Books::quote(const std::vector<double>& quantity, Quote& quote) const {
    std::visit(
        [&](const auto& shape) {
            fill(shape, impact_ ? common_.resting : without_end, prices_.book, quantity, quote.filled);
            if (impact_) execute(shape, common_.cross, prices_.book, quote.filled.quantity, quote.execution);
        },
        shape_);
    if (impact_) return;
    quote.execution.average_price = prices_.price;
    quote.execution.transient = prices_.book.transient;
}

void Books::commit(const Quote& quote, Ledger& ledger) {
    const std::vector<double>& transient = quote.execution.transient;
    for (std::size_t a = 0; a < transient.size(); ++a) {
        const double quantity = quote.filled.quantity[a];
        ledger.pay(Party::clearing, Party::book, LinearContract::value(quantity, quote.price(a)));
        ledger.deliver(a, Party::book, Party::clearing, quantity);
        if (transient[a] == prices_.book.transient[a]) continue;
        prices_.displaced = true;
        prices_.price[a] = prices_.book.undisplaced_price[a] * det_exp(transient[a]);
    }
    prices_.book.transient = transient;
}

} // namespace plunge
