# Shared by quickstart.sh and tests/run.sh: installs packages, configures and builds. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build="$root/build"

build_packages=(g++ cmake ninja-build ccache mold libtorch-dev libopenblas0-openmp tao-pegtl-dev libcli11-dev
  nlohmann-json3-dev libhdf5-dev doctest-dev)
test_packages=(clang libclang-rt-dev python3-xarray python3-netcdf4 python3-h5netcdf python3-numpy python3-h5py)

say() { printf '== %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# apt-get without questions; what it prints goes to $log and is shown only where it failed.
quiet_apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q "$@" >>"$log" 2>&1; }

# Installs those of the given packages that are missing.
install_packages() {
  local missing=() package
  command -v apt-get >/dev/null || die "this script needs a Debian system; elsewhere, install what README.md lists and use cmake"
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  if [ ${#missing[@]} -eq 0 ]; then
    say "All packages are installed"
    return
  fi
  say "Installing with apt-get (this can take some minutes): ${missing[*]}"
  [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
    die "not root and no sudo: ask an administrator to run 'apt-get install ${missing[*]}'"
  log=$(mktemp)
  # The package lists may be absent or out of date: they are fetched only if the first try fails.
  quiet_apt install --no-install-recommends "${missing[@]}" ||
    { quiet_apt update && quiet_apt install --no-install-recommends "${missing[@]}"; } ||
    { tail -n 25 "$log" >&2; rm -f "$log"; die "apt-get could not install the packages"; }
  rm -f "$log"
}

# A file that includes LibTorch's headers takes about 1.3 GB to compile.
build_jobs() {
  local cores memory_kib jobs
  cores=$(nproc)
  memory_kib=$(awk '/^MemAvailable/ {print $2}' /proc/meminfo)
  jobs=$((memory_kib / 1300000))
  [ "$jobs" -ge 1 ] || jobs=1
  [ "$jobs" -le "$cores" ] || jobs=$cores
  echo "$jobs"
}

# Configures Release in build/ and builds a target.
build_target() {
  say "Configuring in $build"
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release --log-level=WARNING >/dev/null
  say "Building (a few minutes the first time)"
  cmake --build "$build" --target "$1" --parallel "$(build_jobs)"
}
