#!/usr/bin/env bash
# Brings up a real Slurm on this machine and runs the job scripts on it; nothing of it is left afterwards. Two nodes
# where this user may make namespaces, else one. Needs root, and installs what is missing.
#   bash tests/slurm/run.sh               all scenarios
#   bash tests/slurm/run.sh COMMAND ...   a command beside that Slurm, for instance bash
# Ends with exit code 77 where no Slurm can be brought up at all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

skip() {
    echo "tests/slurm: skipped: $1" >&2
    exit 77
}

[ "$(id -u)" -eq 0 ] || skip "only root can bring up a Slurm, and this is $(id -un)"
# Slurm's PMIx plugin opens a library by the name that libpmix-dev alone has.
packages=(slurm-wlm munge libpmix-dev iproute2)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    command -v apt-get >/dev/null || skip "no apt-get is here to install ${missing[*]}"
    # RUNLEVEL: the packages' own daemons are not to be started.
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    if ! log=$({ apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } 2>&1); then
        tail -n 20 <<<"$log" >&2
        echo "tests/slurm: apt-get could not install ${missing[*]}" >&2
        exit 1
    fi
fi

CURLDESCENT_PYTHON=$(bash jobs/python.sh pytest)
export CURLDESCENT_PYTHON
# As root, OpenMPI wants to be asked twice. Ranks of both nodes share this machine's cores.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_mpi_yield_when_idle=1
unset "${!SLURM_@}" "${!SBATCH_@}"

if [ $# -gt 0 ]; then
    command=("$CURLDESCENT_PYTHON" tests/slurm/cluster.py "$@")
else
    command=("$CURLDESCENT_PYTHON" -m pytest -q -rs -p no:cacheprovider tests/slurm)
fi
# All processes, networks and mounts of the cluster end with the first process of these namespaces.
private=(unshare --mount --net --uts --pid --fork --kill-child --mount-proc --propagation private)
if "${private[@]}" ip link add probe type bridge 2>/dev/null; then
    export CURLDESCENT_SLURM_NODES=2
    exec "${private[@]}" bash -c 'hostname login && exec "$@"' bash "${command[@]}"
fi
echo "tests/slurm: no namespaces can be made here, so there is one node, and no scenario of two"
export CURLDESCENT_SLURM_NODES=1
exec "${command[@]}"
