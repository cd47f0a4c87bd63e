#include "server/cli/client/client.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <random>

#include "server/document/value.hpp"

namespace kinesisd::server::client {

namespace {

using protocol::ErrorType;
using std::chrono::milliseconds;

constexpr milliseconds back_off_first{50};
constexpr milliseconds back_off_max{5'000};

// `__type` may have a namespace before a #, and both spellings of the message occur.
ServiceError error_of(const HttpAnswer& answer) {
  std::string type;
  std::string message;
  try {
    for (const document::Member& member : document::parse_json(answer.body).root.members) {
      if (member.key == "__type") type = member.value.text.substr(member.value.text.find('#') + 1);
      if (member.key.ends_with("essage")) message = member.value.text;
    }
  } catch (const document::Problem&) {
    // What is no JSON is not from the service itself.
  }
  if (type.empty()) type = std::to_string(answer.status);
  return {answer.status, type, message};
}

// Plain text is enough to learn whom to trust of a server on this machine: nobody else hears it.
std::string authority_of(const Endpoint& endpoint, Deadline deadline, int interrupt) {
  Endpoint plain = endpoint;
  plain.tls = false;
  try {
    Connection connection(plain, {}, deadline, interrupt);
    const Request request{.method = "GET",
                          .path = "/_kinesisd/ca.pem",
                          .query = {},
                          .headers = {{"host", plain.authority()}, {"connection", "close"}},
                          .body = {}};
    HttpAnswer answer = exchange(connection, request, deadline);
    return answer.status == 200 ? std::move(answer.body) : std::string();
  } catch (const ConnectionError&) {
    return {};
  }
}

}  // namespace

bool ServiceError::is_passing() const {
  if (status_ >= 500 || type_.find("Throttling") != std::string::npos) return true;
  return is(ErrorType::ProvisionedThroughputExceededException);
}

void Client::connect(Deadline deadline) {
  if (connection_ && !connection_->is_stale()) return;
  connection_.reset();
  const Endpoint& endpoint = target_.endpoint;
  if (endpoint.tls && endpoint.is_loopback() && target_.trust.also_pem.empty())
    target_.trust.also_pem = authority_of(endpoint, deadline, interrupt_);
  connection_ = client::connect(endpoint, target_.trust, deadline, interrupt_);
}

HttpAnswer Client::attempt(std::string_view operation, const std::string& body) {
  const auto deadline = std::chrono::steady_clock::now() + answer_within;
  connect(deadline);
  Request request{.method = "POST",
                  .path = "/",
                  .query = {},
                  .headers = {{"host", target_.endpoint.authority()},
                              {"content-type", "application/x-amz-json-1.1"},
                              {"x-amz-target", fmt::format("Kinesis_20131202.{}", operation)},
                              {"user-agent", "kinesisd/" KINESISD_VERSION}},
                  .body = body};
  sign(request, target_.signer, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  HttpAnswer answer = exchange(*connection_, request, deadline);
  if (!answer.keeps_open) connection_.reset();
  return answer;
}

std::string Client::call(std::string_view operation, const std::string& body) {
  for (int failures = 1;; ++failures) {
    try {
      HttpAnswer answer = attempt(operation, body);
      if (answer.status / 100 == 2) return std::move(answer.body);
      const ServiceError error = error_of(answer);
      if (!error.is_passing() || failures == attempts_max) throw error;
    } catch (const LastingError&) {
      throw;
    } catch (const ConnectionError&) {
      connection_.reset();
      if (failures == attempts_max) throw;
    }
    back_off(failures);
  }
}

protocol::Timestamp Client::service_time() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  if (target_.endpoint.is_aws()) return now;
  const auto deadline = std::chrono::steady_clock::now() + answer_within;
  try {
    connect(deadline);
    Request request{.method = "GET",
                    .path = "/_kinesisd/clock",
                    .query = {},
                    .headers = {{"host", target_.endpoint.authority()}},
                    .body = {}};
    sign(request, target_.signer, std::chrono::floor<std::chrono::seconds>(now));
    const HttpAnswer answer = exchange(*connection_, request, deadline);
    if (!answer.keeps_open) connection_.reset();
    const document::Document body = document::parse_json(answer.body);
    for (const document::Member& member : body.root.members) {
      if (member.key == "now_ms" && member.value.kind == document::Kind::integer)
        return protocol::Timestamp(std::chrono::milliseconds(member.value.integer));
    }
  } catch (const ConnectionError&) {
    connection_.reset();  // whoever calls next says why
  } catch (const document::Problem&) {
    // It has no clock that can be moved.
  }
  return now;
}

void Client::back_off(int failures) {
  static thread_local std::minstd_rand random(std::random_device{}());
  const milliseconds longest = std::min(back_off_max, back_off_first * (1 << std::min(failures - 1, 10)));
  std::uniform_int_distribution<std::int64_t> wait(longest.count() / 2, longest.count());
  pause_until(std::chrono::steady_clock::now() + milliseconds(wait(random)), interrupt_);
}

}  // namespace kinesisd::server::client
