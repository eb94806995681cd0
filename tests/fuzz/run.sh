#!/usr/bin/env bash
# Fuzzes the parser and the checker with clang's libFuzzer: tests/fuzz/run.sh [SECONDS [BUILD_FOLDER [CORPUS]]]
# The corpus is the models of models/ and tests/golden; with a folder CORPUS, new texts are kept there. What breaks a
# property or a limit is left in BUILD_FOLDER as crash-*, timeout-* or oom-*. Exit status 77: no clang here.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
seconds=${1:-60} build=${2:-$root/build/fuzz}

skip() { echo "skipped: $*"; exit 77; }
clang=$(command -v clang++ clang++-14 | head -n 1) || skip "clang++ is not installed (Debian: clang libclang-rt-dev)"
echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, decltype(sizeof 1)) { return 0; }' |
  "$clang" -x c++ -fsanitize=fuzzer,address,undefined -o /dev/null - 2>/dev/null ||
  skip "$clang has no libFuzzer (Debian: libclang-rt-dev)"

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER="$clang" -DCMAKE_BUILD_TYPE=Release -DADAVI_ENGINE=OFF \
  -DADAVI_TESTS=OFF -DADAVI_FUZZ=ON --log-level=WARNING >/dev/null
cmake --build "$build" --target fuzz_model fuzz_dictionary --parallel "${FUZZ_JOBS:-1}"
"$build/tests/fuzz/fuzz_dictionary" >"$build/dictionary"

corpus=${3:-$(mktemp -d)}
[ $# -ge 3 ] || trap 'rm -rf "$corpus"' EXIT
mkdir -p "$corpus"
# Limits of one text: five seconds, 256 MiB in one allocation, 1 GiB in all (with the sanitizers' own).
"$build/tests/fuzz/fuzz_model" "$corpus" "$root/models" "$root/tests/golden/good" "$root/tests/golden/bad" \
  -dict="$build/dictionary" -artifact_prefix="$build/" -seed=1 -max_total_time="$seconds" -max_len=4096 \
  -mutate_depth=2 -timeout=5 -rss_limit_mb=1024 -malloc_limit_mb=256 -print_final_stats=1 -verbosity=0 -print_funcs=0
