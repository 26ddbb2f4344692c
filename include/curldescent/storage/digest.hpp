#pragma once

#include <string>

namespace curldescent {

/// One hash over all scientific data of a results file: names, dimensions and values of every variable of the
/// root group, in the order of the names. Timing and provenance are left out, so equal experiments give equal
/// digests on any number of ranks. XXH3-128 as 32 hexadecimal digits. Throws StorageError.
std::string digest(const std::string& path);

}  // namespace curldescent
