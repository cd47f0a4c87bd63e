#include "server/admin/reset.hpp"

#include <fmt/core.h>

#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "protocol/json.hpp"
#include "server/admin/control.hpp"
#include "server/admin/streams.hpp"
#include "server/document/reader.hpp"
#include "server/faults/rule_book.hpp"
#include "server/support/account_id.hpp"
#include "storage/snapshots/snapshots.hpp"

namespace kinesisd::server::own {

namespace {

using storage::Saving;
using storage::Scope;
using storage::SnapshotSummary;

// {"account": ..., "region": ...}: each may be left out, and nothing at all is everything.
Scope scope_in(const document::Object& object) {
  const auto word = [](const document::Item& item) { return item.word(); };
  const auto account = [](const document::Item& item) {
    if (!is_account_id(item.word())) item.refuse("write 12 digits");
    return item.word();
  };
  return {.account = object.read("account", account), .region = object.read("region", word)};
}

Scope scope_of(const std::string& body) {
  if (body.empty()) return {};
  const document::Document sent = document::parse_json(body);
  return scope_in(document::root(sent).object({"account", "region"}));
}

// A snapshot is put back as it was saved: whoever asks for a part of it is told so.
void refuse_content(const std::string& body) {
  if (body.empty()) return;
  const document::Document sent = document::parse_json(body);
  const auto entries = document::root(sent).entries();
  if (!entries.empty()) {
    entries.front().second.complain(" is not known; a snapshot is put back as it was saved, so send {}");
  }
}

struct Reset {
  Scope scope = {};
  bool faults = false;  // forget the rules as well
};

Reset reset_of(const std::string& body) {
  if (body.empty()) return {};
  const document::Document sent = document::parse_json(body);
  const document::Object object = document::root(sent).object({"account", "region", "stream", "faults"});
  const auto boolean = [](const document::Item& item) { return item.boolean(); };
  const auto word = [](const document::Item& item) { return item.word(); };
  Reset asked{.scope = scope_in(object), .faults = object.read("faults", boolean).value_or(false)};
  asked.scope.stream = object.read("stream", word);
  return asked;
}

void write(protocol::json::Writer& writer, const SnapshotSummary& snapshot) {
  writer.begin_map(5);
  writer.key("name");
  writer.text(snapshot.name);
  put_time(writer, "saved", snapshot.saved);
  writer.key("streams");
  writer.integer(static_cast<std::int64_t>(snapshot.streams));
  if (snapshot.scope.account) {
    writer.key("account");
    writer.text(*snapshot.scope.account);
  }
  if (snapshot.scope.region) {
    writer.key("region");
    writer.text(*snapshot.scope.region);
  }
  writer.end_map();
}

Response written(const SnapshotSummary& snapshot) {
  std::string body;
  protocol::json::Writer writer(body);
  write(writer, snapshot);
  return json(200, std::move(body));
}

std::optional<SnapshotSummary> find(const Control& control, const std::string& name) {
  for (auto& snapshot : storage::list_snapshots(control.streams))
    if (snapshot.name == name) return std::move(snapshot);
  return std::nullopt;
}

Response no_such(const Control& control, const std::string& name) {
  std::string names;
  for (const auto& snapshot : storage::list_snapshots(control.streams))
    names += (names.empty() ? "" : ", ") + snapshot.name;
  return error(404,
               fmt::format("There is no snapshot {}; {}", name,
                           names.empty() ? "PUT saves one under that name." : "there are " + names + "."));
}

// Runs `change`, which throws when nothing could be written.
template <class Change>
std::function<Response()> blocking(const Control& control, Change change) {
  return [&control, change = std::move(change)] {
    std::string failure;
    try {
      return change(control);
    } catch (const std::exception& problem) {
      failure = problem.what();
    }
    control.log.error("What was asked for could not be written to the database: {}", failure);
    return error(500, "The change could not be written to the database; see the log for the reason.");
  };
}

Response save(const Control& control, const std::string& name, const Scope& scope) {
  switch (storage::save_snapshot(control.journal, name, scope, control.clock.now())) {
    case Saving::too_many:
      return error(409, fmt::format("There are {} snapshots already; DELETE one that is not needed any more.",
                                    storage::snapshots_max));
    case Saving::too_large:
      return error(
          409,
          "Snapshots would hold more records than fit into memory; DELETE one that is not needed any "
          "more, raise --memory-mb, or keep records on a disk, without --db :memory:.");
    case Saving::saved:
      break;
  }
  const auto saved = find(control, name);
  return saved ? written(*saved) : no_such(control, name);
}

Response restore(const Control& control, const std::string& name) {
  const auto saved = find(control, name);
  if (!saved || !storage::restore_snapshot(control.journal, name)) return no_such(control, name);
  return written(*saved);
}

Response forget(const Control& control, const std::string& name) {
  const auto saved = find(control, name);
  if (!saved || !storage::delete_snapshot(control.streams, name)) return no_such(control, name);
  return written(*saved);
}

}  // namespace

Answer answer_reset(Call& call) {
  return {.response = {},
          .blocking = blocking(call.control, [asked = reset_of(call.request.body)](const Control& control) {
            const std::size_t streams = storage::reset(control.journal, asked.scope);
            if (asked.faults && control.faults != nullptr) control.faults->clear();
            return json(200, fmt::format(R"({{"streams":{}}})", streams));
          })};
}

Answer empty_stream(const Call& call, const storage::StreamKey& stream) {
  return {.response = {},
          .blocking = blocking(call.control, [stream, now = call.now](const Control& control) {
            const auto records = storage::empty_stream(control.journal, stream, now);
            if (!records) return no_such_stream(control, stream, now);
            return json(200, fmt::format(R"({{"records":{}}})", *records));
          })};
}

Answer reset_all(const Call& call, std::string_view body) {
  return {.response = {},
          .blocking = blocking(call.control, [body = std::string(body)](const Control& control) {
            storage::reset(control.journal, {});
            return json(200, body);
          })};
}

Answer list_snapshots(Call& call) {
  const auto snapshots = storage::list_snapshots(call.control.streams);
  std::string body;
  protocol::json::Writer writer(body);
  writer.begin_map(1);
  writer.key("snapshots");
  writer.begin_list(snapshots.size());
  for (const auto& snapshot : snapshots) write(writer, snapshot);
  writer.end_list();
  writer.end_map();
  return {json(200, std::move(body))};
}

Answer answer_snapshot(Call& call) {
  constexpr std::string_view restoring = "/restore";
  std::string_view argument = call.argument;
  if (call.request.method == "POST" && argument.ends_with(restoring))
    argument.remove_suffix(restoring.size());
  std::string name(argument);
  if (!storage::is_snapshot_name(name)) {
    return {
        error(400, fmt::format("\"{}\" is no name for a snapshot; use 1 to {} letters, digits, _, . or -.",
                               name, storage::snapshot_name_max))};
  }
  if (call.request.method == "DELETE") return {forget(call.control, name)};
  if (call.request.method == "PUT") {
    return {.response = {},
            .blocking =
                blocking(call.control, [name, scope = scope_of(call.request.body)](const Control& control) {
                  return save(control, name, scope);
                })};
  }
  if (call.request.method == "POST") {
    refuse_content(call.request.body);
    return {.response = {}, .blocking = blocking(call.control, [name](const Control& control) {
                              return restore(control, name);
                            })};
  }
  const auto saved = find(call.control, name);
  return {saved ? written(*saved) : no_such(call.control, name)};
}

}  // namespace kinesisd::server::own
