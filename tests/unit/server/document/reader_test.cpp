#include "server/document/reader.hpp"

#include <catch2/catch.hpp>

#include "storage/state/words.hpp"

using namespace kinesisd::server::document;
using kinesisd::storage::StreamMode;

namespace {

template <class F>
std::string problem(F f) {
  try {
    f();
  } catch (const Problem& problem) {
    return problem.what();
  }
  return "none";
}

// Reads every type there is.
void read(const Document& document) {
  const Object all =
      root(document).object({"name", "shards", "probability", "on", "mode", "wait", "life", "list", "tags"});
  all.read("name", [](const Item& item) { return item.word(); });
  all.read("shards", [](const Item& item) { return item.integer(1, 10000); });
  all.read("probability", [](const Item& item) { return item.number(0, 1); });
  all.read("on", [](const Item& item) { return item.boolean(); });
  all.read("mode", [](const Item& item) { return item.choice<StreamMode>(); });
  all.read("wait", [](const Item& item) { return item.duration(); });
  all.read("life", [](const Item& item) { return item.duration(Endless::allowed); });
  if (const auto tags = all.find("tags")) {
    for (const auto& [key, value] : tags->entries()) value.text();
  }
  if (const auto list = all.find("list")) {
    for (const Item& item : list->list(2)) item.object({"a", "b"})["a"].integer(0, 9);
  }
}

struct Row {
  const char* why;
  const char* text;
  const char* expected;
};

}  // namespace

TEST_CASE("Values of a TOML file are read in their types") {
  const Document document = parse_toml(
      "name = 'x'\nshards = 2\nmode = \"ON_DEMAND\"\nwait = 250\nlife = \"unlimited\"\non = true\n"
      "probability = 1\ntags = { z = \"1\", a = \"2\" }\n[[list]]\na = 1\n[[list]]\na = 2\n",
      "x.toml");
  read(document);
  const Object all = root(document).object(
      {"name", "shards", "probability", "on", "mode", "wait", "life", "list", "tags", "other"});
  CHECK(all["name"].text() == "x");
  CHECK(all["shards"].integer(1, 3) == 2);
  CHECK(all["mode"].choice<StreamMode>() == StreamMode::ON_DEMAND);
  CHECK(all["wait"].duration() == std::chrono::milliseconds(250));
  CHECK(all["life"].duration(Endless::allowed) == endless);
  CHECK(all["probability"].number(0, 1) == 1.0);
  CHECK(all["tags"].entries().front().first == "z");
  CHECK(all["list"].list().back().object({"a"})["a"].integer(0, 9) == 2);
  CHECK_FALSE(all.find("other"));
  CHECK(all.one_of({"other", "name"})->path() == "name");
}

TEST_CASE("What is wrong with a TOML file is said with its line") {
  const auto row = GENERATE(values<Row>({
      {"a text for a number", "\n\nshards = \"two\"\n",
       "x.toml, line 3: shards is \"two\"; write a number from 1 to 10000."},
      {"too small a number", "shards = 0", "x.toml, line 1: shards is 0; write a number from 1 to 10000."},
      {"a fraction for a whole number", "shards = 1.5",
       "x.toml, line 1: shards is 1.5; write a whole number from 1 to 10000."},
      {"no number at all", "probability = nan",
       "x.toml, line 1: probability is nan; write a number from 0 to 1."},
      {"a list for a number", "shards = []",
       "x.toml, line 1: shards is a list; write a number from 1 to 10000."},
      {"a table for a text", "[name]\nx = 1",
       "x.toml, line 1: name is a table; write a text in quotes that is not "
       "empty."},
      {"a date for a text", "name = 2026-01-02",
       "x.toml, line 1: name is 2026-01-02; write a text in quotes that is "
       "not empty."},
      {"an empty text", "name = ''",
       "x.toml, line 1: name is \"\"; write a text in quotes that is not empty."},
      {"a long text with lines",
       "mode = \"\"\"\n123456789\n1234567890123456789012345678901234567890123456789012"
       "\"\"\"",
       "x.toml, line 1: mode is \"123456789\\n12345678901234567890123456789012345678901234567890...\"; write "
       "\"PROVISIONED\" or \"ON_DEMAND\"."},
      {"a word for true", "on = 'yes'", "x.toml, line 1: on is \"yes\"; write true or false."},
      {"a time without a unit we know", "wait = '5 parsecs'",
       "x.toml, line 1: wait is \"5 parsecs\"; write a time such as \"500ms\", \"5s\", \"1 minute\" or "
       "\"25h\"."},
      {"a time that never ends", "wait = 'unlimited'",
       "x.toml, line 1: wait is \"unlimited\"; write a time such as \"500ms\", \"5s\", \"1 minute\" or "
       "\"25h\"."},
      {"a negative time", "life = -1",
       "x.toml, line 1: life is -1; write a time such as \"500ms\", \"5s\", \"1 minute\" or \"25h\", or "
       "\"unlimited\"."},
      {"an unknown key", "name = 'x'\nshard = 1",
       "x.toml, line 2: shard is not known; shards is, and the keys here are name, shards, probability, on, "
       "mode, wait, life, list, tags."},
      {"an unknown key like none of ours", "temperature = 1",
       "x.toml, line 1: temperature is not known; the keys here are name, shards, probability, on, mode, "
       "wait, "
       "life, list, tags."},
      {"a missing key", "\n[[list]]\nb = 1",
       "x.toml, line 2: list[0].a is missing; write a number from 0 to 9."},
      {"within a list", "[[list]]\na = 1\n[[list]]\na = 10",
       "x.toml, line 4: list[1].a is 10; write a number from 0 to 9."},
      {"too long a list", "list = [{a = 1}, {a = 1}, {a = 1}]",
       "x.toml, line 1: list has 3 items; write at most 2."},
      {"a list of other things", "list = [1]",
       "x.toml, line 1: list[0] is 1; write a table: { key = value }."},
      {"a name that the user chose", "[tags]\n\"a b\" = 1",
       "x.toml, line 2: tags.\"a b\" is 1; write a text in "
       "quotes."},
  }));
  INFO(row.why);
  CHECK(problem([&] { read(parse_toml(row.text, "x.toml")); }) == row.expected);
}

