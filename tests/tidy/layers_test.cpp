// Who may include what, and which words may stand where.
#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "tests/tidy/source_tree.hpp"

namespace kinesisd::tidy {

namespace {

bool starts_with(const std::string& text, std::string_view head) {
  return text.rfind(head, 0) == 0;
}

struct Rule {
  const char* why;
  bool (*applies)(const SourceFile& file);
  bool (*allowed)(const std::string& header);
};

const std::array rules{
    Rule{"protocol knows neither storage nor server", [](const SourceFile& f) { return f.in("protocol"); },
         [](const std::string& h) { return !starts_with(h, "storage/") && !starts_with(h, "server/"); }},
    Rule{"storage knows no server", [](const SourceFile& f) { return f.in("storage"); },
         [](const std::string& h) { return !starts_with(h, "server/"); }},
    Rule{"storage takes only the errors from protocol", [](const SourceFile& f) { return f.in("storage"); },
         [](const std::string& h) {
           return !starts_with(h, "protocol/") || h == "protocol/error.hpp" || h == "protocol/errors.hpp";
         }},
    Rule{"storage knows no JSON, protocol and storage no sockets",
         [](const SourceFile& f) { return f.in("protocol") || f.in("storage"); },
         [](const std::string& h) {
           return !starts_with(h, "boost/asio") && !starts_with(h, "boost/beast") &&
                  !starts_with(h, "nghttp2/") && !starts_with(h, "sys/socket");
         }},
    Rule{"only the network parts of the server know Asio; others see awaitable",
         [](const SourceFile& f) {
           return f.in("server") && !f.in("server/net") && !f.in("server/cli/client");
         },
         [](const std::string& h) {
           return (!starts_with(h, "boost/asio") && !starts_with(h, "boost/beast")) ||
                  h == "boost/asio/awaitable.hpp";
         }},
    Rule{"HTTP/2 stays in the network part",
         [](const SourceFile& f) { return !f.in("server/net") && !f.in("tests"); },
         [](const std::string& h) { return !starts_with(h, "nghttp2/"); }},
    Rule{"SQLite stays in storage", [](const SourceFile& f) { return !f.in("storage") && !f.in("tests"); },
         [](const std::string& h) { return !starts_with(h, "SQLiteCpp/") && !starts_with(h, "sqlite3"); }},
    Rule{"no regular expressions outside tests", [](const SourceFile& f) { return !f.in("tests"); },
         [](const std::string& h) { return h != "regex"; }},
    Rule{"what ships knows no test", [](const SourceFile& f) { return !f.in("tests"); },
         [](const std::string& h) { return !starts_with(h, "tests/") && !starts_with(h, "catch2/"); }},
};

struct Banned {
  const char* why;
  bool (*applies)(const SourceFile& file);
  std::string_view text;
};

const std::array banned{
    Banned{"below the server a time is an argument", [](const SourceFile& f) { return !f.in("server"); },
           "_clock::now("},
    Banned{"no regular expressions outside tests", [](const SourceFile& f) { return !f.in("tests"); },
           "std::regex"},
    Banned{"no test waits for time to pass", [](const SourceFile& f) { return f.in("tests/unit"); },
           "sleep_for"},
    Banned{"no test waits for time to pass", [](const SourceFile& f) { return f.in("tests/unit"); },
           "sleep_until"},
    Banned{"no task lists in the sources", [](const SourceFile&) { return true; },
           "TO"
           "DO"},
    Banned{"no task lists in the sources", [](const SourceFile&) { return true; },
           "FIX"
           "ME"},
};

}  // namespace

TEST_CASE("every include keeps to the layers") {
  for (const SourceFile& file : sources()) {
    for (const std::string& line : file.lines) {
      const std::string header = included(line);
      if (header.empty()) continue;
      for (const Rule& rule : rules) {
        if (!rule.applies(file) || rule.allowed(header)) continue;
        FAIL_CHECK(file.path << " includes " << header << ": " << rule.why);
      }
    }
  }
  SUCCEED();
}

TEST_CASE("banned words stay out") {
  for (const SourceFile& file : sources()) {
    for (const std::string& line : file.lines) {
      for (const Banned& one : banned) {
        if (!one.applies(file) || line.find(one.text) == std::string::npos) continue;
        if (file.path == "tests/tidy/layers_test.cpp") continue;
        FAIL_CHECK(file.path << " has " << one.text << ": " << one.why);
      }
    }
  }
  SUCCEED();
}

TEST_CASE("the rules of the layers have something to rule") {
  std::size_t includes = 0;
  for (const SourceFile& file : sources()) {
    for (const std::string& line : file.lines) includes += included(line).empty() ? 0 : 1;
  }
  CHECK(sources().size() > 100);
  CHECK(includes > 500);
  CHECK(included("#include \"protocol/error.hpp\"") == "protocol/error.hpp");
  CHECK(included("#include <regex>  // why") == "regex");
  CHECK(included("// #include <regex>").empty());
}

}  // namespace kinesisd::tidy
