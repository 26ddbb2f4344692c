#!/usr/bin/env bash
# Sets up, builds and runs every test: the unit tests and the tests under MPI in a release and a sanitized build, the
# NumPy reference, and the program from end to end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash jobs/setup.sh --tests
CURLDESCENT_PYTHON=$(bash jobs/python.sh pytest netCDF4)
export CURLDESCENT_PYTHON
# Launched as root, for instance in a container, OpenMPI wants to be asked twice.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

bash jobs/build.sh --tests
bash jobs/build.sh --tests --sanitize
pytest() { "$CURLDESCENT_PYTHON" -m pytest -q -p no:cacheprovider "$@"; }
pytest tests/house tests/reference tests/bench tests/theory
ctest --test-dir build/release --output-on-failure -j "$(nproc)" | tail -n 30
ctest --test-dir build/sanitize --output-on-failure -j "$(nproc)" | tail -n 30
pytest tests/end_to_end

# The whole program on several ranks under the sanitizers. Failing allocations are part of what is tested.
export ASAN_OPTIONS=fast_unwind_on_malloc=0:allocator_may_return_null=1
export LSAN_OPTIONS=suppressions=$PWD/tests/support/leaks.supp:print_suppressions=0
CURLDESCENT=build/sanitize/curldescent pytest tests/end_to_end/ranks_test.py tests/end_to_end/failure_test.py
