#pragma once

#include <vector>

#include "curldescent/storage/schema.hpp"

namespace curldescent {

/// A number of one measurement, with statistics.
inline RunVariable measured(std::string_view name, double (*value)(const RunResult&), std::string_view units,
                            std::string_view description, bool (*wanted)(const Analysis&)) {
    return {name, value, {}, units, description, Statistics::plain, Group::root, wanted};
}

/// An enumeration of one measurement.
inline RunVariable flagged(std::string_view name, std::uint8_t (*value)(const RunResult&), std::string_view description,
                           std::span<const std::string_view> flags, bool (*wanted)(const Analysis&)) {
    return {name, value, {}, "1", description, Statistics::none, Group::root, wanted, flags};
}

/// What a measurement of stability stores of each run.
std::vector<RunVariable> stability_variables();

/// Chaos indicators of a run.
std::vector<RunVariable> chaos_variables();

/// The speed of learning, ascent, gradient and curl of a run.
std::vector<RunVariable> curl_variables();

}  // namespace curldescent
