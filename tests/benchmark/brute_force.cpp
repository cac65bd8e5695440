// The reference model by brute force: every account looked at in every round, as fast as a compiler makes that.
//
// The rival of scripts/bench in plain C++: three assets under correlated GBM, flat margin, full liquidation at the mark
// that the round started with, permanent linear impact, rounds until nobody is short. The accounts stand in columns,
// the smallest slack of a block of them is one loop that gcc -O3 -march=native -ffast-math vectorises, and only blocks
// with somebody short are looked at again. Nothing of Plunge is used. Random numbers (xoshiro256++, ziggurat) are made
// inside the time that is measured, as the Numba version makes its own.
//
// usage: plunge_brute_force ACCOUNTS.csv WORLDS [--volatility FACTOR] [--depth USD,USD,USD] [--seed N]
//                           [--normals FILE] [--folded]
// --folded uses that a flat rate makes slack linear, c + sum_a (q_a - m |q_a|) p_a, with weights computed beforehand:
// half the arithmetic, for this margin rule only. --normals reads [worlds x steps x 3] doubles instead of drawing.
// Prints one line: worlds per CPU second, liquidations per world, liquidations.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t assets = 3;
constexpr std::size_t steps = 1440;
constexpr std::size_t block = 256; // accounts whose smallest slack is kept
constexpr double margin = 0.02;
using Vector = std::array<double, assets>;

constexpr Vector initial_price{60'000.0, 3'000.0, 150.0};
constexpr Vector volatility{0.60, 0.80, 1.20};
constexpr double correlation[assets][assets] = {{1.0, 0.75, 0.60}, {0.75, 1.0, 0.65}, {0.60, 0.65, 1.0}};

// ---- random numbers ------------------------------------------------------------------------------------------------

/// xoshiro256++, Blackman & Vigna (2021), ACM Trans. Math. Softw. 47, 36.
class Xoshiro {
  public:
    explicit Xoshiro(std::uint64_t seed) {
        for (std::uint64_t& word : state_) { // splitmix64
            std::uint64_t z = seed += 0x9E3779B97F4A7C15U;
            z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9U;
            z = (z ^ z >> 27U) * 0x94D049BB133111EBU;
            word = z ^ z >> 31U;
        }
    }

    std::uint64_t operator()() {
        const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
        const std::uint64_t shifted = state_[1] << 17U;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    double uniform() { return static_cast<double>((*this)() >> 11U) * 0x1p-53 + 0x1p-54; } ///< in (0, 1)

  private:
    std::array<std::uint64_t, 4> state_{};
};

/// Standard normals: ziggurat of 128 layers, Marsaglia & Tsang (2000), J. Stat. Softw. 5(8), in Doornik's (2005) form,
/// whose layer and value come from different bits.
class Normal {
  public:
    Normal() {
        double f = std::exp(-0.5 * tail * tail);
        edge_[0] = area / f;
        edge_[1] = tail;
        for (std::size_t i = 2; i < layers; ++i) {
            edge_[i] = std::sqrt(-2.0 * std::log(area / edge_[i - 1] + f));
            f = std::exp(-0.5 * edge_[i] * edge_[i]);
        }
        edge_[layers] = 0.0;
        for (std::size_t i = 0; i < layers; ++i) inside_[i] = edge_[i + 1] / edge_[i];
    }

    double operator()(Xoshiro& random) const {
        for (;;) {
            const std::uint64_t bits = random();
            const std::size_t i = bits & (layers - 1);
            const double u = static_cast<double>(static_cast<std::int64_t>(bits) >> 10U) * 0x1p-53; // in [-1, 1)
            if (std::abs(u) < inside_[i]) return u * edge_[i];
            if (i == 0) return from_tail(random, u < 0.0);
            const double x = u * edge_[i];
            const double below = std::exp(-0.5 * (edge_[i] * edge_[i] - x * x));
            const double above = std::exp(-0.5 * (edge_[i + 1] * edge_[i + 1] - x * x));
            if (above + random.uniform() * (below - above) < 1.0) return x;
        }
    }

  private:
    static constexpr std::size_t layers = 128;
    static constexpr double tail = 3.442619855899;
    static constexpr double area = 9.91256303526217e-3;

    static double from_tail(Xoshiro& random, bool negative) {
        for (;;) {
            const double x = -std::log(random.uniform()) / tail;
            if (-2.0 * std::log(random.uniform()) >= x * x) return negative ? -(tail + x) : tail + x;
        }
    }

