// Hosts and origins as browsers write them.
#include "server/http/web_origin.hpp"

#include <catch2/catch.hpp>

namespace kinesisd::server {

TEST_CASE("An origin is read as a browser writes it") {
  struct Row {
    const char* text;
    const char* origin;  // nullptr: it is none
  };
  const auto row = GENERATE(values<Row>({
      {"http://app.test", "http://app.test"},
      {"HTTPS://App.Test:443", "https://app.test"},
      {"http://app.test:80", "http://app.test"},
      {"https://app.test:80", "https://app.test:80"},
      {"http://app.test:8080", "http://app.test:8080"},
      {"http://10.0.0.1:3000", "http://10.0.0.1:3000"},
      {"http://[::1]:3000", "http://[::1]:3000"},
      {"capacitor://localhost", "capacitor://localhost"},
      {"null", "null"},
      {"", nullptr},
      {"*", nullptr},
      {"app.test", nullptr},
      {"http://", nullptr},
      {"http://app.test/", nullptr},
      {"http://app.test/path", nullptr},
      {"http://app.test:", nullptr},
      {"http://app.test:0", nullptr},
      {"http://app.test:65536", nullptr},
      {"http://app.test:80a", nullptr},
      {"http://*.app.test", nullptr},
      {"http://user@app.test", nullptr},
      {"http://[::1", nullptr},
      {"http://[localhost]", nullptr},
      {"://app.test", nullptr},
  }));
  INFO(row.text);
  const auto origin = parse_origin(row.text);
  CHECK(origin.has_value() == (row.origin != nullptr));
  if (origin && row.origin != nullptr) CHECK(*origin == row.origin);
}

}  // namespace kinesisd::server
