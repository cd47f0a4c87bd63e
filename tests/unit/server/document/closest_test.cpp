#include "server/document/closest.hpp"

#include <array>
#include <catch2/catch.hpp>

using namespace kinesisd::server::document;

namespace {

constexpr std::array<std::string_view, 5> words{"name", "shards", "retention_hours", "PutRecord",
                                                "PutRecords"};

}  // namespace

TEST_CASE("The closest word is the one with the fewest letters to mend") {
  CHECK(closest("shrads", words) == "shards");  // swapped
  CHECK(closest("shard", words) == "shards");
  CHECK(closest("retnetion-Huors", words) == "retention_hours");
  CHECK(closest("PutRecrod", words) == "PutRecord");
  CHECK(closest("PutRecrods", words) == "PutRecords");
  CHECK(closest("ret", words) == "retention_hours");  // begun
  CHECK(closest("temperature", words) == std::nullopt);
  CHECK(closest("", words) == std::nullopt);
  CHECK(closest(std::string(1000, 's'), words) == std::nullopt);
}

TEST_CASE("Two swapped letters are one difference") {
  constexpr std::array<std::string_view, 2> names{"orders", "a1"};
  CHECK(closest("oders", names, one_in_four) == "orders");
  CHECK(closest("roders", names, one_in_four) == "orders");
  CHECK(closest("rodesr", names, one_in_four) == std::nullopt);
  CHECK(closest("a2", names, one_in_four) == std::nullopt);
  CHECK(did_you_mean("oders", names, one_in_four) == " Did you mean orders?");
  CHECK(did_you_mean("payments", names, one_in_four).empty());
}
