#pragma once

namespace curldescent::cli {

/// Keeps all shared libraries that are loaded now in memory until the process ends. OpenMPI 4 closes those of its
/// components in MPI_Finalize, one at a time, before it ends the thread that may just be calling one of them: now and
/// then a process on a busy machine ended with a segmentation fault after all its work was done.
void keep_libraries();

}  // namespace curldescent::cli
