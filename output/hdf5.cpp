#include "output/hdf5.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

#include <hdf5_hl.h>

namespace plunge::hdf5 {

namespace {

/// The innermost entry of HDF5's error stack: the cause; the outer ones only say who called.
herr_t keep_innermost(unsigned depth, const H5E_error2_t* error, void* text) {
    if (depth == 0 && error->desc != nullptr) *static_cast<std::string*>(text) = error->desc;
    return 0;
}

[[noreturn]] void fail(std::string_view action) {
    std::string cause;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &cause);
    H5Eclear2(H5E_DEFAULT);
    throw Error("HDF5 cannot " + std::string(action) + (cause.empty() ? "" : " (" + cause + ")"));
}

Handle property_list(hid_t kind) { return {H5Pcreate(kind), H5Pclose, "create a property list"}; }

Handle text_type() {
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "copy a type");
    check(H5Tset_size(type.get(), H5T_VARIABLE), "make a string type");
    check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "make a string type");
    return type;
}

std::vector<const char*> pointers_to(const std::vector<std::string>& values) {
    std::vector<const char*> pointers;
    for (const std::string& value : values) pointers.push_back(value.c_str());
    return pointers;
}

/// Members and attributes keep the order in which they were written: tools list a file as its author meant it.
constexpr unsigned ordered = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

thread_local Storage current_storage = Storage::contiguous;

/// Chunks of a megabyte at most, which HDF5 keeps in memory one at a time: whole rows as far as they fit, all of about
/// the same size.
std::vector<hsize_t> chunk_of(std::span<const hsize_t> extent, std::size_t value_bytes) {
    hsize_t room = (hsize_t{1} << 20U) / value_bytes;
    std::vector<hsize_t> chunk(extent.begin(), extent.end());
    for (std::size_t d = chunk.size(); d-- > 0;) {
        const hsize_t pieces = (extent[d] + room - 1) / room;
        chunk[d] = (extent[d] + pieces - 1) / pieces;
        room = std::max<hsize_t>(room / chunk[d], 1);
    }
    return chunk;
}

/// Numbers only: of strings a dataset holds addresses. What is small would grow by the index of its chunks.
void store_compressed(hid_t properties, hid_t type, std::span<const hsize_t> extent) {
    constexpr hsize_t smallest = 8192;
    constexpr unsigned level = 4;
    const std::size_t value_bytes = H5Tget_size(type);
    const hsize_t size = std::accumulate(extent.begin(), extent.end(), hsize_t{1}, std::multiplies<>());
    if (H5Tget_class(type) == H5T_STRING || size < smallest / value_bytes) return;
    const std::vector<hsize_t> chunk = chunk_of(extent, value_bytes);
    check(H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data()), "choose the chunks");
    check(H5Pset_shuffle(properties), "shuffle bytes");
    check(H5Pset_deflate(properties, level), "compress");
}

Handle create_dataset(hid_t group, const std::string& name, hid_t type, std::span<const hsize_t> extent) {
    const Handle space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose,
                       "make a dataspace");
    const Handle properties = property_list(H5P_DATASET_CREATE);
    check(H5Pset_obj_track_times(properties.get(), false), "set a property");
    check(H5Pset_attr_creation_order(properties.get(), ordered), "set a property");
    if (current_storage == Storage::compressed) store_compressed(properties.get(), type, extent);
    return {H5Dcreate2(group, name.c_str(), type, space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT), H5Dclose,
            "create " + name};
}

void write_values(hid_t dataset, hid_t memory_type, const void* values, const std::string& name) {
    // HDF5 keeps what it converts strings in, by default two megabytes.
    constexpr std::size_t conversion_bytes = 1U << 16U;
    const Handle transfer = property_list(H5P_DATASET_XFER);
    check(H5Pset_buffer(transfer.get(), conversion_bytes, nullptr, nullptr), "set a property");
    check(H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, transfer.get(), values), "write " + name);
}

void describe(hid_t dataset, const std::string& name, std::string_view units, std::string_view comment) {
    if (!units.empty()) write_attribute(dataset, "units", units);
    write_attribute(dataset, "long_name", axis_label(name));
    write_attribute(dataset, "comment", comment);
}

