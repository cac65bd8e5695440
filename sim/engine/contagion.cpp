#include "sim/engine/contagion.hpp"

#include <algorithm>

namespace plunge {
namespace {

bool anybody_hurt(const std::deque<VenueEngine>& venues, const std::vector<InstitutionState>& institutions) {
    return std::any_of(venues.begin(), venues.end(),
                       [](const VenueEngine& venue) { return venue.parts().record.metrics.insolvent != 0; }) ||
           std::any_of(institutions.begin(), institutions.end(), [](const InstitutionState& state) {
               return state.failed || state.contributions_lost > 0.0 || state.assessments_paid > 0.0;
           });
}

} // namespace

NetworkMetrics clear_obligations(const Market& market, const std::deque<VenueEngine>& venues,
                                 const std::vector<InstitutionState>& institutions) {
    NetworkMetrics metrics;
    const std::size_t n = institutions.size();
    if (n == 0 || !anybody_hurt(venues, institutions)) return metrics;
    Obligations obligations{SquareMatrix{n, std::vector<double>(n * n, 0.0)}, {}};
    for (std::size_t i = 0; i < n; ++i) {
        const Institution& institution = market.scenario().institutions[i];
        for (std::size_t j = 0; j < n && !institution.liabilities.empty(); ++j) {
            obligations.liabilities(i, j) = institution.liabilities[j];
        }
        double left = institution.capital - institutions[i].contributions_lost - institutions[i].assessments_paid;
        if (institution.cohort != no_cohort) {
            const VenueParts& venue = venues[market.scenario().cohorts[institution.cohort].venue].parts();
            if (venue.record.metrics.insolvent != 0) left -= venue.lost_with_venue(institution.cohort);
        }
        obligations.outside.push_back(std::max(0.0, left));
    }
    const ClearingPayments clearing = clearing_payments(market.scenario().network, obligations);
    for (std::size_t i = 0; i < n; ++i) {
        double owed = 0.0;
        for (std::size_t j = 0; j < n; ++j) owed += obligations.liabilities(i, j);
        metrics.creditor_losses += owed - clearing.payment[i];
        if (clearing.wave[i] > 0 || institutions[i].failed) ++metrics.institution_defaults;
        if (clearing.wave[i] > 1 && !institutions[i].failed) ++metrics.contagion_defaults;
    }
    return metrics;
}

} // namespace plunge
