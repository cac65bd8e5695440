// The part of HDF5's C library that Plunge uses, with handles that close themselves and failures that throw.
//
// What is written can be read as netCDF-4: every dataset has a scale for each dimension, strings have variable length,
// numbers are IEEE doubles, signed integers or bytes, little endian. Nothing depends on the time of writing.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <hdf5.h>

#include "output/storage.hpp"

namespace plunge::hdf5 {

/// A call failed; the text says which and what HDF5's innermost message is.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// While one lives HDF5 prints nothing to stderr, and its plugins stay unloaded.
class Quiet {
  public:
    Quiet();
    ~Quiet();
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

  private:
    H5E_auto2_t function_ = nullptr;
    void* data_ = nullptr;
};

/// Owns one HDF5 identifier.
class Handle {
  public:
    using Closer = herr_t (*)(hid_t);
    Handle() = default;
    /// \throws Error if `id` is negative, naming `action`.
    Handle(hid_t id, Closer close, std::string_view action);
    Handle(Handle&& other) noexcept;
    Handle& operator=(Handle&& other) noexcept;
    ~Handle();
    hid_t get() const { return id_; }

  private:
    hid_t id_ = -1;
    Closer close_ = nullptr;
};

/// \throws Error naming `action` if `status` is negative.
void check(herr_t status, std::string_view action);

// ---- writing -------------------------------------------------------------------------------------------------------

/// While one lives, the datasets of numbers that this thread writes are stored so; contiguous where none does.
class StoredAs {
  public:
    explicit StoredAs(Storage storage);
    ~StoredAs();
    StoredAs(const StoredAs&) = delete;
    StoredAs& operator=(const StoredAs&) = delete;

  private:
    Storage before_;
};

/// A file that lives in memory and is never written by HDF5 itself, so that a full disk is not HDF5's to handle.
class MemoryFile {
  public:
    MemoryFile();
    hid_t root() const { return file_.get(); }

    /// The finished file's bytes, in HDF5's own buffer: valid until the next change of the file.
    std::span<const std::byte> bytes();

  private:
    Handle file_;
};

Handle create_group(hid_t parent, const std::string& name);

void write_attribute(hid_t object, const std::string& name, std::string_view text);
void write_attribute(hid_t object, const std::string& name, double value);
void write_attribute(hid_t object, const std::string& name, std::uint64_t value);
void write_attribute(hid_t object, const std::string& name, std::span<const std::uint32_t> values);

/// A value type of datasets: double, std::uint64_t, std::uint32_t or std::uint8_t. Counters are signed in the file, so
/// that differences of them do not wrap in the programs that read it; bytes are bytes.
template <class T> hid_t file_type();
template <class T> hid_t memory_type();

/// \throws Error where a counter is beyond 2^63 - 1. \param name  of the dataset
template <class T> void check_counts(const std::string& name, std::span<const T> values);

/// A name as an axis shows it: "adl_notional" -> "ADL notional".
std::string axis_label(std::string_view name);

/// A one-dimensional dataset that is the scale of its own dimension: a coordinate. Empty `units` are left out; its
/// `long_name` is its name as an axis shows it, `comment` the sentence.
Handle write_scale(hid_t group, const std::string& name, hid_t file_type, hid_t memory_type, const void* values,
                   std::size_t size, std::string_view units, std::string_view comment);
Handle write_scale(hid_t group, const std::string& name, const std::vector<std::string>& values,
                   std::string_view comment);
template <class T>
Handle write_scale(hid_t group, const std::string& name, std::span<const T> values, std::string_view units,
                   std::string_view comment) {
    check_counts(name, values);
    return write_scale(group, name, file_type<T>(), memory_type<T>(), values.data(), values.size(), units, comment);
}

/// The scales of a dataset's dimensions.
using Scales = std::vector<const Handle*>;

/// A dataset over the dimensions of `scales`, row-major; `count` values must fill it.
Handle write_dataset(hid_t group, const std::string& name, hid_t file_type, hid_t memory_type, const void* values,
                     std::size_t count, const Scales& scales, std::string_view units, std::string_view comment);
Handle write_dataset(hid_t group, const std::string& name, const std::vector<std::string>& values, const Scales& scales,
                     std::string_view comment);
template <class T>
Handle write_dataset(hid_t group, const std::string& name, std::span<const T> values, const Scales& scales,
                     std::string_view units, std::string_view comment) {
    check_counts(name, values);
    return write_dataset(group, name, file_type<T>(), memory_type<T>(), values.data(), values.size(), scales, units,
                         comment);
}

// ---- reading -------------------------------------------------------------------------------------------------------

Handle open_file(const std::string& path);
Handle open_group(hid_t parent, const std::string& name);
Handle open_dataset(hid_t parent, const std::string& name);
bool exists(hid_t parent, const std::string& name);
bool is_group(hid_t parent, const std::string& name);

/// Names in a group, in the order in which they were made.
std::vector<std::string> names(hid_t group);

bool has_attribute(hid_t object, const std::string& name);
std::string read_text(hid_t object, const std::string& name);
double read_number(hid_t object, const std::string& name);
std::uint64_t read_count(hid_t object, const std::string& name);

std::vector<hsize_t> shape(hid_t dataset);

/// The whole dataset, row-major, integers converted.
std::vector<double> read_doubles(hid_t dataset);
std::vector<std::uint64_t> read_counts(hid_t dataset);
std::string read_bytes(hid_t dataset);
std::vector<std::string> read_strings(hid_t dataset);

/// One index of the first dimension: [rest of the dimensions], row-major.
void read_row(hid_t dataset, hsize_t row, hid_t memory_type, void* values, std::size_t count);

/// Refuses what only a hostile or broken file has: links to elsewhere, data kept elsewhere, filters other than those of
/// Storage::compressed, and datasets that claim more data than their bytes can hold.
void refuse_unsafe(hid_t file, std::uint64_t file_bytes);

} // namespace plunge::hdf5
