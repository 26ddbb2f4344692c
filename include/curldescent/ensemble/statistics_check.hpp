#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "curldescent/storage/agreement.hpp"
#include "curldescent/storage/results_file.hpp"

namespace curldescent {

/// A statistic or comparison that is not what the rows give.
struct SpoiltStatistic {
    std::string variable;
    std::int64_t points = 0;  ///< at which it is not
    std::int64_t first_point = 0;
};

/// Computes every statistic and comparison again and compares it with the file's, at those points whose flag in
/// `checked` is set: where rows are bad it cannot be told.
std::vector<SpoiltStatistic> check_statistics(ResultsFile& results, const std::vector<bool>& checked,
                                              Agreement agreement);

}  // namespace curldescent
