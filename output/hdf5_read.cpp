#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <numeric>

#include "output/hdf5.hpp"

namespace plunge::hdf5 {

namespace {

Handle dataspace(hid_t dataset) { return {H5Dget_space(dataset), H5Sclose, "read a dataspace"}; }

std::size_t size_of(hid_t dataset) {
    const std::vector<hsize_t> extent = shape(dataset);
    return std::accumulate(extent.begin(), extent.end(), std::size_t{1}, std::multiplies<>());
}

Handle open_attribute(hid_t object, const std::string& name) {
    if (!has_attribute(object, name)) throw Error("the attribute " + name + " is missing");
    Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "open the attribute " + name);
    const Handle space(H5Aget_space(attribute.get()), H5Sclose, "read a dataspace");
    if (H5Sget_simple_extent_npoints(space.get()) != 1) throw Error("the attribute " + name + " is not one value");
    return attribute;
}

void require_class(const Handle& type, H5T_class_t wanted, const std::string& name) {
    if (H5Tget_class(type.get()) != wanted) throw Error(name + " has the wrong type");
}

/// A string type for memory, after a check that the stored one is a string of variable length.
Handle memory_text(const Handle& stored, const std::string& name) {
    require_class(stored, H5T_STRING, name);
    if (H5Tis_variable_str(stored.get()) <= 0) throw Error(name + " is not a string of variable length");
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "copy a type");
    check(H5Tset_size(type.get(), H5T_VARIABLE), "make a string type");
    check(H5Tset_cset(type.get(), H5Tget_cset(stored.get())), "make a string type");
    return type;
}

/// Strings that HDF5 has allocated.
using Text = std::unique_ptr<char, herr_t (*)(void*)>;

std::string take(char* text) {
    const Text owner(text, H5free_memory);
    return text == nullptr ? std::string() : std::string(text);
}

template <class T> std::vector<T> read_all(hid_t dataset) {
    std::vector<T> values(size_of(dataset));
    if (!values.empty())
        check(H5Dread(dataset, memory_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "read a dataset");
    return values;
}

struct Inspection {
    std::uint64_t file_bytes;
    std::string finding;
};

/// \return whether values are deflated.
bool inspect_filters(hid_t properties, Inspection& inspection) {
    bool deflated = false;
    const int filters = H5Pget_nfilters(properties);
    for (int i = 0; i < filters; ++i) {
        unsigned flags = 0;
        unsigned config = 0;
        std::size_t values = 0;
        const H5Z_filter_t filter = H5Pget_filter2(properties, static_cast<unsigned>(i), &flags, &values, nullptr, 0,
                                                   nullptr, &config);
        if (filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_DEFLATE)
            inspection.finding = "is filtered in an unknown way";
        if (filter == H5Z_FILTER_DEFLATE && deflated) inspection.finding = "is compressed more than once";
        deflated = deflated || filter == H5Z_FILTER_DEFLATE;
    }
    return deflated;
}

void inspect_dataset(hid_t group, const char* name, Inspection& inspection) {
    const Handle dataset = open_dataset(group, name);
    const Handle properties(H5Dget_create_plist(dataset.get()), H5Pclose, "read a dataset's properties");
    const H5D_layout_t layout = H5Pget_layout(properties.get());
    if (layout != H5D_CONTIGUOUS && layout != H5D_COMPACT && layout != H5D_CHUNKED)
        inspection.finding = "keeps its data in an unknown way";
    const bool deflated = inspect_filters(properties.get(), inspection);
    if (layout == H5D_CONTIGUOUS && H5Pget_external_count(properties.get()) != 0)
        inspection.finding = "keeps its data in another file";
    if (!inspection.finding.empty()) return;
    constexpr std::uint64_t most_deflated = 1032; // times smaller, by the format of deflate
    const std::uint64_t most = deflated ? most_deflated * std::min<std::uint64_t>(H5Dget_storage_size(dataset.get()),
                                                                                  inspection.file_bytes)
                                        : inspection.file_bytes;
    const Handle type(H5Dget_type(dataset.get()), H5Tclose, "read a dataset's type");
    std::uint64_t bytes = H5Tget_size(type.get());
    for (const hsize_t extent : shape(dataset.get())) {
        if (extent != 0 && bytes > most / extent) {
            inspection.finding = "claims more data than the file has bytes for";
            return;
        }
        bytes *= extent;
    }
}

herr_t inspect_link(hid_t group, const char* name, const H5L_info_t* link, void* data) {
    Inspection& inspection = *static_cast<Inspection*>(data);
    try { // no exception may pass through the C library
        if (link->type != H5L_TYPE_HARD) {
            inspection.finding = "is a link to elsewhere";
        } else {
            const Handle object(H5Oopen(group, name, H5P_DEFAULT), H5Oclose, "open an object");
            if (H5Iget_type(object.get()) == H5I_DATASET) inspect_dataset(group, name, inspection);
        }
    } catch (const std::exception& error) {
        inspection.finding = error.what();
    }
    if (inspection.finding.empty()) return 0;
    inspection.finding = std::string("/") + name + " " + inspection.finding;
    return 1;
}

} // namespace

Handle open_file(const std::string& path) {
    return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "open the file"};
}

Handle open_group(hid_t parent, const std::string& name) {
    return {H5Gopen2(parent, name.c_str(), H5P_DEFAULT), H5Gclose, "open the group " + name};
}

