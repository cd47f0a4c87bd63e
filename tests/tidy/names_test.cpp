// AWS's member names stand in the tables of the protocol and nowhere else.
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/tidy/source_tree.hpp"

namespace kinesisd::tidy {

namespace {

bool is_table(const SourceFile& file) {
  return file.in("protocol/operations") || file.in("protocol/structures");
}

// The names given to `field(` in the tables.
std::set<std::string> member_names() {
  std::set<std::string> names;
  for (const SourceFile& file : sources()) {
    if (!is_table(file)) continue;
    for (const std::string& line : file.lines) {
      const std::size_t at = line.find("field(\"");
      if (at != std::string::npos) names.insert(literals(line.substr(at)).front());
    }
  }
  return names;
}

}  // namespace

TEST_CASE("of protocol and server, only the tables spell AWS member names") {
  const std::set<std::string> names = member_names();
  CHECK(names.size() > 50);
  for (const SourceFile& file : sources()) {
    if (!(file.in("protocol") || file.in("server")) || is_table(file)) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      for (const std::string& literal : literals(file.lines[i])) {
        if (names.count(literal) == 0) continue;
        FAIL_CHECK(file.path << ":" << i + 1 << ": \"" << literal << "\"");
      }
    }
  }
}

TEST_CASE("a table names each of its members once") {
  for (const SourceFile& file : sources()) {
    if (!is_table(file)) continue;
    std::map<std::string, int> count;
    for (const std::string& line : file.lines) {
      if (line.find("static constexpr auto fields()") != std::string::npos) count.clear();
      const std::size_t at = line.find("field(\"");
      if (at == std::string::npos) continue;
      const std::string name = literals(line.substr(at)).front();
      INFO(file.path << ": " << name);
      CHECK(++count[name] == 1);
    }
  }
}

TEST_CASE("literals are found outside comments, escapes and all") {
  CHECK(literals(R"(a("x", "y\"z") // "w")") == std::vector<std::string>{"x", "y\\\"z"});
  CHECK(literals("// \"x\"").empty());
}

}  // namespace kinesisd::tidy
