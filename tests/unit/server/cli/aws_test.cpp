// The parts of `aws` that need no server: names, words, shorthand, queries and output.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "server/cli/aws/arguments.hpp"
#include "server/cli/aws/operation_table.hpp"
#include "server/cli/aws/output.hpp"
#include "server/cli/aws/query.hpp"
#include "server/cli/aws/shorthand.hpp"
#include "server/cli/aws/table_output.hpp"
#include "server/cli/aws/text_output.hpp"
#include "server/cli/aws/usage_error.hpp"

namespace kinesisd::server::aws {

namespace {

document::Value value_of(std::string json) {
  return document::parse_json(std::move(json)).root;
}

std::string shorthand(std::string_view text) {
  try {
    return document::to_json(parse_shorthand(text));
  } catch (const UsageError& error) {
    return std::string("refused: ") + error.what();
  }
}

// What the words after `kinesis COMMAND` are sent as, or the refusal.
std::string sent(std::string_view command, const std::vector<std::string>& arguments) {
  try {
    const Words words = sort_words(arguments);
    document::Value nothing;
    nothing.kind = document::Kind::object;
    return document::to_json(
        request_of(*find_operation_shape(command)->request, words.options, nothing, Binary::base64));
  } catch (const UsageError& error) {
    return std::string("refused: ") + error.what();
  } catch (const ValueError& error) {
    return std::string("refused: ") + error.what();
  }
}

std::string asked(std::string_view expression, const std::string& json) {
  try {
    return document::to_json(query(expression, value_of(json)));
  } catch (const UsageError&) {
    return "refused";
  } catch (const ValueError&) {
    return "wrong";
  }
}

}  // namespace

TEST_CASE("Names become words as AWS's tools make them") {
  CHECK(kebab_case("StreamName") == "stream-name");
  CHECK(kebab_case("StreamARN") == "stream-arn");
  CHECK(kebab_case("MaxRecordSizeInKiB") == "max-record-size-in-ki-b");
  CHECK(kebab_case("WarmThroughputMiBps") == "warm-throughput-mi-bps");
  CHECK(kebab_case("PutRecords") == "put-records");
  CHECK(kebab_case("X") == "x");
}

TEST_CASE("Every operation but the streaming one has a command, and finds itself") {
  CHECK(operation_shapes().size() == 39);
  for (const OperationShape& one : operation_shapes()) {
    CAPTURE(one.name);
    CHECK(find_operation_shape(kebab_case(one.name)) == &one);
  }
  CHECK(find_operation_shape("subscribe-to-shard") == nullptr);
}

TEST_CASE("Shorthand is read as AWS's command line reads it") {
  struct Row {
    const char* why;
    const char* text;
    const char* expected;
  };
  const Row row = GENERATE(values<Row>({
      {"pairs", "a=1,b=two words", R"({"a":"1","b":"two words"})"},
      {"nothing behind the equals sign", "a=,b=", R"({"a":"","b":""})"},
      {"an equals sign in a value", "Data=aGk=,Key=k", R"({"Data":"aGk=","Key":"k"})"},
      {"quotes keep commas", "a='x,y=z',b=\"q\\\"\"", R"({"a":"x,y=z","b":"q\""})"},
      {"a list in brackets", "a=[x,y],b=1", R"({"a":["x","y"],"b":"1"})"},
      {"a list of what has no key", "a=x,y,b=1", R"({"a":["x","y"],"b":"1"})"},
      {"an object in braces", "a={b=1,c=2},d=3", R"({"a":{"b":"1","c":"2"},"d":"3"})"},
      {"no equals sign", "Type", "refused: Expected: '=', received: 'EOF' for input:\nType\n    ^"},
      {"a quote left open", "a='x", "refused: Expected: ', received: 'EOF' for input:\na='x\n    ^"},
  }));
  CAPTURE(row.why);
  CHECK(shorthand(row.text) == row.expected);
}

