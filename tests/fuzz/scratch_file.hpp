#pragma once

#include <cstdint>
#include <fstream>
#include <span>
#include <string>

#include "support/temporary_folder.hpp"

namespace curldescent {

/// A file of these bytes, removed with the object. The HDF5 library takes a file that it has open for the one it knows,
/// so each input gets a new one.
class ScratchFile {
  public:
    explicit ScratchFile(std::span<const std::uint8_t> bytes) {
        std::ofstream file(path_, std::ios::binary);
        file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    TemporaryFolder folder_;
    std::string path_ = folder_.file("fuzz.h5");
};

}  // namespace curldescent
