#!/usr/bin/env bash
# Installs what is missing, builds everything and runs the whole test suite.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../apps/setup.sh"

install_packages "${build_packages[@]}" "${test_packages[@]}"
build_target all
say "Testing"
# Tests run side by side: their threads wait for one another without spinning.
export OMP_WAIT_POLICY=passive
ctest --test-dir "$build" --output-on-failure --parallel "$(nproc)"