TEST_CASE("Words become a request by the operation's table") {
  struct Row {
    const char* why;
    const char* command;
    std::vector<std::string> words;
    const char* expected;
  };
  const Row row = GENERATE(values<Row>({
      {"texts and numbers",
       "create-stream",
       {"--stream-name", "s", "--shard-count=2"},
       R"({"StreamName":"s","ShardCount":2})"},
      {"a switch",
       "delete-stream",
       {"--stream-name", "s", "--enforce-consumer-deletion"},
       R"({"StreamName":"s","EnforceConsumerDeletion":true})"},
      {"its opposite",
       "delete-stream",
       {"--no-enforce-consumer-deletion"},
       R"({"EnforceConsumerDeletion":false})"},
      {"a structure",
       "list-shards",
       {"--shard-filter", "Type=AT_TIMESTAMP,Timestamp=1.5"},
       R"({"ShardFilter":{"Type":"AT_TIMESTAMP","Timestamp":1.5}})"},
      {"a map", "add-tags-to-stream", {"--tags", "a=1,b="}, R"({"Tags":{"a":"1","b":""}})"},
      {"a list of words", "remove-tags-from-stream", {"--tag-keys", "a", "b"}, R"({"TagKeys":["a","b"]})"},
      {"a list in JSON", "remove-tags-from-stream", {"--tag-keys", R"(["a"])"}, R"({"TagKeys":["a"]})"},
      {"structures one after the other",
       "put-records",
       {"--records", "Data=aGk=,PartitionKey=a", "Data="},
       R"({"Records":[{"Data":"aGk=","PartitionKey":"a"},{"Data":""}]})"},
      {"what is missing",
       "get-shard-iterator",
       {"--stream-name", "s"},
       "refused: the following arguments are required: --shard-id, --shard-iterator-type"},
      {"what is unknown", "list-streams", {"--strange", "a"}, "refused: Unknown options: --strange, a"},
      {"an unknown member",
       "list-shards",
       {"--shard-filter", "Type=x,Kind=y"},
       "refused: Parameter validation failed:\nUnknown parameter in input: \"Kind\", must be one of: Type, "
       "ShardId, Timestamp"},
      {"no number", "list-streams", {"--limit", "x"}, "refused: invalid literal for int() with base 10: 'x'"},
      {"no value", "list-streams", {"--limit"}, "refused: argument --limit: expected one argument"},
      {"no base64",
       "put-record",
       {"--data", "?"},
       "refused: Invalid base64: \"?\"; --cli-binary-format raw-in-base64-out takes it as it is"},
  }));
  CAPTURE(row.why);
  CHECK(sent(row.command, row.words) == row.expected);
}

TEST_CASE("Global options may stand anywhere") {
  const Words words = sort_words(std::vector<std::string>{"--region", "r", "kinesis", "--output=text",
                                                          "list-streams", "--limit", "3", "--no-cli-pager"});
  CHECK(words.command == std::vector<std::string>{"kinesis", "list-streams"});
  CHECK(words.globals.value("region") == "r");
  CHECK(words.globals.value("output") == "text");
  CHECK(words.globals.has("no-cli-pager"));
  CHECK(words.options.size() == 1);
  CHECK_THROWS_AS(sort_words(std::vector<std::string>{"--region"}), UsageError);
}