    std::array<double, layers + 1> edge_{};
    std::array<double, layers> inside_{};
};

// ---- the model -----------------------------------------------------------------------------------------------------

/// Accounts in columns. A liquidated account keeps its place with a cash of one and no positions.
struct Accounts {
    std::vector<double> cash;
    std::array<std::vector<double>, assets> position;
    std::array<std::vector<double>, assets> weight; ///< q - m |q|, only with --folded

    std::size_t size() const { return cash.size(); }
};

struct Model {
    Vector drift;
    double factor[assets][assets];
    Vector per_base; ///< log move for one unit of base sold
    bool folded = false;
};

/// Smallest slack of accounts [first, last): equity less maintenance margin, as written.
double least_as_written(const Accounts& accounts, const Vector& p, std::size_t first, std::size_t last) {
    const double* __restrict c = accounts.cash.data();
    const double* __restrict qa = accounts.position[0].data();
    const double* __restrict qb = accounts.position[1].data();
    const double* __restrict qc = accounts.position[2].data();
    const double pa = p[0];
    const double pb = p[1];
    const double pc = p[2];
    double least = 0.0;
    for (std::size_t i = first; i < last; ++i) {
        const double equity = c[i] + qa[i] * pa + qb[i] * pb + qc[i] * pc;
        const double gross = std::abs(qa[i]) * pa + std::abs(qb[i]) * pb + std::abs(qc[i]) * pc;
        const double slack = equity - margin * gross;
        least = slack < least ? slack : least;
    }
    return least;
}

/// The same where weights are folded.
double least_folded(const Accounts& accounts, const Vector& p, std::size_t first, std::size_t last) {
    const double* __restrict c = accounts.cash.data();
    const double* __restrict wa = accounts.weight[0].data();
    const double* __restrict wb = accounts.weight[1].data();
    const double* __restrict wc = accounts.weight[2].data();
    const double pa = p[0];
    const double pb = p[1];
    const double pc = p[2];
    double least = 0.0;
    for (std::size_t i = first; i < last; ++i) {
        const double slack = c[i] + wa[i] * pa + wb[i] * pb + wc[i] * pc;
        least = slack < least ? slack : least;
    }
    return least;
}

/// Liquidates who is short at `p` among accounts [first, last).
std::uint64_t liquidate(Accounts& accounts, bool folded, const Vector& p, std::size_t first, std::size_t last,
                        Vector& sold) {
    std::uint64_t count = 0;
    for (std::size_t i = first; i < last; ++i) {
        double equity = accounts.cash[i];
        double gross = 0.0;
        for (std::size_t a = 0; a < assets; ++a) {
            equity += accounts.position[a][i] * p[a];
            gross += std::abs(accounts.position[a][i]) * p[a];
        }
        if (!(equity < margin * gross)) continue;
        ++count;
        accounts.cash[i] = 1.0;
        for (std::size_t a = 0; a < assets; ++a) {
            sold[a] += accounts.position[a][i];
            accounts.position[a][i] = 0.0;
            if (folded) accounts.weight[a][i] = 0.0;
        }
    }
    return count;
}

/// Runs one world. \param draw  gives the next standard normal \return liquidations
template <class Draw> std::uint64_t run_world(const Model& model, Accounts& accounts, Draw&& draw) {
    Vector move{};
    Vector displacement{};
    std::uint64_t liquidations = 0;
    for (std::size_t t = 0; t < steps; ++t) {
        Vector z;
        for (double& value : z) value = draw();
        for (std::size_t a = 0; a < assets; ++a) {
            move[a] += model.drift[a];
            for (std::size_t b = 0; b <= a; ++b) move[a] += model.factor[a][b] * z[b];
        }
        for (;;) {
            Vector p;
            for (std::size_t a = 0; a < assets; ++a) p[a] = initial_price[a] * std::exp(move[a] + displacement[a]);
            Vector sold{};
            std::uint64_t found = 0;
            for (std::size_t first = 0; first < accounts.size(); first += block) {
                const std::size_t last = std::min(first + block, accounts.size());
                const double least = model.folded ? least_folded(accounts, p, first, last)
                                                  : least_as_written(accounts, p, first, last);
                if (least < 0.0) found += liquidate(accounts, model.folded, p, first, last, sold);
            }
            if (found == 0) break;
            liquidations += found;
            for (std::size_t a = 0; a < assets; ++a) displacement[a] -= model.per_base[a] * sold[a];
        }
    }
    return liquidations;
}

// ---- input ---------------------------------------------------------------------------------------------------------

Accounts read_accounts(const std::string& path, bool folded) {
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line)) throw std::runtime_error("cannot read " + path);
    Accounts accounts;
    while (std::getline(file, line)) {
        std::istringstream cells(line);
        std::string cell;
        std::getline(cells, cell, ','); // the account's name
        std::getline(cells, cell, ',');
        double cash = std::stod(cell); // equity, less what the positions are worth
        for (std::size_t a = 0; a < assets; ++a) {
            std::getline(cells, cell, ',');
            const double q = std::stod(cell);
            cash -= q * initial_price[a];
            accounts.position[a].push_back(q);
            if (folded) accounts.weight[a].push_back(q - margin * std::abs(q));
        }
        accounts.cash.push_back(cash);
    }
    return accounts;
}

