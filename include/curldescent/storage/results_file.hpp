#pragma once

#include <mpi.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "curldescent/experiment/task.hpp"
#include "curldescent/storage/hdf5.hpp"
#include "curldescent/storage/schema.hpp"

namespace curldescent {

/// Which run: its place along the first three dimensions of every variable of the runs.
struct RunIndex {
    std::int64_t point = 0;
    std::int64_t rule = 0;
    std::int64_t replicate = 0;
};

/// The name under which a results file is made: `path` + ".partial".
std::string partial_path(const std::string& path);

/// Makes the complete file, by one process, under its partial name: every dataset allocated and filled, scales,
/// attributes and texts, all synced to disk. What is at `path` stays until `publish_results_file`.
/// Throws StorageError and leaves nothing behind when that fails.
void create_results_file(const std::string& path, const std::vector<Variable>& layout, const Extents& extents);

/// Gives a file that was made its name, replacing what is there; ranks that have it open keep it open.
/// Throws StorageError.
void publish_results_file(const std::string& path);

/// A results file. Opened by several ranks it is written in parallel: each writes rows of its own, at any
/// time, and only raw numbers change. Opened for reading by one process it can be read at any time, also
/// while tasks run.
class ResultsFile {
  public:
    /// Opens for reading. Throws StorageError when it is no results file.
    explicit ResultsFile(const std::string& path);

    /// Opens for writing through MPI-IO; every rank of `communicator` calls it.
    ResultsFile(const std::string& path, MPI_Comm communicator);

    /// Notes that the open file has got another name, for messages.
    void set_path(const std::string& path) { path_ = path; }

    [[nodiscard]] const Extents& extents() const { return extents_; }
    [[nodiscard]] const std::string& path() const { return path_; }

    /// Writes all of a run: its values, then its checksum, then its status.
    void write_run(const RunIndex& run, const RunResult& result);

    /// Writes one statistic, `variable` at [point, rule].
    void write_statistic(const std::string& variable, std::int64_t point, std::int64_t rule, double value);

    /// Writes a scalar of the provenance group.
    void write_provenance(const std::string& variable, double value);

    /// The status of every run of a point, [rule x replicate].
    [[nodiscard]] std::vector<RunStatus> read_status(std::int64_t point);

    /// Whether a run's row is what its checksum says. A run that was never written is not.
    [[nodiscard]] bool is_intact(const RunIndex& run);

    /// The values over replicates of a scalar variable of the runs at [point, rule].
    [[nodiscard]] std::vector<double> read_replicates(const std::string& variable, std::int64_t point,
                                                      std::int64_t rule);

    /// The message of a run.
    [[nodiscard]] std::string read_message(const RunIndex& run);

    /// A text of the provenance group.
    [[nodiscard]] std::string read_provenance_text(const std::string& variable);

    /// A number of the provenance group.
    [[nodiscard]] double read_provenance_number(const std::string& variable);

    /// The names of the rules.
    [[nodiscard]] std::vector<std::string> read_rules();

    /// Makes the rows that every rank has written visible to all; every rank calls it, while no tasks run.
    void flush();

    /// Closes the file and reports what went wrong; with several ranks every one calls it.
    void close();

  private:
    void read_extents();
    hdf5::Handle& dataset(const std::string& name);
    [[nodiscard]] std::uint64_t stored_checksum(const RunIndex& run);

    std::string path_;
    hdf5::Handle file_;
    Extents extents_;
    std::map<std::string, hdf5::Handle> datasets_;
};

}  // namespace curldescent
