#pragma once

#include "curldescent/experiment/experiment.hpp"
#include "curldescent/model/supplied_data.hpp"
#include "curldescent/storage/results_file.hpp"

namespace curldescent::cli {

/// Whether an experiment may have more replicates than a file that it goes on with.
enum class Replicates : std::uint8_t { as_stored, as_stored_or_more };

/// Throws InputError when a file belongs to another experiment, and names every key that differs; when the supplied
/// data has changed; when it has more replicates than asked for; and when this build cannot go on with it.
void check_same_experiment(ResultsFile& results, const Experiment& experiment, const SuppliedData& supplied,
                           Replicates replicates);

}  // namespace curldescent::cli
