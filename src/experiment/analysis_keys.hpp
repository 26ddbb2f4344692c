#pragma once

#include "key_table_builder.hpp"

namespace curldescent {

/// The keys of [analysis], one function for each family of measurements. None of them is swept.
void add_stability_keys(KeyTable& table);

}  // namespace curldescent
