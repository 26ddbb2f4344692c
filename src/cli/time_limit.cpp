#include "time_limit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "curldescent/model/error.hpp"
#include "curldescent/storage/provenance.hpp"
#include "duration.hpp"

namespace curldescent::cli {
namespace {

/// Seconds from now to the end of the Slurm job, seconds since 1970 in the environment; infinite when nothing is told.
double seconds_to_job_end() {
    const char* end = std::getenv("SLURM_JOB_END_TIME");
    const double time = end == nullptr ? 0.0 : std::strtod(end, nullptr);
    return time > 0.0 ? time - seconds_since_1970() : RunArguments::never;
}

}  // namespace

DispatchLimits limits_of(const RunArguments& arguments, double elapsed) {
    constexpr double usual_grace = 30.0;
    const double left = std::min(arguments.time_limit - elapsed, seconds_to_job_end());
    const double grace =
        std::isnan(arguments.grace) ? std::min(usual_grace, std::max(left / 4.0, 0.0)) : arguments.grace;
    if (grace >= arguments.time_limit) {
        throw InputError(fmt::format("--grace: {} is not shorter than the --time-limit of {}", duration_text(grace),
                                     duration_text(arguments.time_limit)));
    }
    return {.session = std::max(left - grace, 0.0), .grace = grace / 2.0, .silence = arguments.silence};
}

}  // namespace curldescent::cli
