#!/usr/bin/env bash
# Sets up, builds and runs every test: the unit tests and the tests under MPI in a release and a sanitized build, the
# NumPy reference, and the program from end to end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash jobs/setup.sh --tests
export CURLDESCENT_PYTHON="${CURLDESCENT_PYTHON:-$(bash jobs/python.sh)}"
# Launched as root, for instance in a container, OpenMPI wants to be asked twice.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

bash jobs/build.sh --tests
bash jobs/build.sh --tests --sanitize
"$CURLDESCENT_PYTHON" -m pytest -q -p no:cacheprovider tests/house tests/reference
ctest --test-dir build/release --output-on-failure -j "$(nproc)" --progress
ctest --test-dir build/sanitize --output-on-failure -j "$(nproc)" --progress
"$CURLDESCENT_PYTHON" -m pytest -q -p no:cacheprovider tests/end_to_end
