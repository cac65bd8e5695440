// Uses an installed Plunge: a header-only model, a compiled one, and the version.
#include <cstdio>
#include <vector>

#include "models/random/elementary.hpp"
#include "models/random/normal_block.hpp"
#include "models/waterfall/adl.hpp"
#include "sim/version.hpp"

int main() {
    const plunge::AutoDeleveraging adl({.ranking = plunge::Ranking::pro_rata});
    const plunge::AdlCandidate small{.account = 0, .quantity = 1.0, .position = 1.0, .pnl_ratio = 0.1, .leverage = 2.0};
    const plunge::AdlCandidate large{.account = 1, .quantity = 3.0, .position = 3.0, .pnl_ratio = 0.1, .leverage = 2.0};
    const std::vector<double> taken = adl.allocate({2.0, 2.0}, {small, large});
    if (taken.size() != 2 || taken[0] != 0.5 || taken[1] != 1.5) return 1;

    std::vector<double> normals(plunge::normal_group);
    plunge::fill_normals({.seed = 1}, 0, 0, 1, normals.data());
    if (normals[0] == 0.0 || plunge::det_exp(0.0) != 1.0) return 2;

    const std::string_view version = plunge::version();
    std::printf("plunge %.*s\n", static_cast<int>(version.size()), version.data());
    return version.empty() ? 3 : 0;
}
