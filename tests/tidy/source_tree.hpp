// The sources of the repository as data for the tests of the tree.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace kinesisd::tidy {

struct SourceFile {
  std::string path;  // from the root, with slashes: server/net/listener.cpp
  std::vector<std::string> lines;

  bool in(const std::string& folder) const { return path.rfind(folder + "/", 0) == 0; }
  bool is_header() const { return path.ends_with(".hpp"); }
};

// The root of the repository.
std::filesystem::path root();

// All C++ files of ours, sorted by path; read once.
const std::vector<SourceFile>& sources();

// What stands between the quotes or brackets of an #include line; empty for other lines.
std::string included(const std::string& line);

// All text literals of a line outside its comment, escapes as written.
std::vector<std::string> literals(const std::string& line);

}  // namespace kinesisd::tidy
