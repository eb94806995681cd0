#include "io/atomic_file.hpp"

#include <sys/stat.h>

#include "file_size_limit.hpp"
#include "fixtures.hpp"

using namespace adavi;
using namespace adavi::testing;

TEST_CASE("a file appears when it is committed, and not before") {
  const TemporaryFolder folder;
  {
    AtomicFile file(folder / "out");
    file.write("hello ");
    file.write("world");
    CHECK_FALSE(std::filesystem::exists(folder / "out"));
    CHECK(read_bytes(file.temporary()) == "hello world");
    file.commit();
  }
  CHECK(read_bytes(folder / "out") == "hello world");
  CHECK(folder.files() == 1);
}

TEST_CASE("without a commit the old file stays and nothing is left behind") {
  const TemporaryFolder folder;
  write_bytes(folder / "out", "old");
  {
    AtomicFile file(folder / "out");
    file.write("new");
  }
  CHECK(read_bytes(folder / "out") == "old");
  CHECK(folder.files() == 1);
}

TEST_CASE("a link stays a link and a private file stays private") {
  const TemporaryFolder folder;
  write_bytes(folder / "real", "old");
  ::chmod((folder / "real").c_str(), 0600);
  std::filesystem::create_symlink("real", folder / "link");
  {
    AtomicFile file(folder / "link");
    file.write("new");
    file.commit();
  }
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(read_bytes(folder / "real") == "new");
  struct stat info {};
  ::stat((folder / "real").c_str(), &info);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("targets that cannot be written are refused before the work") {
  const TemporaryFolder folder;
  const auto check = [&](const std::string& name) {
    return failure(folder, [&] { check_writable_target(folder / name); });
  };
  CHECK(check("new").empty());
  CHECK(folder.files() == 0);
  std::filesystem::create_directory(folder / "folder");
  write_bytes(folder / "file", "");
  std::filesystem::create_symlink("nowhere", folder / "link");
  CHECK(check("folder") == "1: folder: cannot be written: it is a directory");
  CHECK(check("folder/") == "1: folder/: cannot be written: it names a directory");
  CHECK(check("none/out") == "1: none/out: cannot be written: folder 'none' does not exist");
  CHECK(check("file/out") == "1: file/out: cannot be written: 'file' is not a folder");
  CHECK(check("link") == "1: link: cannot be written: a broken symbolic link");
  CHECK(failure(folder, [] { check_writable_target("/dev/null"); }) ==
        "1: /dev/null: cannot be written: it is not a regular file");
  CHECK(failure(folder, [] { check_writable_target(""); }) == "1: the name of the output file is empty");
  CHECK(failure(folder, [&] { AtomicFile(folder / "none/out"); }) ==
        "1: none/out: cannot be written: folder 'none' does not exist");
}

TEST_CASE("a failed write names the file and the reason, and leaves nothing") {
  const TemporaryFolder folder;
  const auto write = [&] {
    AtomicFile file(folder / "out");
    file.write(std::string(100000, 'x'));
    file.commit();
  };
  {
    const FileSizeLimit limit(4096);
    CHECK(failure(folder, write) == "1: out: cannot be written: File too large");
  }
  CHECK(folder.files() == 0);
}
