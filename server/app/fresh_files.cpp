#include "server/app/fresh_files.hpp"

#include <filesystem>
#include <system_error>

namespace kinesisd::server {

namespace {

bool there(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(std::filesystem::symlink_status(path, error));
}

}  // namespace

std::vector<std::string> FreshFiles::absent(const std::optional<std::string>& database) {
  std::vector<std::string> paths;
  if (!database || *database == ":memory:") return paths;
  // What SQLite has put beside a database that stays is SQLite's to take away.
  if (!there(*database)) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
      if (!there(*database + suffix)) paths.push_back(*database + suffix);
    }
  }
  for (const char* suffix : {"-ca.key", "-ca.key.new", "-ca.pem", "-ca.pem.new"}) {
    if (!there(*database + suffix)) paths.push_back(*database + suffix);
  }
  return paths;
}

FreshFiles::~FreshFiles() {
  for (const std::string& path : paths_) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
}

}  // namespace kinesisd::server
