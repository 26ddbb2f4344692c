#pragma once

#include <string>

#include "curldescent/ensemble/schedule.hpp"

namespace curldescent::cli {

/// A share of the tasks, written "2/8". Throws InputError that says what is allowed.
Shard parse_shard(const std::string& text);

std::string shard_text(const Shard& shard);

}  // namespace curldescent::cli
