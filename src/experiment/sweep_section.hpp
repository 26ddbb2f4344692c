#pragma once

#include "curldescent/experiment/sweep.hpp"
#include "toml_document.hpp"

namespace curldescent {

/// The sweep of an experiment file: its [sweep] section, axes in the order written, zipped keys in one axis.
/// Throws InputError naming the entry and what is allowed.
Sweep read_sweep(const TomlDocument& document);

}  // namespace curldescent
