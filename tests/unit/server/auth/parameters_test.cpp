#include "server/auth/parameters.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace kinesisd::server {

TEST_CASE("A text falls into the pieces between any of the separators, in order and without empty ones") {
  struct Row {
    std::string text;
    std::string separators;
    std::vector<std::string> pieces;
  };
  const auto row = GENERATE(values<Row>({
      {"", "&", {}},
      {"&", "&", {}},
      {"a", "&", {"a"}},
      {"a=1&b=2", "&", {"a=1", "b=2"}},
      {"&&a&&b&&", "&", {"a", "b"}},
      {"a, b,c d", ", ", {"a", "b", "c", "d"}},
      {" , ,a ,\t, b", ", ", {"a", "\t", "b"}},
      {" a\t b ", " \t", {"a", "b"}},
      {"a b;c,d", " ;,", {"a", "b", "c", "d"}},
      {"a b", "", {"a b"}},
  }));
  INFO(row.text);
  std::vector<std::string> pieces;
  for_each_piece(row.text, row.separators, [&](std::string_view piece) { pieces.emplace_back(piece); });
  CHECK(pieces == row.pieces);
}

}  // namespace kinesisd::server
