#pragma once

#include <span>
#include <string>

#include "curldescent/ensemble/schedule.hpp"
#include "curldescent/storage/row_sources.hpp"

namespace curldescent::cli {

/// The shares that lack runs which no file has, with their files: "2/8 (no such file), 5/8 (part5.h5)". `shards` says
/// which share each of the files is; empty where they are not all shares of one number, or no run is missing.
std::string missing_shares(const RowSources& sources, std::span<const Shard> shards,
                           std::span<const std::string> files);

}  // namespace curldescent::cli
