#pragma once

#include <string>
#include <vector>

#include "curldescent/experiment/experiment.hpp"

namespace curldescent {

/// A key in which two experiments differ, and what each says of it.
struct KeyDifference {
    std::string key;     ///< dotted; "sweep" where the order of the axes differs
    std::string stored;  ///< in the one that has results already
    std::string given;
};

/// The keys in which two experiments differ, in the order of the keys. A key that one does not name has its default.
/// The name of an experiment and the path of its data change no result, and do not count.
std::vector<KeyDifference> differing_keys(const Experiment& stored, const Experiment& given);

}  // namespace curldescent
