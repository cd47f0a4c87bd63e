// Passes calls for other services on to servers that have them (--forward), as they are but for what belongs
// to a connection. A connection for each call; nothing of it blocks an I/O thread.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "server/http/forward_target.hpp"
#include "server/http/http_message.hpp"
#include "server/support/limits.hpp"

namespace kinesisd::server {

class Forwarding {
 public:
  explicit Forwarding(std::vector<foreign::ForwardTarget> targets, const Limits& bounds = limits);

  // Where the request goes by the service it is signed for; nullptr: it is not passed on.
  const foreign::ForwardTarget* target_of(const Request& request) const;

  struct Answer {
    Response response;
    std::string problem;  // for the log, a sentence that names the setting; empty: the other server answered
  };
  // On an I/O thread. 502 where the other server cannot be reached or does not answer, 503 beyond the bounds
  // of `forwards` and `forward_bytes`. `request` and the forwarding outlive it.
  boost::asio::awaitable<Answer> pass_on(const Request& request, const foreign::ForwardTarget& target);

 private:
  class Exchange;

  const std::vector<foreign::ForwardTarget> targets_;
  const Limits bounds_;
  std::atomic<std::size_t> under_way_{0};
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace kinesisd::server
