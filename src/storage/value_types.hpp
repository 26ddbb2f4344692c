#pragma once

#include "curldescent/storage/hdf5.hpp"
#include "curldescent/storage/schema.hpp"

namespace curldescent {

/// The HDF5 type in the file and in memory of a kind of value (little-endian IEEE numbers, UTF-8 texts).
hdf5::Handle hdf5_type(ValueType type);

/// Bytes that one value takes in memory.
std::size_t value_size(ValueType type);

/// The path of a variable: "name" in the root group, "group/name" elsewhere.
std::string variable_path(const std::string& name, Group group);

}  // namespace curldescent
