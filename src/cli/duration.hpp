#pragma once

#include <string>

namespace curldescent::cli {

/// Seconds of a duration as Slurm writes them: minutes, M:SS, H:MM:SS, D-H, D-H:MM or D-H:MM:SS. Seconds may have
/// decimals. Throws InputError that names the option.
double parse_duration(const std::string& option, const std::string& text);

/// A duration for people: "45 s", "3:20 min", "7:05 h".
std::string duration_text(double seconds);

}  // namespace curldescent::cli
