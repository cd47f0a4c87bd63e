// The Kinesis API as sessions see it: gate, operation, commit or disk read, answer. Also the server's own
// endpoints under /_kinesisd/ and calls for other services.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/admin/control.hpp"
#include "server/api/gate.hpp"
#include "server/api/operation.hpp"
#include "server/capture/capture.hpp"
#include "server/faults/rule_book.hpp"
#include "server/http/cors.hpp"
#include "server/http/request_log.hpp"
#include "server/http/service.hpp"
#include "server/metrics/metrics.hpp"
#include "server/net/forwarding.hpp"
#include "server/net/io_threads.hpp"
#include "server/stubs/call.hpp"
#include "server/support/limits.hpp"
#include "server/support/log.hpp"
#include "server/support/service_clock.hpp"
#include "storage/journal/group_commit.hpp"
#include "storage/model/random.hpp"

namespace kinesisd::server {

class KinesisService : public Service {
 public:
  // Reads records from the disk; blocks, runs off the I/O threads.
  using ReadRecords = std::function<std::vector<storage::RecordPtr>(const storage::DiskRange&)>;

  // All of these outlive the service. `fallback`: the world of callers whose credentials do not name one.
  struct Parts {
    GuardedState& streams;
    storage::GroupCommit& journal;
    ServiceClock& clock;
    storage::Random& random;  // of request ids
    Log& log;
    ReadRecords read_records;
    storage::World fallback;
    Worlds worlds = Worlds::account;
    RateLimits* rates = nullptr;               // of the control plane; nullptr: not enforced
    const Credentials* credentials = nullptr;  // unset: any credentials and signatures will do
    own::Transport transport = {};
    own::Admin admin = {};
    Cors* cors = nullptr;                       // nullptr: every web page may read answers, as on AWS
    metrics::Metrics* metrics = nullptr;        // nullptr: nothing is counted
    capture::Capture* capture = nullptr;        // of --capture; nullptr: writes are not recorded
    const own::Readiness* readiness = nullptr;  // nullptr: nothing is waited for at start
    faults::RuleBook* faults = nullptr;         // of trouble on demand
    storage::Strict* strict = nullptr;          // unset: lists come in their natural order
    dropin::InitScripts* scripts = nullptr;     // nullptr: nobody tells of any
    Forwarding* forwarding = nullptr;           // of --forward; nullptr: nothing is passed on
    std::chrono::milliseconds idle_event = limits.idle_event;
  };

  explicit KinesisService(Parts parts);

  boost::asio::awaitable<Response> answer(Request request) override;
  bool reads_every_header() const override {
    return parts_.credentials != nullptr || parts_.forwarding != nullptr;
  }
  void note(ConnectionEvent event) override;
  Response body_too_large() const override;
  Response overloaded() const override;

 private:
  // Of the calling I/O thread; nullptr: nothing is counted.
  metrics::RequestCounts* counts() const;
  // What is known of one request while it is answered.
  struct Course {
    metrics::Measured measured;
    RequestStory story = {};
  };
  boost::asio::awaitable<Response> answer_on(Request& request, Course& course);
  Response refuse(Request& request, Refused refused, Course& course) const;
  std::optional<Verification> verification() const;
  std::variant<Admitted, Refused> admit(Request& request) const;
  // Where a call for another service is passed on to; nullptr: nowhere.
  const foreign::ForwardTarget* forward_target(const Request& request) const;
  boost::asio::awaitable<Response> pass_on(const Request& request, const foreign::ForwardTarget& target,
                                           Course& course);
  Response answer_foreign(const Request& request, const foreign::Call& call) const;
  boost::asio::awaitable<Response> run_own(Request& request);
  void log_own(const Request& request, const Response& response) const;
  boost::asio::awaitable<Response> run(Request& request, Admitted& admitted, Course& course);
  // What became of the operation is known. nullopt: it has succeeded.
  void end(Course& course, const Context& context, std::optional<protocol::ErrorType> error) const;
  // An answer that the rules of trouble on demand want late.
  boost::asio::awaitable<void> delay(const faults::Trouble& trouble) const;
  Response fail(const Request& request, const Context& context, const faults::Verdict& verdict);
  boost::asio::awaitable<Result<std::string>> settle(Outcome& outcome);
  boost::asio::awaitable<Result<std::string>> read(Outcome outcome);
  std::shared_ptr<BodySource> open(EventFeed feed, const faults::Trouble* trouble);
  storage::World world_of(const Caller& caller) const;
  void log_answer(Context& context, const Result<std::string>& body);

  Parts parts_;
  const own::Control control_;
};

}  // namespace kinesisd::server
