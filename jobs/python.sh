#!/usr/bin/env bash
# Prints the Python interpreter that can make the plots, and import what else is named.
#   bash jobs/python.sh [MODULE ...]
# CURLDESCENT_PYTHON, if set, is asked first.
set -euo pipefail

modules=$(IFS=,; echo "numpy,h5py,h5netcdf,xarray,matplotlib${*:+,$*}")
for python in "${CURLDESCENT_PYTHON:-python3}" python3 /usr/bin/python3; do
    if "$python" -c "import $modules" >/dev/null 2>&1; then
        command -v "$python"
        exit 0
    fi
done
echo "python.sh: no Python here has all of $modules; run jobs/setup.sh," \
     "or set CURLDESCENT_PYTHON to an interpreter that has them" >&2
exit 1
