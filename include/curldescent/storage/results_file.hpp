#pragma once

#include <mpi.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "curldescent/experiment/task.hpp"
#include "curldescent/storage/file_identity.hpp"
#include "curldescent/storage/hdf5.hpp"
#include "curldescent/storage/schema.hpp"

namespace curldescent {

/// Which run: its place along the first three dimensions of every variable of the runs.
struct RunIndex {
    std::int64_t point = 0;
    std::int64_t rule = 0;
    std::int64_t replicate = 0;
};

/// Neighbouring points.
struct PointRange {
    std::int64_t first = 0;
    std::int64_t last = 0;  ///< one past
};

/// Makes the complete file at `path`, by one process: every dataset allocated and filled, scales, attributes and texts,
/// all synced to disk. Throws StorageError and leaves nothing behind when that fails.
void create_results_file(const std::string& path, const std::vector<Variable>& layout, const Extents& extents);

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

    /// The variables of the runs that this file has.
    [[nodiscard]] std::span<const RunVariable> run_variables() const { return run_variables_; }

    /// Throws StorageError when somebody has removed, replaced or truncated the file since it was opened.
    void check_still_there() const { identity_.check(path_); }

    /// Writes all of a run: its times and values, each with a checksum, then its status.
    void write_run(const RunIndex& run, const RunResult& result);

    /// Writes a statistic at some points: `values` [point x rule], and the variable's extra dimension.
    void write_statistic(const std::string& variable, const PointRange& points, std::span<const double> values);

    /// Whether the file has a variable of the root group.
    [[nodiscard]] bool has(const std::string& name) const;

    /// Writes a scalar of the provenance group.
    void write_provenance(const std::string& variable, double value);

    /// The next points, from the first of some that are left, whose rows can be read at once: they take some megabytes,
    /// or are those of one point. Empty when none is left.
    [[nodiscard]] PointRange next_block(const PointRange& left) const;

    /// The status of every run of some points, [point x rule x replicate].
    [[nodiscard]] std::vector<RunStatus> read_status(const PointRange& points);
    [[nodiscard]] std::vector<RunStatus> read_status(std::int64_t point) { return read_status({point, point + 1}); }

    /// Whether the row of each run of some points is what its checksum says, [point x rule x replicate]. A run that was
    /// never written is not.
    [[nodiscard]] std::vector<bool> read_intact(const PointRange& points);
    [[nodiscard]] std::vector<bool> read_intact(std::int64_t point) { return read_intact({point, point + 1}); }

    /// The checksum of each such row, which covers its place, its status and all its values but the times; 0 where it
    /// is not intact.
    [[nodiscard]] std::vector<std::uint64_t> read_intact_checksums(const PointRange& points);

    /// The same as `read_intact` of what the group `timing` has of each run.
    [[nodiscard]] std::vector<Integrity> read_times_integrity(const PointRange& points);

    /// The values that a variable has at some points, in the order of its dimensions: of the runs [point x rule x
    /// replicate] and its extra dimension, of a statistic without the replicates.
    [[nodiscard]] std::vector<double> read_at(const std::string& variable, const PointRange& points);

    /// The message of a run.
    [[nodiscard]] std::string read_message(const RunIndex& run);

    /// A text of the provenance group.
    [[nodiscard]] std::string read_provenance_text(const std::string& variable);

    /// A number of the provenance group.
    [[nodiscard]] double read_provenance_number(const std::string& variable);

    /// The experiment whose results these are, from the settings in the file.
    /// Throws InputError or StorageError when they cannot be read, or do not have the dimensions of the file.
    [[nodiscard]] Experiment read_experiment();

    /// The names of the rules.
    [[nodiscard]] std::vector<std::string> read_rules();

    /// Makes the rows that every rank has written visible to all; every rank calls it, while no tasks run.
    void flush();

    /// Closes the file and reports what went wrong; with several ranks every one calls it.
    void close();

  private:
    void read_schema();
    void check_shapes();
    hdf5::Handle& dataset(const std::string& name);
    std::vector<std::uint64_t> read_checksums(const std::string& variable, const PointRange& points);
    std::vector<std::uint64_t> compute_checksums(Group group, const PointRange& points,
                                                 std::span<const RunStatus> status);

    std::string path_;
    hdf5::Handle file_;
    FileIdentity identity_;
    hsize_t file_size_ = 0;
    Extents extents_;
    std::vector<RunVariable> run_variables_;
    std::map<std::string, hdf5::Handle> datasets_;
};

}  // namespace curldescent
