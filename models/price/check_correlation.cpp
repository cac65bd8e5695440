#include "models/price/check_correlation.hpp"

#include <utility>

#include "models/common/text.hpp"
#include "models/price/correlation.hpp"

namespace plunge {
namespace {

// The same tolerance as the diffusion's, so that what is accepted here is accepted there.
constexpr double definiteness_tolerance = -1e-10;

Findings check_loadings(const std::vector<std::vector<double>>& loadings, const CheckContext& context) {
    const std::size_t n = context.assets.size();
    if (n > 0 && loadings.size() != n) {
        return {{"loadings", counted(loadings.size(), "row") + " for " + counted(n, "asset") + " (" +
                                 joined(context.assets) + ")"}};
    }
    Findings findings;
    for (std::size_t a = 0; a < loadings.size(); ++a) {
        if (loadings[a].size() != loadings.front().size()) {
            findings.push_back({"loadings", "every row must have the same number of factors", "", a});
            continue;
        }
        double squares = 0.0;
        for (const double loading : loadings[a]) squares += loading * loading;
        constexpr double rounding = 1e-12;
        if (squares <= 1.0 + rounding) continue;
        findings.push_back(
            {"loadings", "the squares of a row sum to " + significant(squares, 10) + ": at most 1 is possible", "", a});
    }
    return findings;
}

} // namespace

void check_definite(Findings& findings, const SquareMatrix& correlation, std::string remedy) {
    const double lowest = smallest_eigenvalue(correlation);
    if (lowest >= definiteness_tolerance) return;
    findings.push_back({"correlation",
                        "not positive semi-definite: the smallest eigenvalue is " + significant(lowest, 6),
                        std::move(remedy)});
}

Findings check_diffusion(const DiffusionParams& params, const CheckContext& context) {
    const bool correlation = context.given("correlation");
    const bool loadings = context.given("loadings");
    if (correlation && loadings) return {{"loadings", "give correlation or loadings, not both"}};
    if (loadings) return check_loadings(params.loadings, context);
    Findings findings;
    if (correlation && !params.correlation.empty() && !params.repair) {
        check_definite(findings, params.correlation,
                       "no prices can have these correlations; repair = true takes the nearest possible ones "
                       "(Higham 2002)");
    }
    return findings;
}

} // namespace plunge
