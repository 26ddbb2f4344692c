#pragma once

#include <string>

#include "curldescent/model/supplied_data.hpp"

namespace curldescent {

/// Reads a user's data and weights from an HDF5 file: real or integer matrices in the root group, named as in
/// `supplied_arrays`; those of samples may be one-dimensional when each sample is one number.
/// Throws InputError that names the file, the array and what is allowed: an unknown name, a wrong number of
/// dimensions, values that are no numbers, an unreadable file.
SuppliedData read_supplied_data(const std::string& path);

/// XXH3-128 over all arrays, hexadecimal; empty when nothing is supplied.
std::string checksum(const SuppliedData& supplied);

}  // namespace curldescent
