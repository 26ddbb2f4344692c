#pragma once

#include "key_table_builder.hpp"

namespace curldescent {

/// The keys of [analysis], one function for each family of measurements. None of them is swept.
void add_stability_keys(KeyTable& table);

/// The keys of [analysis] that ask how fast and along which way a run learns, and compare the rules.
void add_curl_keys(KeyTable& table);

/// The keys of [analysis] that ask whether a run is chaotic.
void add_chaos_keys(KeyTable& table);

}  // namespace curldescent
