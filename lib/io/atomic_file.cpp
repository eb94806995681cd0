#include "io/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "diagnostics/failure.hpp"

namespace adavi {
namespace {

namespace fs = std::filesystem;

std::string folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw Failure(ExitStatus::failed, path + ": cannot be written: " + why);
}

/// The file that a chain of symbolic links ends at.
std::string resolve_links(const std::string& path) {
  std::error_code error;
  if (!fs::is_symlink(path, error)) return path;
  const fs::path target = fs::canonical(path, error);
  if (error) refuse(path, "a broken symbolic link");
  return target.string();
}

void check_folder(const std::string& path) {
  const std::string folder = folder_of(path);
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) {
    const bool missing = errno == ENOENT;
    const std::string reason = std::strerror(errno);
    refuse(path, "folder '" + folder + "'" + (missing ? " does not exist" : ": " + reason));
  }
  if (!S_ISDIR(info.st_mode)) refuse(path, "'" + folder + "' is not a folder");
  if (::access(folder.c_str(), W_OK | X_OK) != 0) refuse(path, "folder '" + folder + "': " + std::strerror(errno));
}

/// `folder/.name.PID-N.tmp`, created now so that nobody else has it.
int create_beside(const std::string& target, std::string& temporary) {
  const std::string name = fs::path(target).filename().string().substr(0, 200);
  const std::string stem = folder_of(target) + "/." + name + "." + std::to_string(::getpid()) + "-";
  for (int attempt = 0; attempt < 1000; ++attempt) {
    temporary = stem + std::to_string(attempt) + ".tmp";
    const int descriptor = ::open(temporary.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
    if (descriptor >= 0 || errno != EEXIST) return descriptor;
  }
  return -1;
}

/// Makes the rename itself durable. Some file systems cannot sync folders; the file is whole there all the same.
void sync_folder(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

void check_writable_target(const std::string& path) {
  if (path.empty()) throw Failure(ExitStatus::failed, "the name of the output file is empty");
  if (path.back() == '/') refuse(path, "it names a directory");
  const std::string target = resolve_links(path);
  struct stat info {};
  if (::stat(target.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) refuse(path, "it is a directory");
    if (!S_ISREG(info.st_mode)) refuse(path, "it is not a regular file");
    if (::access(target.c_str(), W_OK) != 0) refuse(path, std::strerror(errno));
  } else if (errno != ENOENT && errno != ENOTDIR) {
    refuse(path, std::strerror(errno));
  }
  check_folder(target);
}

AtomicFile::AtomicFile(const std::string& path) : path_(path) {
  check_writable_target(path);
  target_ = resolve_links(path);
  descriptor_ = create_beside(target_, temporary_);
  if (descriptor_ < 0) fail(std::strerror(errno));
  struct stat info {};
  if (::stat(target_.c_str(), &info) == 0) ::fchmod(descriptor_, info.st_mode & 07777);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::fail(const std::string& what) const { refuse(path_, what); }

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail(std::strerror(errno));
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail(std::strerror(errno));
  ::close(descriptor_);
  descriptor_ = -1;
  sync_folder(folder_of(target_));
}

}  // namespace adavi
