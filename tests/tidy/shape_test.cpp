// The form of the files: where they lie, how long they are, how they begin.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <string>

#include "tests/tidy/source_tree.hpp"

namespace kinesisd::tidy {

namespace {

constexpr std::size_t file_lines_max = 400;
constexpr std::size_t function_lines_max = 70;
constexpr std::size_t line_columns_max = 110;

// Columns, not bytes: continuation bytes of UTF-8 take no room.
std::size_t columns(const std::string& line) {
  return static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool opens_namespace_or_type(const std::string& line) {
  for (const char* word : {"namespace", "struct ", "class ", "enum ", "union ", "extern \"C\""}) {
    if (line.rfind(word, 0) == 0) return true;
  }
  return false;
}

// Calls `found(line number, lines)` for each block at the left margin that is code: with the formatter's
// layout, from a line that ends in ` {` to the next line that is `}`. A table of data, `... = {`, is no code.
template <class F>
void each_function(const SourceFile& file, F found) {
  std::size_t begin = 0;
  bool inside = false;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    if (!inside && line.ends_with("{") && !line.ends_with("= {") && line.front() != ' ' &&
        !opens_namespace_or_type(line)) {
      inside = true;
      begin = i;
    } else if (inside && line.rfind("}", 0) == 0) {
      inside = false;
      found(begin + 1, i - begin + 1);
    }
  }
}

}  // namespace

TEST_CASE("files are short enough to be read at once") {
  for (const SourceFile& file : sources()) {
    INFO(file.path);
    CHECK(file.lines.size() <= file_lines_max);
  }
}

TEST_CASE("functions fit on a page") {
  std::size_t functions = 0;
  for (const SourceFile& file : sources()) {
    each_function(file, [&](std::size_t line, std::size_t length) {
      ++functions;
      const bool table = file.in("tests") && file.lines[line - 1].find("TEST_CASE") != std::string::npos;
      INFO(file.path << ":" << line);
      if (!table) CHECK(length <= function_lines_max);
    });
  }
  CHECK(functions > 100);
}

TEST_CASE("lines fit on a screen and end cleanly") {
  for (const SourceFile& file : sources()) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      // The formatter does not break raw literals, and a test may quote a long answer.
      const bool quoted = file.in("tests") && line.find("R\"(") != std::string::npos;
      const bool bad = (columns(line) > line_columns_max && !quoted) ||
                       line.find('\t') != std::string::npos ||
                       (!line.empty() && (line.back() == ' ' || line.back() == '\r'));
      if (bad) FAIL_CHECK(file.path << ":" << i + 1 << ": " << line);
    }
  }
  SUCCEED();
}

TEST_CASE("a header says what it is, and is read once") {
  for (const SourceFile& file : sources()) {
    if (!file.is_header()) continue;
    INFO(file.path);
    REQUIRE_FALSE(file.lines.empty());
    CHECK(file.lines.front().rfind("// ", 0) == 0);
    CHECK(std::find(file.lines.begin(), file.lines.end(), "#pragma once") != file.lines.end());
  }
}

TEST_CASE("the top level holds what the layout names") {
  const std::set<std::string> named{
      "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "build", "config",
      "docker",         "protocol",          "server",  "storage",   "tests"};
  for (const auto& entry : std::filesystem::directory_iterator(root())) {
    const std::string name = entry.path().filename().string();
    if (name.front() == '.' || name == "compile_commands.json") continue;
    INFO(name);
    CHECK(named.count(name) == 1);
  }
}

}  // namespace kinesisd::tidy
