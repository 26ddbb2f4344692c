#!/usr/bin/env bash
# Installs what curldescent needs on Debian 12 (or a relative of it). Silent when nothing is missing.
#   bash jobs/setup.sh            to build, to run and to plot
#   bash jobs/setup.sh --tests    the same, and what the tests and the linters need
set -euo pipefail

build=(g++ cmake ninja-build pkg-config git ca-certificates libopenmpi-dev openmpi-bin libboost-mpi-dev
       libboost-serialization-dev libboost-dev libeigen3-dev libspectra-dev libxsimd-dev libhdf5-openmpi-dev
       libtomlplusplus-dev libcli11-dev libfmt-dev librandom123-dev libxxhash-dev)
plot=(python3 python3-numpy python3-h5py python3-h5netcdf python3-xarray python3-matplotlib)
tests=(libgtest-dev libgmock-dev libbenchmark-dev libclang-rt-14-dev clang clang-format clang-tidy netcdf-bin
       libopenblas0-pthread python3-netcdf4 python3-pytest python3-scipy
       qemu-user)

needed=("${build[@]}" "${plot[@]}")
case "${1:-}" in
    "") ;;
    --tests) needed+=("${tests[@]}") ;;
    *) echo "setup.sh: unknown argument '$1'; allowed: none, or --tests" >&2; exit 2 ;;
esac

[ "${CURLDESCENT_SKIP_SETUP:-0}" = 1 ] && exit 0

explain() {  # explain PROBLEM: what to do where this script cannot install
    cat >&2 <<TEXT
setup.sh: $1, so nothing was installed. curldescent needs, for instance as environment modules:
    gcc >= 12 (or clang >= 14), cmake >= 3.25, an MPI library (OpenMPI >= 4.1), Boost.MPI built with that MPI,
    HDF5 >= 1.10.5 built in parallel with that MPI (h5pcc in PATH), Eigen >= 3.4, xsimd 8.1, toml++ >= 3.3,
    CLI11 >= 2.1, fmt >= 9, Random123 >= 1.14, xxHash >= 0.8, Spectra >= 1.0;
    Python >= 3.11 with numpy, h5py, h5netcdf, xarray and matplotlib.
A typical line:  module load gcc cmake openmpi boost-mpi hdf5-parallel eigen python
With all of them in place, set CURLDESCENT_SKIP_SETUP=1 and run the same command again.
TEXT
    exit 1
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    explain "this is not a Debian system"
fi

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

missing=()
for package in "${needed[@]}"; do installed "$package" || missing+=("$package"); done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || explain "neither root nor sudo is here, and these packages are missing: ${missing[*]}"
    as_root=(sudo)
fi

echo "setup.sh: installing ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300)
if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    explain "apt-get could not install ${missing[*]}"
fi
