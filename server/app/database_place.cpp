#include "server/app/database_place.hpp"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "storage/open.hpp"

namespace kinesisd::server {

namespace {

namespace fs = std::filesystem;

// Why nothing can be written into the folder, which is made if need be; "" if it can.
std::string unusable(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && !fs::is_directory(folder, error)) return "it is no folder";
  if (error) return error.message();
  if (::access(folder.c_str(), W_OK | X_OK) == 0) return {};
  return std::generic_category().message(errno);
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// As mountinfo writes them: a blank is \040.
std::string escaped(const std::string& path) {
  std::string out;
  for (const char c : path) {
    const bool plain = c != ' ' && c != '\t' && c != '\n' && c != '\\';
    out += plain ? std::string(1, c) : fmt::format("\\{:03o}", static_cast<unsigned char>(c));
  }
  return out;
}

// A folder of the same device may be mounted, too.
bool is_listed_mount(const std::string& path) {
  constexpr int mount_point_field = 4;
  std::ifstream file("/proc/self/mountinfo");
  const std::string wanted = escaped(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string field;
    for (int i = 0; i <= mount_point_field; ++i) fields >> field;
    if (field == wanted) return true;
  }
  return false;
}

std::string in(const std::string& folder, std::string_view file) {
  return (fs::path(folder) / file).string();
}

}  // namespace

bool is_mount_point(const std::string& folder) {
  std::error_code error;
  const fs::path real = fs::canonical(folder, error);
  if (error) return false;
  struct stat own {};
  struct stat parent {};
  if (::stat(real.c_str(), &own) != 0 || !S_ISDIR(own.st_mode)) return false;
  if (::stat(real.parent_path().c_str(), &parent) == 0 && own.st_dev != parent.st_dev) return true;
  return is_listed_mount(real.string());
}

DatabasePlace database_place(const Settings& settings) {
  if (settings.db) return {.db = settings.db, .warnings = {}};
  DatabasePlace place;
  if (const auto& folder = settings.wishes.keep_in) {
    if (is_file(folder->path)) return {.db = folder->path, .warnings = {}};
    const std::string why = unusable(folder->path);
    if (why.empty()) return {.db = in(folder->path, folder->file), .warnings = {}};
    const std::string problem = fmt::format("{} asks to keep everything in {}, which cannot be written: {}",
                                            folder->asked_by, folder->path, why);
    if (!settings.wishes.in_image) {
      throw storage::OpenError(fmt::format("{}; name another folder.", problem));
    }
    place.warnings.push_back(fmt::format("{}; mount a volume there that this user may write.", problem));
  }
  if (settings.db_if_mounted && is_mount_point(*settings.db_if_mounted)) {
    place.db = in(*settings.db_if_mounted, dropin::database_name);
  }
  return place;
}

}  // namespace kinesisd::server
