#include "server/http/request_ids.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace kinesisd::server {

TEST_CASE("Request ids have the form of AWS's, differ, and repeat with a seed") {
  storage::Random random(1);
  storage::Random again(1);
  std::string earlier;
  for (int i = 0; i < 20; ++i) {
    const RequestIds ids = make_request_ids(random);
    REQUIRE(ids.id.size() == 36);
    for (std::size_t at = 0; at < ids.id.size(); ++at) {
      const bool hyphen = at == 8 || at == 13 || at == 18 || at == 23;
      CHECK((hyphen ? ids.id[at] == '-'
                    : std::string("0123456789abcdef").find(ids.id[at]) != std::string::npos));
    }
    CHECK(ids.id_2.size() == 96);
    CHECK(ids.id_2.find('=') == std::string::npos);
    CHECK(ids.id != earlier);
    const RequestIds repeated = make_request_ids(again);
    CHECK((repeated.id == ids.id && repeated.id_2 == ids.id_2));
    earlier = ids.id;
  }
}

}  // namespace kinesisd::server