TEST_CASE("Queries choose what they choose at AWS") {
  const std::string answer =
      R"({"D":{"N":"s","L":[{"I":"a","H":{"S":1}},{"I":"b","H":{"S":2}}]},"M":[["x"],["y","z"]],"E":[]})";
  struct Row {
    const char* expression;
    const char* expected;
  };
  const Row row = GENERATE(values<Row>({
      {"D.N", R"("s")"},
      {"D.L[1].I", R"("b")"},
      {"D.L[-1].H.S", "2"},
      {"D.L[7]", "null"},
      {"D.L[].I", R"(["a","b"])"},
      {"D.L[*].H.S", "[1,2]"},
      {"D.L[].Z", "[]"},
      {"M[]", R"(["x","y","z"])"},
      {"M[][]", R"(["x","y","z"])"},
      {"M[*][0]", R"(["x","y"])"},
      {"D.L[].I | [0]", R"("a")"},
      {"D.L[].[I, H.S]", R"([["a",1],["b",2]])"},
      {"D.{n: N, count: length(L)}", R"({"n":"s","count":2})"},
      {"D.L[?I=='b'].H.S", "[2]"},
      {"D.L[?I!='b'].I | [0]", R"("a")"},
      {"D.L[?H.S==`2`].I", R"(["b"])"},
      {"length(E)", "0"},
      {"@",
       R"({"D":{"N":"s","L":[{"I":"a","H":{"S":1}},{"I":"b","H":{"S":2}}]},"M":[["x"],["y","z"]],"E":[]})"},
      {"N.x.y", "null"},
      {"D..N", "refused"},
      {"D.L[", "refused"},
      {"sort(D.L)", "wrong"},
      {"length(N.x)", "wrong"},
      {"avg(E)", "refused"},
      {"length(E, E)", "refused"},
      {"D.L[?contains(I, 'b')].I", R"(["b"])"},
      {"D.L[?I=='a' && H.S==`1`].I", R"(["a"])"},
      {"D.L[?I=='a' || H.S>`1`].I", R"(["a","b"])"},
      {"D.L[?!Nothing && I!='a'].I", R"(["b"])"},
      {"D.L[?Nothing==`null`].I", R"(["a","b"])"},
      {"sort_by(D.L, &I)[::-1].I", R"(["b","a"])"},
      {"max_by(D.L, &H.S).I", R"("b")"},
      {"M[].[@]", R"([["x"],["y"],["z"]])"},
      {"join(',', M[])", R"("x,y,z")"},
      {"M[] | [:2]", R"(["x","y"])"},
      {"Nothing || D.N", R"("s")"},
      {"D.*", R"(["s",[{"I":"a","H":{"S":1}},{"I":"b","H":{"S":2}}]])"},
      {"reverse('aüb')", R"("büa")"},
  }));
  CAPTURE(row.expression);
  CHECK(asked(row.expression, answer) == row.expected);
}

TEST_CASE("Output has the form that scripts expect") {
  CHECK(as_json(value_of(R"({"a":[],"b":{},"c":["ä\n\u0001"],"d":null})")) ==
        "{\n    \"a\": [],\n    \"b\": {},\n    \"c\": [\n        \"ä\\n\\u0001\"\n    ],\n    \"d\": "
        "null\n}\n");
  CHECK(as_text(value_of(R"("x y")")) == "x y\n");
  CHECK(as_text(value_of("[1,true,null]")) == "1\tTrue\tNone\n");
  CHECK(as_text(value_of(R"([["a",1],["b",2]])")) == "a\t1\nb\t2\n");
  CHECK(as_text(value_of("{}")).empty());
  CHECK(as_text(value_of(R"({"L":[{"b":1,"a":"x","In":{"y":2}},{"b":3}],"N":["p","q"],"one":null})")) ==
        "None\nL\tx\t1\nIN\t2\nL\t\t3\nN\tp\nN\tq\n");
}

TEST_CASE("A table has a box for each object, and rows turned into columns where it is too wide") {
  CHECK(as_table("T", value_of("[]")).empty());
  CHECK(as_table("Long", value_of(R"({"a":1})")) ==
        "------------\n"
        "|   Long   |\n"
        "+----+-----+\n"
        "|  a |  1  |\n"
        "+----+-----+\n");
  const auto two = value_of(R"({"L":[{"b":1,"a":"x"}]})");
  CHECK(as_table("T", two) ==
        "--------------\n"
        "|      T     |\n"
        "+------------+\n"
        "||     L    ||\n"
        "|+----+-----+|\n"
        "||  a |  b  ||\n"
        "|+----+-----+|\n"
        "||  x |  1  ||\n"
        "|+----+-----+|\n");
  CHECK(as_table("T", two, 10) ==
        "--------------\n"
        "|      T     |\n"
        "+------------+\n"
        "||     L    ||\n"
        "|+----+-----+|\n"
        "||  a |  x  ||\n"
        "||  b |  1  ||\n"
        "|+----+-----+|\n");
}

}  // namespace kinesisd::server::aws