void write_attribute(hid_t object, const std::string& name, hid_t file_type, hid_t memory_type, hid_t space,
                     const void* value) {
    const Handle attribute(H5Acreate2(object, name.c_str(), file_type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                           "create the attribute " + name);
    check(H5Awrite(attribute.get(), memory_type, value), "write the attribute " + name);
}

void write_scalar(hid_t object, const std::string& name, hid_t file_type, hid_t memory_type, const void* value) {
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose, "make a dataspace");
    write_attribute(object, name, file_type, memory_type, space.get(), value);
}

} // namespace

Quiet::Quiet() {
    H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    H5PLset_loading_state(0);
}

Quiet::~Quiet() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

Handle::Handle(hid_t id, Closer close, std::string_view action) : id_(id), close_(close) {
    if (id < 0) fail(action);
}

Handle::Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}

Handle& Handle::operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
}

Handle::~Handle() {
    if (id_ >= 0) close_(id_);
}

void check(herr_t status, std::string_view action) {
    if (status < 0) fail(action);
}

template <> hid_t file_type<double>() { return H5T_IEEE_F64LE; }
template <> hid_t file_type<std::uint64_t>() { return H5T_STD_I64LE; }
template <> hid_t file_type<std::uint32_t>() { return H5T_STD_I64LE; }
template <> hid_t file_type<std::uint8_t>() { return H5T_STD_U8LE; }
template <> hid_t memory_type<double>() { return H5T_NATIVE_DOUBLE; }
template <> hid_t memory_type<std::uint64_t>() { return H5T_NATIVE_UINT64; }
template <> hid_t memory_type<std::uint32_t>() { return H5T_NATIVE_UINT32; }
template <> hid_t memory_type<std::uint8_t>() { return H5T_NATIVE_UINT8; }

template <class T> void check_counts(const std::string& name, std::span<const T> values) {
    if constexpr (std::is_same_v<T, std::uint64_t>) {
        constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        if (std::any_of(values.begin(), values.end(), [](std::uint64_t value) { return value > most; }))
            throw Error(name + " holds a number beyond 9223372036854775807, the largest that the file can");
    }
}
template void check_counts(const std::string&, std::span<const double>);
template void check_counts(const std::string&, std::span<const std::uint64_t>);
template void check_counts(const std::string&, std::span<const std::uint32_t>);
template void check_counts(const std::string&, std::span<const std::uint8_t>);

std::string axis_label(std::string_view name) {
    std::string label;
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find_first_of("_.", begin), name.size());
        const std::string_view word = name.substr(begin, end - begin);
        if (!label.empty()) label += ' ';
        label += word == "adl" ? "ADL" : word == "pnl" ? "profit" : word;
        begin = end + 1;
    }
    return label;
}

StoredAs::StoredAs(Storage storage) : before_(std::exchange(current_storage, storage)) {}

StoredAs::~StoredAs() { current_storage = before_; }

MemoryFile::MemoryFile() {
    const Handle access = property_list(H5P_FILE_ACCESS);
    constexpr std::size_t growth = std::size_t{1} << 20U;
    check(H5Pset_fapl_core(access.get(), growth, false), "keep a file in memory");
    // The format of 1.8: the oldest with ordered members and attributes of any size, read by everything in use.
    check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_V18), "choose the file format");
    const Handle creation = property_list(H5P_FILE_CREATE);
    check(H5Pset_obj_track_times(creation.get(), false), "set a property");
    check(H5Pset_link_creation_order(creation.get(), ordered), "set a property");
    check(H5Pset_attr_creation_order(creation.get(), ordered), "set a property");
    // The name stands for nothing on the disk, but HDF5 wants it unique among open files.
    static std::atomic<std::uint64_t> number{0};
    const std::string name = "plunge-result-in-memory-" + std::to_string(number++);
    file_ = Handle(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose,
                   "create a file in memory");
}

