#!/usr/bin/env bash
# Formatting and static analysis of the C++ code, by .clang-format and .clang-tidy. Needs a build in build/release.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

listing=$(git ls-files '*.hpp' '*.cpp')
mapfile -t files <<<"$listing"
mapfile -t sources < <(printf '%s\n' "${files[@]}" | grep '^src/.*\.cpp$')
if [ ${#files[@]} -lt 50 ] || [ ${#sources[@]} -lt 20 ]; then
    echo "lint: found only ${#files[@]} files and ${#sources[@]} sources: is this the whole checkout?" >&2
    exit 1
fi

clang-format --dry-run --Werror "${files[@]}"

# The build's flags are GCC's: clang must not mind those it does not know.
log=build/release/clang-tidy.log
if ! printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy -quiet -p build/release \
        --extra-arg=-Wno-unknown-warning-option >"$log" 2>&1; then
    grep -A 4 'error:' "$log" || tail -n 40 "$log"
    exit 1
fi
echo "lint: ${#files[@]} files formatted, ${#sources[@]} sources without a warning of clang-tidy"
