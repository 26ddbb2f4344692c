#pragma once

#include <string>

#include "curldescent/storage/hdf5.hpp"

namespace curldescent {

/// HDF5 believes what a file says of where its texts are and how long, and reads and writes past the end of memory
/// where that is damaged. This looks first: throws StorageError when a text of the block is not to be found where the
/// dataset says, or is of another length. The block has all of the dimensions behind the first. Files that are open in
/// parallel are not looked at: they were before that.
void check_text_references(const hdf5::Handle& dataset, const hdf5::Block& block, const std::string& what);

}  // namespace curldescent
