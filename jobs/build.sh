#!/usr/bin/env bash
# Builds curldescent for this machine; says nothing unless it fails. The log is build.log in the folder it builds in.
#   bash jobs/build.sh               build/release/curldescent
#   bash jobs/build.sh --portable    build/portable, for all x86 machines since about 2015 (x86-64-v3: AVX2, FMA)
#   bash jobs/build.sh --debug       build/debug, with debug information
#   bash jobs/build.sh --sanitize    build/sanitize, the same with the address and undefined-behaviour sanitizers
#   bash jobs/build.sh --tests ...   any of these, and its tests (needs jobs/setup.sh --tests)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# CMake's search for HDF5 compiles a program in this folder, and cannot where its path has a space.
case $root in *[[:space:]]*) echo "build.sh: cannot build in a path with a space: $root; move the checkout" >&2; exit 1 ;; esac

# Other processor families have no such level: there, what the compiler does by default.
portable=none
[ "$(uname -m)" != x86_64 ] || portable=x86-64-v3

kind=release options=(-DCMAKE_BUILD_TYPE=Release) tests=OFF
for argument in "$@"; do
    case $argument in
        --portable) kind=portable options=(-DCMAKE_BUILD_TYPE=Release -DCURLDESCENT_ARCHITECTURE=$portable) ;;
        --debug) kind=debug options=(-DCMAKE_BUILD_TYPE=Debug) ;;
        --sanitize) kind=sanitize options=(-DCMAKE_BUILD_TYPE=Debug -DCURLDESCENT_SANITIZE=ON) ;;
        --tests) tests=ON ;;
        *) echo "build.sh: unknown argument '$argument'; allowed: --portable, --debug, --sanitize, --tests" >&2
           exit 2 ;;
    esac
done

# Compilers to come will warn of more: only continuous integration, whose compiler is known, stops at a warning.
strict=OFF
[ "${CI:-}" != true ] || strict=ON

folder=$root/build/$kind
log=$folder/build.log
mkdir -p "$folder"
generator=()
command -v ninja >/dev/null && generator=(-G Ninja)
if ! { cmake -S "$root" -B "$folder" "${generator[@]}" "${options[@]}" -DCURLDESCENT_TESTS=$tests \
             -DCURLDESCENT_WARNINGS_AS_ERRORS=$strict &&
       cmake --build "$folder" --parallel "$(nproc)"; } >"$log" 2>&1; then
    { grep -m 3 -A 8 -iE '(^|[ :])error[: ]' "$log" || tail -n 40 "$log"; } >&2
    echo "build.sh: the build in $folder failed; the whole log is $log" >&2
    exit 1
fi
