#pragma once

#include <string>
#include <vector>

#include "curldescent/experiment/experiment.hpp"
#include "curldescent/experiment/experiment_difference.hpp"
#include "curldescent/storage/schema.hpp"

namespace curldescent {

class ResultsFile;

/// Where a results file comes from.
struct Provenance {
    std::string experiment_file;  ///< path as given
    std::string experiment_text;  ///< the experiment file as the user wrote it
    std::string overrides;        ///< the `--set` arguments, one a line
    std::string settings;         ///< every key and axis with its value, as TOML
    std::string data_checksum;    ///< XXH3 of the supplied data, hexadecimal; empty: none
    std::string version;          ///< of curldescent
    std::string git_commit;       ///< it was built from, with "-dirty" when changed
    std::string compiler;         ///< name, version and flags
    std::string libraries;        ///< names and versions
    std::string cpu;              ///< model of rank 0's
    std::string instruction_set;  ///< what this build may use: processor family and extensions
    std::string shard{"1/1"};     ///< of the tasks, that the file was begun for; "1/1": all
    std::string hosts;            ///< host of each rank, in order, one a line
    double ranks = 1;
    double start_time = 0;  ///< seconds since 1970-01-01 UTC
};

/// The texts that say of this build which one it is. The others are empty.
Provenance this_build();

/// The texts in which the builds of two files differ, so that what both compute may differ in its last bits.
std::vector<KeyDifference> differing_builds(const Provenance& stored, const Provenance& given);

/// What this build, host and experiment say of themselves; hosts and ranks are left to the caller.
Provenance make_provenance(const Experiment& experiment, const std::string& data_checksum);

/// Name and version of this build, in one line.
std::string version_text();

/// XXH3-128 of the file that this process executes, hexadecimal; that of nothing where it cannot be read.
std::string program_checksum();

/// The time now, in seconds since 1970-01-01 UTC.
double seconds_since_1970();

/// The provenance as variables of its group; end_time is left to be written when all is done.
std::vector<Variable> provenance_layout(const Provenance& provenance);

/// The provenance of a results file. What an older build did not store is empty.
Provenance read_provenance(ResultsFile& results);

/// Whether the texts of the provenance are those that the file was made with. A file without their checksum, made by
/// an older build, cannot tell. Throws StorageError when they cannot be read.
Integrity provenance_integrity(ResultsFile& results);

/// Whether a file was begun by this very build, so that what is computed again has the same bits.
bool is_of_this_build(ResultsFile& results);

}  // namespace curldescent
