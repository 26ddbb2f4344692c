#!/usr/bin/env bash
# From a fresh clone to a phase diagram: installs what is missing, builds, runs jobs/quickstart.toml on all cores and
# draws what came out. Results go to build/quickstart. Set CURLDESCENT_RANKS to run on another number of cores.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
results=$root/build/quickstart/quickstart.h5
picture=$root/build/quickstart/quickstart.png
times=()

stage() {  # stage NAME COMMAND...: says so, runs it, notes how long it took
    local name=$1 start=$SECONDS
    shift
    echo "== $name" >&2
    "$@"
    times+=("$(printf '%-8s %4d s' "$name" $((SECONDS - start)))")
}

# One rank a core: two on the threads of one core would only share it. Fewer where this process may not use them all.
cores() {
    { nproc; lscpu --parse=socket,core | grep -v '^#' | sort -u | wc -l; } | sort -n | head -n 1
}

run() {
    local ranks=${CURLDESCENT_RANKS:-$(cores)} progress=()
    # mpirun hides the terminal from the program, which would therefore print a line every 30 s.
    [ ! -t 2 ] || progress=(--progress bar)
    # OpenMPI refuses root by default, and its copies between processes are forbidden in many containers.
    [ "$(id -u)" -ne 0 ] || export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    export OMPI_MCA_btl_vader_single_copy_mechanism=none OMP_NUM_THREADS=1
    # Unbound, so that another program on this machine does not halve the speed of one rank.
    mpirun -n "$ranks" --oversubscribe --bind-to none "$root/build/release/curldescent" \
        run "$root/jobs/quickstart.toml" -o "$results" --overwrite "${progress[@]}"
}

plot() {
    local python
    python=$(bash "$root/jobs/python.sh")
    "$python" "$root/jobs/plot" "$results" -o "$picture" --table
}

mkdir -p "$root/build/quickstart"
stage set-up bash "$root/jobs/setup.sh"
stage build bash "$root/jobs/build.sh"
stage run run
stage plot plot

printf '\nresults  %s\npicture  %s\n\n' "$results" "$picture"
printf '%s\n' "${times[@]}"
