#include "server/app/kinesis_service.hpp"

#include <fmt/core.h>

#include <boost/describe/enum_from_string.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <utility>

#include "protocol/errors.hpp"
#include "protocol/event_stream.hpp"
#include "protocol/operation_names.hpp"
#include "server/admin/own_endpoints.hpp"
#include "server/api/dispatch.hpp"
#include "server/api/hints.hpp"
#include "server/api/similar_names.hpp"
#include "server/api/subscription_body.hpp"
#include "server/api/worlds.hpp"
#include "server/http/request_ids.hpp"
#include "server/net/alarm.hpp"
#include "storage/streams/streams.hpp"

namespace kinesisd::server {

namespace {

using protocol::Error;
using protocol::ErrorType;
namespace errors = protocol::errors;

// What a line of the log is about: the target, or for requests without one what they asked for.
std::string subject(const Request& request) {
  const std::string* target = request.header("x-amz-target");
  return target != nullptr ? *target : fmt::format("{} {}", request.method, request.path);
}

// The same for a request that was understood: a call without a stream is its operation alone.
std::string call_of(const Context& context) {
  if (context.stream_name.empty()) return std::string(context.operation);
  return fmt::format("{} {}", context.operation, context.stream_name);
}

// The operation that a request names, whether there is such a one or not.
std::string_view asked_for(const Request& request) {
  const std::string* target = request.header("x-amz-target");
  if (target == nullptr) return {};
  return std::string_view(*target).substr(std::min(target->find('.'), target->size() - 1) + 1);
}

// nullopt: it has succeeded.
RequestStory story_of(const Context& context, std::optional<ErrorType> error) {
  return {.operation = context.operation,
          .stream = context.stream_name,
          .encoding = context.encoding == protocol::Encoding::json ? "json" : "cbor",
          .error = error ? protocol::name(*error) : std::string_view()};
}

// What a failure on demand counts as; a broken connection has no type.
ErrorType counted_as(const faults::Verdict& verdict) {
  ErrorType type = ErrorType::InternalFailure;
  if (boost::describe::enum_from_string(verdict.type.c_str(), type)) return type;
  return verdict.status == 503 ? ErrorType::ServiceUnavailable : ErrorType::InternalFailure;
}

// What AWS's words leave out of why a request came to no operation, for the end of the log's line.
std::string advice_on(const Request& request, ErrorType error) {
  switch (error) {
    case ErrorType::UnknownOperationException:
      return similar_target(request);
    case ErrorType::MissingAuthenticationTokenException:
      return "; sign the request (any credentials will do unless --credentials names them)";
    case ErrorType::SerializationException:
      if (request.body.empty()) return "; the request has no body: send {} at least";
      return encoding_of(request) == protocol::Encoding::json ? "; the body is no JSON"
                                                              : "; the body is no CBOR";
    default:
      return {};
  }
}

}  // namespace

KinesisService::KinesisService(Parts parts)
    : parts_(std::move(parts)),
      control_{.streams = parts_.streams,
               .journal = parts_.journal,
               .clock = parts_.clock,
               .log = parts_.log,
               .read_records = parts_.read_records,
               .fallback = parts_.fallback,
               .transport = parts_.transport,
               .admin = parts_.admin,
               .credentials = parts_.credentials,
               .metrics = parts_.metrics,
               .readiness = parts_.readiness,
               .faults = parts_.faults,
               .scripts = parts_.scripts} {}

boost::asio::awaitable<Response> KinesisService::answer(Request request) {
  Course course{.measured = metrics::Measured(counts(), request)};
  Response response = co_await answer_on(request, course);
  if (parts_.cors != nullptr) parts_.cors->restrain(request, response);
  course.measured.sent(response.body.size());
  log_request(parts_.log, request, response, course.story, course.measured.bytes_in(),
              course.measured.taken());
  co_return response;
}

boost::asio::awaitable<Response> KinesisService::answer_on(Request& request, Course& course) {
  std::string failure;
  try {
    const foreign::ForwardTarget* target = forward_target(request);
    if (target == nullptr && is_own(request)) co_return co_await run_own(request);
    request.ids = make_request_ids(parts_.random);
    if (auto refused = own::refuse_plain_text(request, parts_.transport)) {
      parts_.log.info("{}: refused, because it came without TLS (--tls only).", subject(request));
      co_return *std::move(refused);
    }
    if (target != nullptr) co_return co_await pass_on(request, *target, course);
    if (const auto call = foreign::call_in(request)) co_return answer_foreign(request, *call);
    auto verdict = admit(request);
    if (auto* refused = std::get_if<Refused>(&verdict)) {
      co_return refuse(request, std::move(*refused), course);
    }
    co_return co_await run(request, std::get<Admitted>(verdict), course);
  } catch (const std::exception& bug) {
    failure = bug.what();
  }
  if (request.ids.id.empty()) request.ids = make_request_ids(parts_.random);
  parts_.log.error("{} failed: {}", subject(request), failure);
  co_return server::answer(request, encoding_of(request), errors::internal_failure());
}

Response KinesisService::refuse(Request& request, Refused refused, Course& course) const {
  course.story.operation = asked_for(request);
  if (refused.error) {
    course.measured.refuse(course.story.operation, *refused.error);
    course.story.error = protocol::name(*refused.error);
  }
  if (refused.response.status >= 400) {
    parts_.log.info("{}: {}{}", subject(request), refused.reason,
                    refused.error ? advice_on(request, *refused.error) : std::string());
  }
  return std::move(refused.response);
}

std::optional<Verification> KinesisService::verification() const {
  if (parts_.credentials == nullptr) return std::nullopt;
  return Verification{*parts_.credentials,
                      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
}

std::variant<Admitted, Refused> KinesisService::admit(Request& request) const {
  const auto verified_by = verification();
  return gate(request, &protocol::knows_operation, verified_by ? &*verified_by : nullptr);
}

const foreign::ForwardTarget* KinesisService::forward_target(const Request& request) const {
  if (parts_.forwarding == nullptr || request.path.starts_with("/_kinesisd/")) return nullptr;
  return parts_.forwarding->target_of(request);
}

boost::asio::awaitable<Response> KinesisService::pass_on(const Request& request,
                                                         const foreign::ForwardTarget& target,
                                                         Course& course) {
  course.story.operation = asked_for(request);
  Forwarding::Answer answer = co_await parts_.forwarding->pass_on(request, target);
  if (!answer.problem.empty()) parts_.log.warn("{}: {}", subject(request), answer.problem);
  co_return std::move(answer.response);
}

Response KinesisService::answer_foreign(const Request& request, const foreign::Call& call) const {
  const auto verified_by = verification();
  const auto account_of = [this](const Caller& caller) { return world_of(caller).account; };
  foreign::Answer answer = foreign::answer(request, call, account_of, verified_by ? &*verified_by : nullptr);
  if (!answer.refusal.empty()) parts_.log.info("{}", answer.refusal);
  return std::move(answer.response);
}

boost::asio::awaitable<Response> KinesisService::run_own(Request& request) {
  CommitWaits& commits = IoThread::current().commits();
  const auto expectation = commits.expect();
  own::Answer answer = answer_own(request, control_);
  if (answer.blocking) {
    auto response = co_await IoThread::current().all().on_disk(std::move(answer.blocking));
    answer.response = response ? *std::move(response) : own_answer_if_busy();
  }
  log_own(request, answer.response);
  if (answer.ticket == storage::no_ticket) co_return std::move(answer.response);
  parts_.journal.wake();
  const bool durable = co_await commits.wait(answer.ticket);
  if (durable) co_return std::move(answer.response);
  co_return own_answer_if_lost();
}

// What changes something, and what was refused with its reason. Health checks that fail do so every second.
void KinesisService::log_own(const Request& request, const Response& response) const {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const bool refused = response.status >= 400 && response.status < 500;
  if (reads && !refused) return;
  const std::string reason = own::reason_of(response);
  parts_.log.info("{} {}: {}{}{}", request.method, request.path, response.status, reason.empty() ? "" : " ",
                  reason);
}

boost::asio::awaitable<Response> KinesisService::run(Request& request, Admitted& admitted, Course& course) {
  course.measured.begin(admitted.operation);
  Context context{.streams = parts_.streams,
                  .now = parts_.clock.now(),
                  .caller = world_of(admitted.caller),
                  .operation = admitted.operation,
                  .encoding = admitted.encoding,
                  .one_world = parts_.worlds == Worlds::one,
                  .over_tls = request.over_tls,
                  .rates = parts_.rates,
                  .strict = parts_.strict,
                  .stream_name = {},
                  .note = {}};
  std::unique_ptr<faults::Trouble> trouble;  // it would take much of the coroutine's frame
  if (parts_.faults != nullptr && !parts_.faults->empty())
    trouble = std::make_unique<faults::Trouble>(*parts_.faults);
  context.trouble = trouble.get();
  // From before the operation makes its change until that has been waited for.
  const auto expectation = IoThread::current().commits().expect();
  auto captured =
      parts_.capture == nullptr ? capture::Capture::Pass() : parts_.capture->begin(context.operation);
  Outcome outcome = find_operation(context.operation)(context, admitted.body);
  Result<std::string> body = co_await settle(outcome);
  if (captured.wants() && body) {
    captured.keep({.at = context.now,
                   .caller = context.caller,
                   .operation = std::string(context.operation),
                   .stream = context.stream_name,
                   .request = std::move(request.body),
                   .tree = std::move(admitted.body),
                   .response = body.value()},
                  outcome.ticket);
  }
  // Nothing of it is stored: what is does not wait for an answer that is late on demand.
  captured.leave();
  if (trouble) co_await delay(*trouble);
  if (trouble && trouble->decision().verdict) {
    // Closed again, if it was opened.
    if (outcome.events) open(std::move(*outcome.events), nullptr);
    end(course, context, counted_as(*trouble->decision().verdict));
    co_return fail(request, context, *trouble->decision().verdict);
  }
  end(course, context, body ? std::nullopt : std::optional(body.error().type));
  log_answer(context, body);
  if (outcome.events) {
    auto source = open(std::move(*outcome.events), context.trouble);
    // Go's SDK closes the request's body when the answer begins; if Go is still about to read that body's end
    // then, it drops the connection. On AWS, and so here, no stream begins as soon as that.
    Alarm pause;
    co_await pause.wait_until(std::chrono::steady_clock::now() + limits.before_stream);
    co_return server::answer(request, protocol::event_stream::content_type, std::move(source));
  }
  if (!body) co_return server::answer(request, admitted.encoding, body.error());
  co_return server::answer(request, admitted.encoding, std::move(body.value()));
}

boost::asio::awaitable<Result<std::string>> KinesisService::settle(Outcome& outcome) {
  IoThread& thread = IoThread::current();
  // Requests that are ready together are committed together, in transactions of a size worth having.
  if (outcome.ticket != storage::no_ticket) parts_.journal.wake_if_worthwhile();
  thread.after_ready([this] { parts_.journal.wake(); });
  if (outcome.disk) co_return co_await read(std::move(outcome));
  if (outcome.ticket == storage::no_ticket) co_return std::move(outcome.body);
  // Awaited in a statement of its own: g++ 12 miscompiles co_await within a condition.
  const bool durable = co_await thread.commits().wait(outcome.ticket);
  if (durable) co_return std::move(outcome.body);
  if (!outcome.body_if_lost) co_return errors::internal_failure();
  co_return outcome.body_if_lost();
}

boost::asio::awaitable<Result<std::string>> KinesisService::read(Outcome outcome) {
  auto records = co_await IoThread::current().all().on_disk(
      [this, range = *outcome.disk] { return parts_.read_records(range); });
  if (!records) co_return errors::service_unavailable();
  co_return outcome.after_read(std::move(*records));
}

boost::asio::awaitable<void> KinesisService::delay(const faults::Trouble& trouble) const {
  // Not one wait, so that nobody waits for the end of the server.
  constexpr std::chrono::milliseconds longest_wait{100};
  if (!trouble.decision().latency) co_return;
  const auto end = std::chrono::steady_clock::now() + *trouble.decision().latency;
  Alarm alarm;
  while (!parts_.faults->stopped() && std::chrono::steady_clock::now() < end) {
    co_await alarm.wait_until(std::min(end, std::chrono::steady_clock::now() + longest_wait));
  }
}

void KinesisService::end(Course& course, const Context& context, std::optional<ErrorType> error) const {
  course.measured.end(error);
  if (!error && context.times != nullptr) context.times->add(course.measured.taken());
  if (parts_.log.enabled(LogLevel::debug)) course.story = story_of(context, error);
}

Response KinesisService::fail(const Request& request, const Context& context,
                              const faults::Verdict& verdict) {
  const std::string& note = context.trouble->decision().note;
  if (verdict.reset) {
    parts_.log.info("{}: the connection is reset ({})", call_of(context), note);
    Response none;
    none.reset = true;
    return none;
  }
  parts_.log.info("{}: {} {} {} ({})", call_of(context), verdict.status, verdict.type, verdict.message, note);
  return server::answer(request, context.encoding, verdict.status, verdict.type, verdict.message);
}

std::shared_ptr<BodySource> KinesisService::open(EventFeed feed, const faults::Trouble* trouble) {
  return std::make_shared<SubscriptionBody>(SubscriptionBody::Parts{.streams = parts_.streams,
                                                                    .journal = parts_.journal,
                                                                    .clock = parts_.clock,
                                                                    .log = parts_.log,
                                                                    .read_records = parts_.read_records,
                                                                    .idle_event = parts_.idle_event,
                                                                    .counts = counts()},
                                            std::move(feed),
                                            trouble == nullptr ? std::nullopt : trouble->decision().drop);
}

storage::World KinesisService::world_of(const Caller& caller) const {
  return server::world_of(caller.access_key_id, caller.region, parts_.worlds, parts_.fallback);
}

void KinesisService::log_answer(Context& context, const Result<std::string>& body) {
  Log& log = parts_.log;
  if (context.trouble != nullptr && !context.trouble->decision().note.empty())
    context.note += fmt::format("{}{}", context.note.empty() ? "" : "; ", context.trouble->decision().note);
  if (!context.warning.empty()) log.warn("{}", context.warning);
  const bool throttled =
      body ? context.throttled : body.error().type == ErrorType::ProvisionedThroughputExceededException;
  if (throttled) {
    for (const std::string& line : write_warnings(parts_.streams)) log.warn("{}", line);
  }
  if (!body) {
    log.info("{}: {}{}", call_of(context), protocol::sentence(body.error()),
             hint(context, body, parts_.clock));
  } else if (!context.note.empty()) {
    log.info("{}: {}{}", call_of(context), context.note, hint(context, body, parts_.clock));
  }
}

metrics::RequestCounts* KinesisService::counts() const {
  return parts_.metrics == nullptr ? nullptr : &parts_.metrics->requests_of(IoThread::current().index());
}

void KinesisService::note(ConnectionEvent event) {
  if (parts_.metrics != nullptr) parts_.metrics->connections[static_cast<std::size_t>(event)].add();
}

Response KinesisService::body_too_large() const {
  if (parts_.metrics != nullptr) parts_.metrics->bodies_too_large.add();
  return {.status = 413, .headers = {}, .body = {}, .chunked_empty = true};
}

Response KinesisService::overloaded() const {
  Request unread;
  unread.ids = make_request_ids(parts_.random);
  if (parts_.metrics != nullptr) parts_.metrics->overloads.add();
  return server::answer(unread, protocol::Encoding::json, errors::service_unavailable());
}

}  // namespace kinesisd::server
