#pragma once

#include "commands.hpp"
#include "curldescent/ensemble/dispatcher.hpp"

namespace curldescent::cli {

/// When a run that has lasted `elapsed` seconds has to stop: `--grace` (if not given 30 s, or a quarter of the limit if
/// that is less) before the nearer of `--time-limit` and the end of the Slurm job, if SLURM_JOB_END_TIME tells it. Half
/// of the grace is the ranks', to leave their tasks; the other half is for statistics and the end of the file.
/// Throws InputError when the grace is not shorter than the limit.
DispatchLimits limits_of(const RunArguments& arguments, double elapsed);

}  // namespace curldescent::cli
