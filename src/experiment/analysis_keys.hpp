#pragma once

#include "key_table_builder.hpp"

namespace curldescent {

/// The keys of `[analysis]`: what is measured beside the learning curve. None of them can be swept, for they say which
/// variables a file has.
void add_analysis_keys(KeyTable& table);

}  // namespace curldescent