TEST_CASE("What is wrong with a JSON body is said with its path") {
  const auto row = GENERATE(values<Row>({
      {"no JSON", "{", "The body is not JSON; write an object: { \"key\": value, ... }."},
      {"nothing", "", "The body is not JSON; write an object: { \"key\": value, ... }."},
      {"no object", "[]", "the document is a list; write an object: { \"key\": value }."},
      {"out of range", R"({"probability": 1.5})", "probability is 1.5; write a number from 0 to 1."},
      {"within a list", R"({"list": [{"a": 1}, {"a": "x"}]})",
       "list[1].a is \"x\"; write a number from 0 to 9."},
      {"missing", R"({"list": [{}]})", "list[0].a is missing; write a number from 0 to 9."},
      {"a key twice", R"({"name": "a", "name": "b"})", "\"name\" stands twice in one object; remove one."},
      {"null is as good as nothing", R"({"name": null})", "none"},
  }));
  INFO(row.why);
  CHECK(problem([&] { read(parse_json(row.text)); }) == row.expected);
}

TEST_CASE("What is not TOML is refused with the parser's reason") {
  CHECK(problem([] { parse_toml("a = 1\na = 2\n", "x.toml"); }).substr(0, 27) ==
        "x.toml, line 2 is not TOML:");
  CHECK(problem([] { parse_toml("a = \n", "x.toml"); }).substr(0, 27) == "x.toml, line 1 is not TOML:");
}

TEST_CASE("Depth is bounded in both forms") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(problem([&] { parse_toml("a = " + nested(depth_max - 1), "x.toml"); }) == "none");
  CHECK(problem([&] { parse_toml("a = " + nested(depth_max + 1), "x.toml"); }) ==
        "x.toml, line 1 is nested deeper than 32 levels; write less into one another.");
  CHECK(problem([&] { parse_json(nested(depth_max)); }) == "none");
  CHECK(problem([&] { parse_json(nested(depth_max + 1)); }) != "none");
}

TEST_CASE("Two keys of which only one may be there") {
  const Document document = parse_toml("data = 'x'\njson = 1\n", "x.toml");
  const Object all = root(document).object({"data", "json"});
  CHECK(problem([&] {
          all.one_of({"data", "json"});
        }) == "x.toml, line 2: json stands beside data; write one of them.");
}

TEST_CASE("A table becomes JSON in the order it was written in") {
  const Document document = parse_toml(
      "Version = \"2012\"\nStatement = [{ Sid = \"a\\n\", Allow = true, Rate = 1.5, Count = 2 }]\n", "x");
  CHECK(to_json(document.root) ==
        R"({"Version":"2012","Statement":[{"Sid":"a\n","Allow":true,"Rate":1.5,"Count":2}]})");
}

TEST_CASE("Files that cannot be read say why and which flag names another") {
  CHECK(problem([] { read_file("/no/such/file.toml", "--init"); }) ==
        "/no/such/file.toml cannot be read (No such file or directory); name another file with --init.");
  CHECK(problem([] { read_file("/", "--init"); }) ==
        "/ cannot be read (Is a directory); name another file with --init.");
}
