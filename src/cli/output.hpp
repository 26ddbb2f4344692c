#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "commands.hpp"
#include "curldescent/ensemble/schedule.hpp"
#include "curldescent/experiment/experiment.hpp"
#include "curldescent/model/supplied_data.hpp"
#include "curldescent/storage/output_lock.hpp"
#include "curldescent/storage/partial_file.hpp"

namespace curldescent::cli {

/// Whether a run begins, or goes on with what an earlier one left.
enum class Beginning : std::uint8_t { fresh, resumed };

/// What rank 0 has made ready before the ranks start together.
struct PreparedOutput {
    std::vector<PlannedTask> tasks;  ///< still to be done
    std::string partial{};           ///< where a new file waits for its name; empty when it is not new
    Beginning beginning = Beginning::fresh;
    Replace replace = Replace::never;    ///< whether it may take the name of a file that is there
    std::unique_ptr<OutputLock> lock{};  ///< held for the time of the run
};

/// Makes the results file, or, with --resume, finds what an existing one lacks, which grows where --replicates asks for
/// more.
/// Throws InputError when another run writes the file, or it may not be replaced, cannot be made, or belongs to another
/// experiment.
PreparedOutput prepare_output(const RunArguments& arguments, const Experiment& experiment, const SuppliedData& supplied,
                              const std::vector<std::string>& hosts);

}  // namespace curldescent::cli
