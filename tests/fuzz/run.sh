#!/usr/bin/env bash
# Fuzzing of the readers of experiments, results and supplied data, under the address and undefined-behaviour
# sanitizers: bash tests/fuzz/run.sh [SECONDS or INPUTSx, each] [TARGET...]. Inputs are drawn anew each time, unless
# CURLDESCENT_FUZZ_SEED has a number: so many inputs (10000x) of a seed are much the same each time. Ends with 1 when an
# input made our code fail; build/fuzz keeps such inputs, and what was learnt, for the next time. Crashes inside the HDF5
# library, which no reader can prevent, are counted.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

amount=${1:-20}
seconds=$amount inputs=-1
[[ $amount != *x ]] || { inputs=${amount%x}; seconds=3600; }
shift $(($# > 0))
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(experiment results_file data_file)
build=build/fuzz

mkdir -p $build
if ! { cmake -S . -B $build -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-g1 \
             -DCURLDESCENT_ARCHITECTURE=none -DCURLDESCENT_FUZZ=ON -DCURLDESCENT_TESTS=OFF &&
       cmake --build $build --target fuzz; } >$build/build.log 2>&1; then
    tail -n 40 $build/build.log >&2
    exit 1
fi

# On a memory file system where there is one: every input becomes a file.
memory=/dev/shm
[ -w $memory ] || memory=${TMPDIR:-/tmp}
TMPDIR=$(mktemp -d "$memory/curldescent-fuzz-XXXXXX")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
ASAN_OPTIONS=detect_leaks=0 $build/fuzz_seeds $build/seeds
cp jobs/*.toml jobs/paper/*.toml tests/fuzz/corpus/*.toml $build/seeds/experiment/

# Where each stack of a report first leaves the C library and the sanitizers, those that allocated the memory included:
# "hdf5 FUNCTION", or "own". What H5Dread reads, rather than writes, is HDF5's even where it strays into memory of ours.
blame() {
    awk '/^READ of size/{ reads = 1 }
         /^ *#0 /{ open = 1; stack += 1 }
         stack == 1 && / in H5Dread /{ strays = reads }
         open && !(strays && stack > 1) && /^ *#[0-9]+ .*(libhdf5|curldescent::)/ {
             open = 0; print (/libhdf5/ ? "hdf5 " ($3 == "in" ? $4 : $3) : "own") }' "$1"
}

# One target until its time or its inputs are over, going on after crashes inside HDF5.
fuzz() {
    local target=$1 log=$build/$1.log crashes=0 executions=0 end=$((SECONDS + seconds)) code=0
    # Memory counts when it is used: HDF5 asks for any amount that a file names, and takes no for an answer.
    local options=(-seed="${CURLDESCENT_FUZZ_SEED:-0}" -timeout=10 -rss_limit_mb=2500 -malloc_limit_mb=100000 -max_len=200000
                   -print_final_stats=1 -close_fd_mask=1)
    export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1  # HDF5 leaks what it could not read
    [ -n "${CURLDESCENT_FUZZ_SEED:-}" ] || options+=(-entropic_scale_per_exec_time=1)  # else time decides what is drawn
    if [ "$target" = experiment ]; then
        options+=(-dict=$build/seeds/experiment.dict)
        ASAN_OPTIONS=detect_leaks=1
    fi
    mkdir -p $build/corpus/$target $build/found
    : >$log.hdf5
    while [ $SECONDS -lt $end ] && { [ $inputs -lt 0 ] || [ $executions -lt $inputs ]; }; do
        code=0
        $build/${target}_fuzz -max_total_time=$((end - SECONDS)) -runs=$((inputs < 0 ? -1 : inputs - executions)) \
            "${options[@]}" -artifact_prefix=$build/found/$target- $build/corpus/$target $build/seeds/$target \
            >$log 2>&1 || code=$?
        executions=$((executions + $(awk '/number_of_executed_units/{ print $2 }' $log)))
        [ $code -ne 0 ] || break
        if ! blame $log | grep -q . || blame $log | grep -q '^own'; then
            tail -n 60 $log >&2
            echo "fuzz: $target failed; the input is in $build/found, the whole report in $log" >&2
            return 1
        fi
        blame $log | head -n 1 >>$log.hdf5
        crashes=$((crashes + 1))
    done
    echo "fuzz: $target: $executions inputs, $(ls $build/corpus/$target | wc -l) kept, nothing found;" \
         "$crashes crashes inside HDF5"
}

for target in "${targets[@]}"; do fuzz "$target"; done
