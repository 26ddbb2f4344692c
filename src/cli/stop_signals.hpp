#pragma once

#include <string_view>

namespace curldescent::cli {

/// From now on SIGTERM, SIGUSR1, SIGUSR2 and SIGINT ask for an early stop, which the program looks for between epochs.
/// A second SIGINT ends it at once.
void catch_stop_signals();

/// The name of the signal that asked for a stop; empty when none did.
std::string_view stop_signal();

}  // namespace curldescent::cli
