#include "models/network/eisenberg_noe.hpp"

#include <algorithm>

#include <Eigen/LU>

#include "models/common/tolerances.hpp"

namespace plunge {
ClearingPayments EisenbergNoe::clear(const Obligations& obligations) const {
    const std::size_t n = obligations.outside.size();
    const SquareMatrix& owes = obligations.liabilities;
    std::vector<double> owed(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) owed[i] += owes(i, j);
    }
    // Pi: the share of i's payment that j gets.
    const auto share = [&](std::size_t i, std::size_t j) { return owed[i] > 0.0 ? owes(i, j) / owed[i] : 0.0; };
    ClearingPayments result{owed, std::vector<double>(n, 0.0), std::vector<std::uint32_t>(n, 0)};
    const auto income = [&](std::size_t i) {
        double sum = 0.0;
        for (std::size_t j = 0; j < n; ++j) sum += share(j, i) * result.payment[j];
        return sum;
    };

    std::vector<std::size_t> failed;
    for (std::uint32_t wave = 1;; ++wave) {
        bool more = false;
        for (std::size_t i = 0; i < n; ++i) {
            if (result.wave[i] != 0) continue;
            if (obligations.outside[i] + income(i) >= owed[i] * (1.0 - tolerance::payment)) continue;
            result.wave[i] = wave;
            more = true;
        }
        if (!more) break;
        failed.clear();
        for (std::size_t i = 0; i < n; ++i) {
            if (result.wave[i] != 0) failed.push_back(i);
        }
        // x_i = alpha e_i + beta (what the solvent pay i in full, and Pi_ji x_j of those that fail).
        const auto size = static_cast<Eigen::Index>(failed.size());
        Eigen::MatrixXd system = Eigen::MatrixXd::Identity(size, size);
        Eigen::VectorXd has(size);
        for (Eigen::Index r = 0; r < size; ++r) {
            const std::size_t i = failed[static_cast<std::size_t>(r)];
            has(r) = params_.alpha * obligations.outside[i];
            for (std::size_t j = 0; j < n; ++j) {
                if (result.wave[j] == 0) has(r) += params_.beta * owes(j, i);
            }
            for (Eigen::Index c = 0; c < size; ++c) {
                system(r, c) -= params_.beta * share(failed[static_cast<std::size_t>(c)], i);
            }
        }
        const Eigen::VectorXd paid = system.partialPivLu().solve(has);
        for (Eigen::Index r = 0; r < size; ++r) {
            const std::size_t i = failed[static_cast<std::size_t>(r)];
            result.payment[i] = std::clamp(paid(r), 0.0, owed[i]);
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        if (result.wave[i] == 0) result.equity[i] = std::max(0.0, obligations.outside[i] + income(i) - owed[i]);
    }
    return result;
}

} // namespace plunge
