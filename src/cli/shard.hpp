#pragma once

#include <string>

#include "curldescent/ensemble/schedule.hpp"

namespace curldescent::cli {

/// A share of the tasks, written "2/8". Throws InputError that says what is allowed.
Shard parse_shard(const std::string& text);

/// The share that a file says it was begun for: all tasks where it says nothing that can be read, as one of an older
/// build.
Shard stored_shard(const std::string& text);

std::string shard_text(const Shard& shard);

}  // namespace curldescent::cli