Handle open_dataset(hid_t parent, const std::string& name) {
    return {H5Dopen2(parent, name.c_str(), H5P_DEFAULT), H5Dclose, "open the dataset " + name};
}

bool exists(hid_t parent, const std::string& name) { return H5Lexists(parent, name.c_str(), H5P_DEFAULT) > 0; }

bool is_group(hid_t parent, const std::string& name) {
    const Handle object(H5Oopen(parent, name.c_str(), H5P_DEFAULT), H5Oclose, "open " + name);
    return H5Iget_type(object.get()) == H5I_GROUP;
}

std::vector<std::string> names(hid_t group) {
    H5G_info_t info;
    check(H5Gget_info(group, &info), "read a group");
    std::vector<std::string> found;
    for (hsize_t i = 0; i < info.nlinks; ++i) {
        const ssize_t length = H5Lget_name_by_idx(group, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, nullptr, 0,
                                                  H5P_DEFAULT);
        check(length < 0 ? -1 : 0, "read a name");
        std::string name(static_cast<std::size_t>(length) + 1, '\0');
        H5Lget_name_by_idx(group, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name.data(), name.size(), H5P_DEFAULT);
        name.pop_back();
        found.push_back(std::move(name));
    }
    return found;
}

bool has_attribute(hid_t object, const std::string& name) { return H5Aexists(object, name.c_str()) > 0; }

std::string read_text(hid_t object, const std::string& name) {
    const Handle attribute = open_attribute(object, name);
    const Handle type = memory_text({H5Aget_type(attribute.get()), H5Tclose, "read a type"}, "the attribute " + name);
    char* text = nullptr;
    check(H5Aread(attribute.get(), type.get(), &text), "read the attribute " + name);
    return take(text);
}

double read_number(hid_t object, const std::string& name) {
    const Handle attribute = open_attribute(object, name);
    const Handle type(H5Aget_type(attribute.get()), H5Tclose, "read a type");
    if (H5Tget_class(type.get()) != H5T_INTEGER) require_class(type, H5T_FLOAT, "the attribute " + name);
    double value = 0.0;
    check(H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value), "read the attribute " + name);
    return value;
}

std::uint64_t read_count(hid_t object, const std::string& name) {
    const Handle attribute = open_attribute(object, name);
    require_class({H5Aget_type(attribute.get()), H5Tclose, "read a type"}, H5T_INTEGER, "the attribute " + name);
    std::int64_t value = 0;
    check(H5Aread(attribute.get(), H5T_NATIVE_INT64, &value), "read the attribute " + name);
    if (value < 0) throw Error("the attribute " + name + " is negative");
    return static_cast<std::uint64_t>(value);
}

std::vector<hsize_t> shape(hid_t dataset) {
    const Handle space = dataspace(dataset);
    const int dimensions = H5Sget_simple_extent_ndims(space.get());
    check(dimensions < 0 ? -1 : 0, "read a dataspace");
    std::vector<hsize_t> extent(static_cast<std::size_t>(dimensions));
    if (dimensions > 0) check(H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr), "read a dataspace");
    return extent;
}

std::vector<double> read_doubles(hid_t dataset) { return read_all<double>(dataset); }
std::vector<std::uint64_t> read_counts(hid_t dataset) { return read_all<std::uint64_t>(dataset); }

std::string read_bytes(hid_t dataset) {
    const Handle type(H5Dget_type(dataset), H5Tclose, "read a type");
    if (H5Tget_class(type.get()) != H5T_INTEGER || H5Tget_size(type.get()) != 1) throw Error("a dataset is not bytes");
    std::string bytes(size_of(dataset), '\0');
    if (!bytes.empty())
        check(H5Dread(dataset, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), "read a dataset");
    return bytes;
}

std::vector<std::string> read_strings(hid_t dataset) {
    const Handle type = memory_text({H5Dget_type(dataset), H5Tclose, "read a type"}, "a list of names");
    std::vector<char*> pointers(size_of(dataset), nullptr);
    if (!pointers.empty())
        check(H5Dread(dataset, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), "read names");
    std::vector<std::string> values;
    for (char* pointer : pointers) values.push_back(take(pointer));
    return values;
}

void read_row(hid_t dataset, hsize_t row, hid_t memory_type, void* values, std::size_t count) {
    std::vector<hsize_t> extent = shape(dataset);
    if (extent.empty() || row >= extent[0]) throw Error("a dataset has no row " + std::to_string(row));
    std::vector<hsize_t> start(extent.size(), 0);
    start[0] = row;
    extent[0] = 1;
    const hsize_t size = std::accumulate(extent.begin(), extent.end(), hsize_t{1}, std::multiplies<>());
    if (size != count) throw Error("a dataset's row has the wrong length");
    if (count == 0) return;
    const Handle file_space = dataspace(dataset);
    check(H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr),
          "select a row");
    const Handle memory_space(H5Screate_simple(1, &size, nullptr), H5Sclose, "make a dataspace");
    check(H5Dread(dataset, memory_type, memory_space.get(), file_space.get(), H5P_DEFAULT, values), "read a row");
}

void refuse_unsafe(hid_t file, std::uint64_t file_bytes) {
    Inspection inspection{file_bytes, {}};
    check(H5Lvisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, inspect_link, &inspection), "list the file");
    if (!inspection.finding.empty()) throw Error(inspection.finding);
}

} // namespace plunge::hdf5
