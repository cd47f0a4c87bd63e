// Which world a caller lives in.
#include "server/api/worlds.hpp"

#include <catch2/catch.hpp>

namespace kinesisd::server {

TEST_CASE("Credentials say in which world a caller lives") {
  struct Row {
    const char* why;
    Worlds worlds;
    const char* key;
    const char* region;
    storage::World world;
  };
  const storage::World fallback{"999988887777", "us-east-1"};
  const auto row = GENERATE_COPY(values<Row>({
      {"an account", Worlds::account, "123456789012", "eu-west-1", {"123456789012", "eu-west-1"}},
      {"no account", Worlds::account, "AKIAIOSFODNN7EXAMPLE", "eu-west-1", {"999988887777", "eu-west-1"}},
      {"too few digits", Worlds::account, "12345678901", "", fallback},
      {"too many digits", Worlds::account, "1234567890123", "", fallback},
      {"no credentials", Worlds::account, "", "", fallback},
      {"an account among keys", Worlds::key, "123456789012", "eu-west-1", {"123456789012", "eu-west-1"}},
      {"a key", Worlds::key, "test", "eu-west-1", {"074686647077", "eu-west-1"}},
      {"another key", Worlds::key, "test2", "", {"535601096725", "us-east-1"}},
      {"no key", Worlds::key, "", "", fallback},
      {"one for everybody", Worlds::one, "123456789012", "eu-west-1", fallback},
      {"one for those without", Worlds::one, "", "", fallback},
  }));
  INFO(row.why);
  CHECK(world_of(row.key, row.region, row.worlds, fallback) == row.world);
}

}  // namespace kinesisd::server
