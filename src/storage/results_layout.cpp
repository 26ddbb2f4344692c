#include <fmt/format.h>
#include <hdf5_hl.h>

#include <limits>

#include "curldescent/storage/partial_file.hpp"
#include "curldescent/storage/results_file.hpp"
#include "value_types.hpp"

namespace curldescent {
namespace {

constexpr unsigned creation_order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

hdf5::Handle create_file(const std::string& path) {
    const hdf5::Handle creation = hdf5::own(H5Pcreate(H5P_FILE_CREATE), H5Pclose, path);
    hdf5::check(H5Pset_link_creation_order(creation.id(), creation_order), path);
    // No times of objects and no superblock that marks a file as open: equal runs give equal bytes, and a
    // file whose writers were killed opens as any other.
    hdf5::check(H5Pset_obj_track_times(creation.id(), false), path);
    const hdf5::Handle access = hdf5::own(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, path);
    hdf5::check(H5Pset_libver_bounds(access.id(), H5F_LIBVER_EARLIEST, H5F_LIBVER_V18), path);
    // Nobody else knows the file, and some file systems have no locks.
    hdf5::check(H5Pset_file_locking(access.id(), false, true), path);
    return hdf5::own(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.id(), access.id()), H5Fclose,
                     "it cannot be created");
}

void create_group(const hdf5::Handle& file, const char* name) {
    const hdf5::Handle creation = hdf5::own(H5Pcreate(H5P_GROUP_CREATE), H5Pclose, name);
    hdf5::check(H5Pset_link_creation_order(creation.id(), creation_order), name);
    hdf5::check(H5Pset_obj_track_times(creation.id(), false), name);
    hdf5::own(H5Gcreate2(file.id(), name, H5P_DEFAULT, creation.id(), H5P_DEFAULT), H5Gclose, name);
}

/// Contiguous and allocated at once. Numbers that tasks will bring start as missing: NaN, or 0 (pending).
hdf5::Handle creation_properties(const Variable& variable) {
    hdf5::Handle creation = hdf5::own(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, variable.name);
    hdf5::check(H5Pset_layout(creation.id(), H5D_CONTIGUOUS), variable.name);
    hdf5::check(H5Pset_alloc_time(creation.id(), H5D_ALLOC_TIME_EARLY), variable.name);
    hdf5::check(H5Pset_fill_time(creation.id(), H5D_FILL_TIME_ALLOC), variable.name);
    hdf5::check(H5Pset_obj_track_times(creation.id(), false), variable.name);
    if (variable.type == ValueType::real64) {
        const double missing = std::numeric_limits<double>::quiet_NaN();
        hdf5::check(H5Pset_fill_value(creation.id(), H5T_NATIVE_DOUBLE, &missing), variable.name);
    }
    return creation;
}

hdf5::Handle dataspace(const Variable& variable, const Extents& extents) {
    if (variable.dimensions.empty()) return hdf5::own(H5Screate(H5S_SCALAR), H5Sclose, variable.name);
    std::vector<hsize_t> lengths;
    for (const Dimension dimension : variable.dimensions) {
        lengths.push_back(static_cast<hsize_t>(extents.along(dimension)));
    }
    return hdf5::own(H5Screate_simple(static_cast<int>(lengths.size()), lengths.data(), nullptr), H5Sclose,
                     variable.name);
}

void write_content(const hdf5::Handle& dataset, const Variable& variable) {
    const auto write = [&](hid_t type, const void* values) {
        hdf5::check(H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), variable.name);
    };
    if (const auto* reals = std::get_if<std::vector<double>>(&variable.content)) {
        write(H5T_NATIVE_DOUBLE, reals->data());
    } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&variable.content)) {
        write(H5T_NATIVE_INT64, integers->data());
    } else if (const auto* texts = std::get_if<std::vector<std::string>>(&variable.content)) {
        std::vector<const char*> pointers;
        for (const std::string& text : *texts) pointers.push_back(text.c_str());
        write(hdf5_type(ValueType::text).id(), pointers.data());
    }
}

void write_attributes(const hdf5::Handle& dataset, const Variable& variable) {
    if (!variable.units.empty()) hdf5::write_attribute(dataset, "units", variable.units);
    hdf5::write_attribute(dataset, "long_name", variable.description);
    if (!variable.coordinates.empty()) hdf5::write_attribute(dataset, "coordinates", variable.coordinates);
    if (variable.type == ValueType::real64) {
        const double missing = std::numeric_limits<double>::quiet_NaN();
        hdf5::write_attribute(dataset, "_FillValue", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &missing, 1);
    }
    if (variable.type == ValueType::character) hdf5::write_attribute(dataset, "_Encoding", "utf-8");
    if (!variable.flag_meanings.empty()) {
        hdf5::write_attribute(dataset, "flag_meanings", variable.flag_meanings);
        std::vector<std::uint8_t> values{0};
        for (const char character : variable.flag_meanings) {
            if (character == ' ') values.push_back(static_cast<std::uint8_t>(values.size()));
        }
        hdf5::write_attribute(dataset, "flag_values", H5T_STD_U8LE, H5T_NATIVE_UINT8, values.data(), values.size());
    }
}

bool is_scale(const Variable& variable) {
    return variable.group == Group::root && variable.dimensions.size() == 1 &&
           variable.name == to_string(variable.dimensions.front());
}

void attach_scales(const hdf5::Handle& file, const hdf5::Handle& dataset, const Variable& variable) {
    for (std::size_t k = 0; k < variable.dimensions.size(); ++k) {
        const std::string name(to_string(variable.dimensions[k]));
        const hdf5::Handle scale = hdf5::own(H5Dopen2(file.id(), name.c_str(), H5P_DEFAULT), H5Dclose, name);
        hdf5::check(H5DSattach_scale(dataset.id(), scale.id(), static_cast<unsigned>(k)), variable.name);
    }
}

/// A scale without values gets the name by which netCDF knows a dimension that is a mere length.
std::string scale_name(const Variable& variable, const Extents& extents) {
    if (!std::holds_alternative<std::monostate>(variable.content)) return variable.name;
    return fmt::format("This is a netCDF dimension but not a netCDF variable.{:10}",
                       extents.along(variable.dimensions.front()));
}

void create_variable(const hdf5::Handle& file, const Variable& variable, const Extents& extents) {
    const std::string path = variable_path(variable.name, variable.group);
    const hdf5::Handle space = dataspace(variable, extents);
    const hdf5::Handle creation = creation_properties(variable);
    const hdf5::Handle dataset = hdf5::own(H5Dcreate2(file.id(), path.c_str(), hdf5_type(variable.type).id(),
                                                      space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
                                           H5Dclose, path);
    write_content(dataset, variable);
    if (is_scale(variable)) {
        hdf5::check(H5DSset_scale(dataset.id(), scale_name(variable, extents).c_str()), path);
    } else {
        attach_scales(file, dataset, variable);
    }
    write_attributes(dataset, variable);
}

void write_layout(const std::string& path, const std::vector<Variable>& layout, const Extents& extents) {
    hdf5::Handle file = create_file(path);
    hdf5::write_attribute(file, "Conventions", "CF-1.8");
    create_group(file, "timing");
    create_group(file, "provenance");
    for (const Variable& variable : layout) create_variable(file, variable, extents);
    file.close(path);
}

}  // namespace

void create_results_file(const std::string& path, const std::vector<Variable>& layout, const Extents& extents) {
    write_whole_file(path, [&] { write_layout(path, layout, extents); });
}

}  // namespace curldescent
