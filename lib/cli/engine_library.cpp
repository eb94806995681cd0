#include "cli/engine_library.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "diagnostics/failure.hpp"

namespace adavi {
namespace {

constexpr const char* library_name = "libadavi-engine.so";

/// Beside the binary in a build tree; in the library folder once installed.
std::filesystem::path library_path() {
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const std::filesystem::path beside = folder / library_name;
  return std::filesystem::exists(beside) ? beside : folder / ADAVI_ENGINE_DIR / library_name;
}

Engine& load_engine() {
  const std::string path = library_path().lexically_normal().string();
  // OpenMP's threads spin while they wait, unless told otherwise before the library is loaded. On a busy machine each
  // then spins through the time slice of the one it waits for, which made training seven times slower and cost eighteen
  // times the CPU.
  setenv("OMP_WAIT_POLICY", "passive", 0);
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    throw Failure(ExitStatus::failed, std::string("the inference engine cannot be loaded: ") + dlerror());
  using Entry = Engine* (*)();
  const auto entry = reinterpret_cast<Entry>(dlsym(library, "adavi_engine"));
  if (entry == nullptr) throw Failure(ExitStatus::failed, path + " is not adavi's engine");
  return *entry();
}

}  // namespace

Engine& engine() {
  static Engine& loaded = load_engine();
  return loaded;
}

}  // namespace adavi
