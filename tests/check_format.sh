#!/usr/bin/env bash
# Are all C++ files as clang-format leaves them? With --fix, rewrites those that are not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mapfile -d '' files < <(find models sim output tests \( -name '*.cpp' -o -name '*.hpp' \) -print0 | sort -z)
if [[ "${1:-}" == "--fix" ]]; then
    clang-format -i "${files[@]}"
else
    clang-format --dry-run --Werror "${files[@]}"
    echo "${#files[@]} files are formatted"
fi
