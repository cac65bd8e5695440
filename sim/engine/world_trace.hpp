// The whole history of one world: columns of which each has a value for every step.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace plunge {

class IndexPath;
struct VenueParts;

/// Dimensions of a column after time.
enum class TraceShape { asset, venue_asset, venue };

/// A column of traces: what it is called, and how a step's value is had when the step is over. Recording, files and
/// replay follow the table.
struct TraceColumn {
    using OfIndex = double (*)(const IndexPath&, std::size_t asset, std::size_t step);
    using OfBook = double (*)(const VenueParts&, std::size_t asset);
    using OfVenue = double (*)(const VenueParts&);

    std::string_view name;
    std::string_view units; ///< "1" for numbers without a unit
    std::string_view long_name;
    std::variant<OfIndex, OfBook, OfVenue> value; ///< in the order of TraceShape

    TraceShape shape() const { return static_cast<TraceShape>(value.index()); }
};

/// In the order of the file.
std::span<const TraceColumn> trace_columns();

/// Values of every column at every step, t = 0 included. Row-major, time first: [T+1 x A], [T+1 x V x A] or [T+1 x V].
class WorldTrace {
  public:
    WorldTrace() : values_(trace_columns().size()) {}

    /// \throws std::out_of_range where no column is called so
    std::vector<double>& operator[](std::string_view name) { return values_[place_of(name)]; }
    const std::vector<double>& operator[](std::string_view name) const { return values_[place_of(name)]; }

    /// The columns in the order of trace_columns().
    std::vector<std::vector<double>>& columns() { return values_; }
    const std::vector<std::vector<double>>& columns() const { return values_; }

  private:
    static std::size_t place_of(std::string_view name);

    std::vector<std::vector<double>> values_;
};

} // namespace plunge
