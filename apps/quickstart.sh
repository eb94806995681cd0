#!/usr/bin/env bash
# From a fresh Debian 12 machine to a posterior: installs what is missing, builds, and runs the main job on models/gre.hbm.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_packages "${build_packages[@]}"
build_target adavi

out="$build/quickstart"
mkdir -p "$out"
step() {
  printf '\n'
  say "adavi $*"
  "$build/adavi" "$@"
}
cd "$root"
step check models/gre.hbm
step train models/gre.hbm -o "$out/gre.adavi"
step infer "$out/gre.adavi" data/gre.h5 -o "$out/posterior.nc"
step summary "$out/posterior.nc"
step evaluate "$out/gre.adavi"

printf '\n'
say "Done. The trained model is $out/gre.adavi, the posterior $out/posterior.nc"
