#pragma once

#include <boost/mpi/communicator.hpp>
#include <string>

namespace curldescent::cli {

/// A file beside the output for as long as this object lives, under the output's partial name, which no other host or
/// process uses: who sees it stands in the same folder.
class WitnessFile {
  public:
    /// Nothing is made where nothing can be: those who want to write there say why more clearly.
    WitnessFile(const std::string& output, int ranks);
    ~WitnessFile();

    WitnessFile(const WitnessFile&) = delete;
    WitnessFile& operator=(const WitnessFile&) = delete;

    /// Empty where there is none.
    [[nodiscard]] const std::string& path() const { return path_; }

    /// Whether the disk has room for what that many ranks exchange through it. A full one has none, though a file that
    /// lies on it may be completed.
    [[nodiscard]] bool has_room() const { return has_room_; }

  private:
    std::string path_;
    bool has_room_ = false;
};

/// Why this rank cannot write a file that rank 0 has made; empty when it can.
std::string why_not_writable(const std::string& path);

/// Why this rank, alone, cannot open a file for writing through MPI-IO; empty when it can. To be asked before ranks
/// open one together: where some of them fail in that, the others may wait for them for ever.
std::string why_not_open(const std::string& path);

/// Lets every rank write to a file through MPI-IO and read what its neighbour wrote. Every rank calls it; the path may
/// be of any file that all see, whose content is lost. Returns what went wrong on this rank; empty when all is well.
std::string exchange_through(const boost::mpi::communicator& world, const std::string& path);

}  // namespace curldescent::cli