Model make_model(double volatility_factor, const Vector& depth, bool folded) {
    Model model{};
    model.folded = folded;
    double cholesky[assets][assets] = {};
    for (std::size_t i = 0; i < assets; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = correlation[i][j];
            for (std::size_t k = 0; k < j; ++k) sum -= cholesky[i][k] * cholesky[j][k];
            cholesky[i][j] = i == j ? std::sqrt(sum) : sum / cholesky[j][j];
        }
        const double sigma = volatility_factor * volatility[i] / std::sqrt(365.0 * 1440.0);
        model.drift[i] = -0.5 * sigma * sigma;
        for (std::size_t j = 0; j <= i; ++j) model.factor[i][j] = sigma * cholesky[i][j];
        model.per_base[i] = 0.01 * initial_price[i] / depth[i];
    }
    return model;
}

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

int run(const std::vector<std::string>& arguments) {
    if (arguments.size() < 2) throw std::runtime_error("ACCOUNTS.csv and WORLDS are missing");
    const std::size_t worlds = std::stoul(arguments[1]);
    double volatility_factor = 1.0;
    Vector depth{1274902.1441248562, 1342513.2233903732, 1255333.8073508202};
    std::uint64_t seed = 1;
    bool folded = false;
    std::vector<double> normals;
    for (std::size_t i = 2; i < arguments.size(); ++i) {
        if (arguments[i] == "--folded") {
            folded = true;
            continue;
        }
        if (i + 1 == arguments.size()) throw std::runtime_error(arguments[i] + " needs a value");
        const std::string& value = arguments[i + 1];
        if (arguments[i] == "--volatility") {
            volatility_factor = std::stod(value);
        } else if (arguments[i] == "--depth") {
            std::istringstream list(value);
            std::string item;
            for (double& d : depth) {
                if (!std::getline(list, item, ',')) throw std::runtime_error("--depth needs three numbers");
                d = std::stod(item);
            }
        } else if (arguments[i] == "--seed") {
            seed = std::stoull(value);
        } else if (arguments[i] == "--normals") {
            normals.resize(worlds * steps * assets);
            std::ifstream file(value, std::ios::binary);
            if (!file.read(reinterpret_cast<char*>(normals.data()),
                           static_cast<std::streamsize>(normals.size() * sizeof(double)))) {
                throw std::runtime_error(value + " holds too few normals");
            }
        } else {
            throw std::runtime_error("unknown option " + arguments[i]);
        }
        ++i;
    }
    const Accounts initial = read_accounts(arguments[0], folded);
    const Model model = make_model(volatility_factor, depth, folded);

    const double start = cpu_seconds();
    const Normal normal;
    Accounts accounts;
    std::uint64_t liquidations = 0;
    for (std::size_t w = 0; w < worlds; ++w) {
        accounts = initial;
        if (normals.empty()) {
            Xoshiro random(seed + w);
            liquidations += run_world(model, accounts, [&] { return normal(random); });
        } else {
            const double* next = normals.data() + w * steps * assets;
            liquidations += run_world(model, accounts, [&] { return *next++; });
        }
    }
    const double seconds = cpu_seconds() - start;
    std::printf("%.6g %.6g %llu\n", static_cast<double>(worlds) / seconds,
                static_cast<double>(liquidations) / static_cast<double>(worlds),
                static_cast<unsigned long long>(liquidations));
    return 0;
}

} // namespace

int main(int count, char** values) {
    try {
        return run({values + 1, values + count});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "brute_force: %s\n", error.what());
        return 2;
    }
}
