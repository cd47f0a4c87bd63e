// Counts in sentences.
#include "server/support/counted.hpp"

#include <catch2/catch.hpp>

namespace kinesisd::server {

TEST_CASE("A count of one has its noun in the singular") {
  CHECK(counted(0, "record") == "0 records");
  CHECK(counted(1, "record") == "1 record");
  CHECK(counted(2, "access key") == "2 access keys");
  CHECK(counted(1001, "call") == "1001 calls");
}

}  // namespace kinesisd::server
