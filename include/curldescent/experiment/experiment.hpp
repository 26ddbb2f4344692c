#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "curldescent/experiment/sweep.hpp"

namespace curldescent {

/// An experiment: its settings and its sweep, read from a TOML file and checked in every point.
struct Experiment {
    std::string source;                  ///< the file's path
    std::string text;                    ///< the file as the user wrote it
    std::vector<std::string> overrides;  ///< the `--set` arguments, in order
    Settings settings;                   ///< as written, the swept keys at their defaults
    Sweep sweep;
};

/// Reads an experiment from TOML text. `source` names it in messages. Each override is `key=value` with a dotted key
/// and a TOML value (quotes around text may be left out); it replaces the file's value or the key's sweep axis.
/// Throws InputError naming file, line, key, value and what is allowed.
Experiment parse_experiment(std::string_view text, std::string_view source, std::span<const std::string> overrides);

/// Reads an experiment from a file. Throws InputError also when the file cannot be read.
Experiment read_experiment(const std::string& path, std::span<const std::string> overrides);

/// What every run of a point has.
RunSettings point_settings(const Experiment& experiment, std::int64_t point);

/// The path of the supplied data: a relative `data.file` starts at the folder of the experiment file. Empty: none.
std::string data_path(const Experiment& experiment);

/// Every key that has a value and every sweep axis, as TOML that reads back to the same experiment. Two experiments
/// with equal text give equal results.
std::string resolved_text(const Experiment& experiment);

/// A commented experiment file with every key, its default, range and meaning. It is itself a valid experiment.
std::string template_text();

}  // namespace curldescent
