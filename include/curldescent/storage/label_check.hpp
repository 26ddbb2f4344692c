#pragma once

#include <string>
#include <vector>

#include "curldescent/storage/agreement.hpp"
#include "curldescent/storage/schema.hpp"

namespace curldescent {

/// A label or parameter that no longer is what the settings give.
struct SpoiltLabel {
    std::string name;
    std::string problem;  ///< "2 of 6 values differ, the first at point 1: 0.25 in place of 0.5"
};

/// What became of the labels and parameters of a results file.
struct LabelReport {
    std::vector<SpoiltLabel> spoilt;
    std::vector<std::string> missing;  ///< those that the file does not have: an older build made it
};

/// Compares all that a results file was made with, in its root group, with the layout that its settings give.
LabelReport check_labels(const std::string& path, const std::vector<Variable>& layout, Agreement agreement);

}  // namespace curldescent
