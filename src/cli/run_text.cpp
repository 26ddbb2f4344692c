#include "run_text.hpp"

#include <fmt/format.h>

namespace curldescent::cli {

RunIndex run_at(std::int64_t point, std::size_t k, const Extents& extents) {
    const auto run = static_cast<std::int64_t>(k);
    return {point, run / extents.replicates, run % extents.replicates};
}

std::int64_t task_of(const RunIndex& run, const Extents& extents) {
    return run.point * extents.replicates + run.replicate;
}

std::string run_text(const RunIndex& run, const std::vector<std::string>& rules) {
    return fmt::format("point {}, {}, replicate {}", run.point, rules.at(static_cast<std::size_t>(run.rule)),
                       run.replicate);
}

std::string status_name(RunStatus status) {
    const auto value = static_cast<std::size_t>(status);
    return value < enumeration_names<RunStatus>.size() ? std::string(to_string(status))
                                                       : fmt::format("unknown ({})", value);
}

}  // namespace curldescent::cli
