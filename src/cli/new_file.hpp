#pragma once

#include <functional>
#include <string>
#include <vector>

#include "curldescent/experiment/experiment.hpp"
#include "curldescent/storage/partial_file.hpp"
#include "curldescent/storage/provenance.hpp"
#include "curldescent/storage/schema.hpp"

namespace curldescent::cli {

/// Throws InputError where no results file of this name can be made: no folder, or not writable, or itself a folder.
void check_folder(const std::string& output);

/// --overwrite is for results: throws InputError where the name is that of anything else.
void refuse_foreign(const std::string& output);

/// The whole layout of a new file.
std::vector<Variable> whole_layout(const Experiment& experiment, const Provenance& provenance);

/// Makes a new file under its partial name, which it returns. `make` is told the name. Throws InputError when there is
/// no room or `make` fails.
std::string make_partial(const std::string& output, const Experiment& experiment,
                         const std::function<void(const std::string&)>& make);

}  // namespace curldescent::cli
