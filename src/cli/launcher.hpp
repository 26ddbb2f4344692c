#pragma once

namespace curldescent::cli {

/// Whether this process is the one that speaks: the only one, or the first of those a launcher started together. Known
/// before MPI is, from what launchers put into the environment; first asked then.
bool is_first_process();

/// Whether a launcher that MPI can ask for the other processes started this one. To be asked before MPI starts, which
/// else says so itself.
bool is_launched_for_mpi();

/// Ends this process soon after the launcher that started it, if one did, is gone. A rank whose launcher was killed may
/// else wait for the others for ever.
void end_with_launcher();

}  // namespace curldescent::cli