std::span<const std::byte> MemoryFile::bytes() {
    check(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), "finish the file");
    const ssize_t size = H5Fget_file_image(file_.get(), nullptr, 0);
    if (size < 0) fail("measure the file");
    // The core driver's handle is the address of its buffer's pointer: no second copy of the file is needed.
    void* handle = nullptr;
    check(H5Fget_vfd_handle(file_.get(), H5P_DEFAULT, &handle), "find the file's bytes");
    return {*static_cast<const std::byte* const*>(handle), static_cast<std::size_t>(size)};
}

Handle create_group(hid_t parent, const std::string& name) {
    const Handle properties = property_list(H5P_GROUP_CREATE);
    check(H5Pset_obj_track_times(properties.get(), false), "set a property");
    check(H5Pset_link_creation_order(properties.get(), ordered), "set a property");
    check(H5Pset_attr_creation_order(properties.get(), ordered), "set a property");
    return {H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, properties.get(), H5P_DEFAULT), H5Gclose,
            "create the group " + name};
}

void write_attribute(hid_t object, const std::string& name, std::string_view text) {
    // Of variable length, so that the text is not bound by the 64 kB of an attribute.
    const Handle type = text_type();
    const std::string terminated(text);
    const char* const pointer = terminated.c_str();
    write_scalar(object, name, type.get(), type.get(), &pointer);
}

void write_attribute(hid_t object, const std::string& name, double value) {
    write_scalar(object, name, file_type<double>(), H5T_NATIVE_DOUBLE, &value);
}

void write_attribute(hid_t object, const std::string& name, std::uint64_t value) {
    check_counts(name, std::span<const std::uint64_t>(&value, 1));
    write_scalar(object, name, file_type<std::uint64_t>(), H5T_NATIVE_UINT64, &value);
}

void write_attribute(hid_t object, const std::string& name, std::span<const std::uint32_t> values) {
    const hsize_t size = values.size();
    const Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose, "make a dataspace");
    write_attribute(object, name, file_type<std::uint32_t>(), H5T_NATIVE_UINT32, space.get(), values.data());
}

Handle write_scale(hid_t group, const std::string& name, hid_t file_type, hid_t memory_type, const void* values,
                   std::size_t size, std::string_view units, std::string_view comment) {
    const hsize_t extent = size;
    Handle dataset = create_dataset(group, name, file_type, {&extent, 1});
    if (size > 0) write_values(dataset.get(), memory_type, values, name);
    check(H5DSset_scale(dataset.get(), name.c_str()), "make a scale of " + name);
    describe(dataset.get(), name, units, comment);
    return dataset;
}

Handle write_scale(hid_t group, const std::string& name, const std::vector<std::string>& values,
                   std::string_view comment) {
    const std::vector<const char*> pointers = pointers_to(values);
    const Handle type = text_type();
    return write_scale(group, name, type.get(), type.get(), pointers.data(), pointers.size(), "", comment);
}

Handle write_dataset(hid_t group, const std::string& name, const std::vector<std::string>& values, const Scales& scales,
                     std::string_view comment) {
    const std::vector<const char*> pointers = pointers_to(values);
    const Handle type = text_type();
    return write_dataset(group, name, type.get(), type.get(), pointers.data(), pointers.size(), scales, "", comment);
}

Handle write_dataset(hid_t group, const std::string& name, hid_t file_type, hid_t memory_type, const void* values,
                     std::size_t count, const Scales& scales, std::string_view units, std::string_view comment) {
    std::vector<hsize_t> extent;
    hsize_t size = 1;
    for (const Handle* scale : scales) {
        extent.push_back(shape(scale->get()).at(0));
        size *= extent.back();
    }
    if (size != count) throw std::logic_error(name + ": values do not fill the dimensions");
    Handle dataset = create_dataset(group, name, file_type, extent);
    if (count > 0) write_values(dataset.get(), memory_type, values, name);
    unsigned dimension = 0;
    for (const Handle* scale : scales)
        check(H5DSattach_scale(dataset.get(), scale->get(), dimension++), "attach a scale to " + name);
    describe(dataset.get(), name, units, comment);
    return dataset;
}

} // namespace plunge::hdf5
