#!/usr/bin/env bash
# Prints the Python interpreter that can make the plots. CURLDESCENT_PYTHON, if set, is asked first.
set -euo pipefail

for python in "${CURLDESCENT_PYTHON:-python3}" python3 /usr/bin/python3; do
    if "$python" -c 'import numpy, h5netcdf, xarray, matplotlib' >/dev/null 2>&1; then
        command -v "$python"
        exit 0
    fi
done
echo "python.sh: no Python here has numpy, h5netcdf, xarray and matplotlib; run jobs/setup.sh," \
     "or set CURLDESCENT_PYTHON to an interpreter that has them" >&2
exit 1
