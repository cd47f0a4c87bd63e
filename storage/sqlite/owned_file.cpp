#include "storage/sqlite/owned_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "storage/sqlite/open_error.hpp"

namespace kinesisd::storage {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view private_prefix = "kinesisd-";
constexpr std::string_view private_name = "/streams.db";
// A directory as young as this may belong to a process that has not locked its file yet.
constexpr std::int64_t young_s = 60;
constexpr mode_t for_owner = 0600;  // SQLite gives what it puts beside a database the same

std::string reason() {
  return std::system_category().message(errno);
}

void remove_private(const std::string& directory) {
  const std::string file = directory + std::string{private_name};
  for (const char* suffix : {"", "-wal", "-shm", "-journal", "-ca.pem", "-ca.pem.new"})
    ::unlink((file + suffix).c_str());
  ::rmdir(directory.c_str());
}

// True: no living process holds the directory's database.
bool abandoned(const std::string& directory) {
  const int descriptor = ::open((directory + std::string{private_name}).c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return errno == ENOENT;
  const bool locked = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
  ::close(descriptor);
  return locked;
}

void remove_abandoned(const fs::path& base, const struct stat& own) {
  std::error_code ignored;
  for (fs::directory_iterator it(base, ignored), end; it != end; it.increment(ignored)) {
    const std::string path = it->path().string();
    struct stat info {};
    if (!it->path().filename().string().starts_with(private_prefix) || ::lstat(path.c_str(), &info) != 0 ||
        !S_ISDIR(info.st_mode) || info.st_uid != ::geteuid() || own.st_mtime - info.st_mtime < young_s)
      continue;
    if (abandoned(path)) remove_private(path);
  }
}

}  // namespace

OwnedFile OwnedFile::at(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, for_owner);
  const bool created = descriptor >= 0;
  // A link that leads nowhere is there, too, and what it names is made.
  if (!created && errno == EEXIST) descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, for_owner);
  if (descriptor < 0)
    throw OpenError("Cannot open " + path + ": " + reason() +
                    "; name a file in a directory this user may write with --db.");
  OwnedFile file(path, descriptor, created);
  struct stat info {};
  if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode))
    throw OpenError(path + " is not a regular file; name another file with --db.");
  // A file system that has no locks is not a reason to refuse.
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    throw OpenError(path + " is in use by another process; stop that one or name another file with --db.");
  return file;
}

OwnedFile OwnedFile::temporary() {
  std::error_code error;
  const fs::path base = fs::temp_directory_path(error);
  std::string directory = (error ? fs::path("/tmp") : base) / (std::string{private_prefix} + "XXXXXX");
  if (::mkdtemp(directory.data()) == nullptr)
    throw OpenError("Cannot make " + directory + ": " + reason() +
                    "; set TMPDIR to a directory this user may write, or keep everything in memory with --db "
                    ":memory:.");
  struct stat own {};
  if (::stat(directory.c_str(), &own) == 0) remove_abandoned(fs::path(directory).parent_path(), own);
  OwnedFile file = at(directory + std::string{private_name});
  file.directory_ = directory;
  return file;
}

OwnedFile::OwnedFile(OwnedFile&& other) noexcept
    : path_(std::move(other.path_)),
      directory_(std::exchange(other.directory_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)),
      created_(other.created_) {}

OwnedFile::~OwnedFile() {
  if (descriptor_ < 0) return;
  if (!directory_.empty()) remove_private(directory_);
  ::close(descriptor_);
}

std::size_t OwnedFile::size() const {
  struct stat info {};
  return ::fstat(descriptor_, &info) == 0 ? static_cast<std::size_t>(info.st_size) : 0;
}

std::string OwnedFile::head(std::size_t count) const {
  std::string bytes(count, '\0');
  const auto size = ::pread(descriptor_, bytes.data(), count, 0);
  bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return bytes;
}

std::string OwnedFile::keep_from_others() const {
  struct stat info {};
  const auto open_to_others = [&] { return (info.st_mode & (S_IRWXG | S_IRWXO)) != 0; };
  std::string why;
  if (::fstat(descriptor_, &info) == 0 && open_to_others() && ::fchmod(descriptor_, for_owner) != 0)
    why = reason();
  for (const char* suffix : {"-wal", "-shm", "-journal"}) {
    const std::string beside = path_ + suffix;
    if (::lstat(beside.c_str(), &info) == 0 && S_ISREG(info.st_mode) && open_to_others() &&
        ::chmod(beside.c_str(), for_owner) != 0)
      why = reason();
  }
  return why;
}

bool OwnedFile::on_network() const {
  // fuse (virtiofs and Docker Desktop's mounts among them), 9p, nfs, smb, cifs, smb2
  constexpr std::array<std::uint32_t, 6> magics{0x65735546, 0x01021997, 0x6969,
                                                0x517b,     0xff534d42, 0xfe534d42};
  struct statfs info {};
  if (::fstatfs(descriptor_, &info) != 0) return false;
  for (const auto magic : magics)
    if (static_cast<std::uint32_t>(info.f_type) == magic) return true;
  return false;
}

}  // namespace kinesisd::storage
