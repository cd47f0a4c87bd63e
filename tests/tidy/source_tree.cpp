#include "tests/tidy/source_tree.hpp"

#include <algorithm>
#include <fstream>

namespace kinesisd::tidy {

namespace fs = std::filesystem;

namespace {

SourceFile read(const fs::path& path) {
  SourceFile file{fs::relative(path, root()).generic_string(), {}};
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) file.lines.push_back(line);
  return file;
}

std::vector<SourceFile> read_all() {
  std::vector<SourceFile> files;
  for (const char* folder : {"protocol", "storage", "server", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root() / folder)) {
      const auto extension = entry.path().extension();
      if (extension == ".cpp" || extension == ".hpp") files.push_back(read(entry.path()));
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

}  // namespace

fs::path root() {
  return KINESISD_SOURCE_DIR;
}

const std::vector<SourceFile>& sources() {
  static const std::vector<SourceFile> files = read_all();
  return files;
}

std::string included(const std::string& line) {
  if (line.rfind("#include", 0) != 0) return {};
  const std::size_t open = line.find_first_of("\"<");
  if (open == std::string::npos) return {};
  const std::size_t close = line.find(line[open] == '"' ? '"' : '>', open + 1);
  return close == std::string::npos ? std::string() : line.substr(open + 1, close - open - 1);
}

std::vector<std::string> literals(const std::string& line) {
  std::vector<std::string> found;
  bool inside = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!inside && line.compare(i, 2, "//") == 0) break;
    if (inside && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      if (inside) found.push_back(line.substr(begin, i - begin));
      inside = !inside;
      begin = i + 1;
    }
  }
  return found;
}

}  // namespace kinesisd::tidy
