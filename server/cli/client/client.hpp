// A client of the Kinesis API: signs, sends, and repeats what may be repeated. Blocks; for one thread.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "protocol/decode.hpp"
#include "protocol/encode.hpp"
#include "protocol/error.hpp"
#include "server/cli/client/connection.hpp"
#include "server/cli/client/http.hpp"
#include "server/cli/client/target.hpp"

namespace kinesisd::server::client {

// The service refused a call, in its words.
class ServiceError : public std::runtime_error {
 public:
  ServiceError(int http_status, std::string error_type, const std::string& message)
      : std::runtime_error(message), status_(http_status), type_(std::move(error_type)) {}

  int status() const { return status_; }
  const std::string& type() const { return type_; }
  bool is(protocol::ErrorType type) const { return type_ == protocol::name(type); }
  // Whether the same call may succeed later: throttled, or the service is out of order.
  bool is_passing() const;

 private:
  int status_;
  std::string type_;
};

class Client {
 public:
  // `interrupt` as for Connection.
  explicit Client(Target target, int interrupt = -1) : target_(std::move(target)), interrupt_(interrupt) {}

  static constexpr int attempts_max = 8;
  static constexpr std::chrono::milliseconds answer_within{60'000};

  // The body of the answer. Throws ServiceError or ConnectionError when attempts_max attempts have failed, or
  // one for good (LastingError is); Interrupted at any time.
  std::string call(std::string_view operation, const std::string& body);

  // The same, with the members of the operation's tables. `Answer` is a structure with those members of the
  // response that are wanted.
  template <class Op, class Answer>
  Answer call(const typename Op::Request& request) {
    std::string body = call(Op::name, protocol::encode_body(request, protocol::Encoding::json));
    if constexpr (std::is_same_v<Answer, protocol::Void>) {
      return {};
    } else {
      const auto tree = protocol::parse(body, protocol::Encoding::json);
      auto answer = tree ? protocol::decode<Answer>(tree.value()) : protocol::Result<Answer>(tree.error());
      if (!answer) throw ConnectionError("the answer to " + std::string(Op::name) + " makes no sense");
      return std::move(answer.value());
    }
  }

  // The time that the service goes by, which is this machine's unless it says otherwise. Throws Interrupted.
  protocol::Timestamp service_time();

  // Waits before the attempt behind `failures` failed ones, longer each time. Throws Interrupted.
  void back_off(int failures);

  const Target& target() const { return target_; }
  int interrupt() const { return interrupt_; }

 private:
  HttpAnswer attempt(std::string_view operation, const std::string& body);
  void connect(Deadline deadline);

  Target target_;
  int interrupt_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace kinesisd::server::client
