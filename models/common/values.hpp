// Value types that models take as parameters, beside plain numbers.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "models/common/field.hpp"

namespace plunge {

inline constexpr double seconds_per_day = 86'400.0;
inline constexpr double seconds_per_year = 365.0 * seconds_per_day;

/// One number per asset, in the order of the scenario's assets. Empty means "not given".
struct PerAsset {
    std::vector<double> values;

    bool empty() const { return values.empty(); }
    std::size_t size() const { return values.size(); }
    double operator[](std::size_t asset) const { return values[asset]; }
};

/// A dense square matrix, row-major. Empty means "not given".
struct SquareMatrix {
    std::size_t size = 0;
    std::vector<double> values;

    bool empty() const { return size == 0; }
    double operator()(std::size_t row, std::size_t column) const { return values[row * size + column]; }
    double& operator()(std::size_t row, std::size_t column) { return values[row * size + column]; }

    static SquareMatrix identity(std::size_t n) {
        SquareMatrix matrix{n, std::vector<double>(n * n, 0.0)};
        for (std::size_t i = 0; i < n; ++i) matrix(i, i) = 1.0;
        return matrix;
    }
};

/// One amount per institution, zero for those not named. Empty means "not given".
struct PerInstitution {
    std::vector<double> values;

    bool empty() const { return values.empty(); }
    double operator[](std::size_t institution) const { return values[institution]; }
};

/// Some of the institutions, by index. Empty means "not given".
struct InstitutionList {
    std::vector<std::size_t> index;

    bool empty() const { return index.empty(); }
};

/// A file that a scenario names; its text is read with the scenario, so that a run depends on nothing else.
struct InputFile {
    std::string path; ///< as written in the scenario, relative to the scenario's folder
    std::string text; ///< the whole content
};

/// A table of closes, read from CSV: one row per time, one column per asset of the scenario, in its order.
struct PriceTable {
    std::vector<double> seconds;  ///< since the Unix epoch, strictly increasing
    std::vector<double> closes;   ///< [rows x assets]
    std::string time_column;      ///< that the times stand in
    double shifted_seconds = 0.0; ///< of `seconds` over that column, where it holds the times of opens
};

// ---- distributions over accounts -----------------------------------------------------------------------------------

struct ConstantDistribution {
    static constexpr std::string_view name = "constant";
    double value = 0.0;
};

struct UniformDistribution {
    static constexpr std::string_view name = "uniform";
    double min = 0.0;
    double max = 1.0;
    static constexpr auto fields() {
        using D = UniformDistribution;
        return std::tuple{required_field("min", &D::min, Unit::none, any_number, "lower end"),
                          required_field("max", &D::max, Unit::none, any_number, "upper end")};
    }
};

struct LogUniformDistribution {
    static constexpr std::string_view name = "loguniform";
    double min = 1.0;
    double max = 10.0;
    static constexpr auto fields() {
        using D = LogUniformDistribution;
        return std::tuple{required_field("min", &D::min, Unit::none, positive, "lower end"),
                          required_field("max", &D::max, Unit::none, positive, "upper end")};
    }
};

struct NormalDistribution {
    static constexpr std::string_view name = "normal";
    double mean = 0.0;
    double stddev = 1.0;
    double min = -std::numeric_limits<double>::infinity();
    double max = std::numeric_limits<double>::infinity();
    static constexpr auto fields() {
        using D = NormalDistribution;
        return std::tuple{
            required_field("mean", &D::mean, Unit::none, any_number, "mean before truncation"),
            required_field("stddev", &D::stddev, Unit::none, not_negative, "standard deviation before truncation"),
            optional_field("min", &D::min, Unit::none, any_number, "truncated below: redrawn"),
            optional_field("max", &D::max, Unit::none, any_number, "truncated above: redrawn")};
    }
};

struct LogNormalDistribution {
    static constexpr std::string_view name = "lognormal";
    double median = 1.0;
    double sigma = 1.0;
    double min = 0.0;
    double max = std::numeric_limits<double>::infinity();
    static constexpr auto fields() {
        using D = LogNormalDistribution;
        return std::tuple{
            required_field("median", &D::median, Unit::none, positive, "median before truncation"),
            required_field("sigma", &D::sigma, Unit::none, not_negative, "standard deviation of the logarithm"),
            optional_field("min", &D::min, Unit::none, not_negative, "truncated below: redrawn"),
            optional_field("max", &D::max, Unit::none, positive, "truncated above: redrawn")};
    }
};

struct ParetoDistribution {
    static constexpr std::string_view name = "pareto";
    double min = 1.0;
    double alpha = 1.5;
    double max = std::numeric_limits<double>::infinity();
    static constexpr auto fields() {
        using D = ParetoDistribution;
        return std::tuple{required_field("min", &D::min, Unit::none, positive, "smallest value"),
                          required_field("alpha", &D::alpha, Unit::none, positive, "tail exponent"),
                          optional_field("max", &D::max, Unit::none, positive, "truncated above: redrawn")};
    }
};

/// A number, or a distribution written as an inline table: `{ lognormal = { median = 2_000, sigma = 1.6 } }`.
/// A plain number is a constant. Bounds redraw rather than clamp, so that they leave no atom.
using Distribution = std::variant<ConstantDistribution, UniformDistribution, LogUniformDistribution, NormalDistribution,
                                  LogNormalDistribution, ParetoDistribution>;

} // namespace plunge
