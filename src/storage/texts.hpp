#pragma once

#include <string>
#include <vector>

#include "curldescent/storage/hdf5.hpp"

namespace curldescent {

/// Texts of any length, of a block of a dataset; a scalar where the block has no dimensions. Throws StorageError.
std::vector<std::string> read_texts(const hdf5::Handle& dataset, const hdf5::Block& block, const std::string& what);

}  // namespace curldescent
