// What sessions learn of a stream besides its bytes.
#include "server/net/stream.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

namespace kinesisd::server {

TEST_CASE("A client on this machine is known by its address") {
  struct Row {
    const char* address;
    bool loopback;
  };
  const auto row = GENERATE(values<Row>({
      {"127.0.0.1", true},
      {"127.1.2.3", true},
      {"::1", true},
      {"::ffff:127.0.0.1", true},
      {"::ffff:10.0.0.1", false},
      {"10.0.0.1", false},
      {"0.0.0.0", false},
      {"fe80::1", false},
      {"::", false},
  }));
  INFO(row.address);
  CHECK(is_loopback(boost::asio::ip::make_address(row.address)) == row.loopback);
}

TEST_CASE("A socket without a peer, and a stream that knows of none, come from nowhere") {
  boost::asio::io_context context;
  CHECK_FALSE(comes_from_loopback(boost::asio::ip::tcp::socket(context)));
  CHECK_FALSE(comes_from_loopback(0));
}

}  // namespace kinesisd::server
