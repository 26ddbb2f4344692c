#!/usr/bin/env bash
# Formatting and static analysis of the C++ code, by .clang-format and .clang-tidy. Needs a build in build/release.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mapfile -t files < <(git ls-files '*.hpp' '*.cpp')
clang-format --dry-run --Werror "${files[@]}"

# The build's flags are GCC's: clang must not mind those it does not know.
run-clang-tidy -quiet -j "$(nproc)" -p build/release -extra-arg=-Wno-unknown-warning-option "$PWD/src/.*\.cpp" \
    >build/release/clang-tidy.log 2>&1 || { grep -A3 'error:' build/release/clang-tidy.log; exit 1; }
echo "lint: ${#files[@]} files formatted, src/ free of clang-tidy warnings"
