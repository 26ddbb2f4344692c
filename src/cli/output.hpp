#pragma once

#include <string>
#include <vector>

#include "commands.hpp"
#include "curldescent/ensemble/schedule.hpp"
#include "curldescent/experiment/experiment.hpp"
#include "curldescent/model/supplied_data.hpp"

namespace curldescent::cli {

/// What rank 0 has made ready before the ranks start together.
struct PreparedOutput {
    std::vector<PlannedTask> tasks;  ///< still to be done
    std::string partial;             ///< where a new file waits for its name; empty when it is not new
};

/// Makes the results file, or, with --resume, finds what an existing one lacks.
/// Throws InputError when the file may not be replaced, cannot be made, or belongs to another experiment.
PreparedOutput prepare_output(const RunArguments& arguments, const Experiment& experiment, const SuppliedData& supplied,
                              const std::vector<std::string>& hosts);

}  // namespace curldescent::cli
