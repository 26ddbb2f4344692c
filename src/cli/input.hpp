#pragma once

#include <memory>
#include <string>
#include <vector>

#include "curldescent/experiment/experiment.hpp"
#include "curldescent/model/supplied_data.hpp"

namespace curldescent::cli {

/// What a user gives: an experiment, and the data it names.
struct Input {
    Experiment experiment;
    std::shared_ptr<const SuppliedData> supplied;  ///< empty where none is named
};

/// Reads supplied data; an empty path gives none. Throws InputError.
std::shared_ptr<const SuppliedData> read_data(const std::string& path);

/// Reads an experiment with its `--set` arguments and its data, which must fit every point. Throws InputError.
Input read_input(const std::string& experiment, const std::vector<std::string>& overrides);

}  // namespace curldescent::cli
