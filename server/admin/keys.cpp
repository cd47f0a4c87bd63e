#include "server/admin/keys.hpp"

#include <fmt/core.h>

#include <boost/describe/enum_to_string.hpp>
#include <utility>

#include "protocol/json.hpp"
#include "protocol/shapes.hpp"
#include "server/admin/control.hpp"
#include "server/admin/json_body.hpp"
#include "storage/streams/encryption.hpp"

namespace kinesisd::server::own {

namespace {

using storage::KeyState;

void write_key(protocol::json::Writer& writer, std::string_view key, KeyState state) {
  writer.begin_map(2);
  writer.key("key");
  writer.text(key);
  writer.key("state");
  writer.text(protocol::enum_name(state));
  writer.end_map();
}

Response key_answer(std::string_view key, KeyState state) {
  std::string body;
  protocol::json::Writer writer(body);
  write_key(writer, key, state);
  return json(200, std::move(body));
}

std::optional<KeyState> state_of(std::string_view word) {
  for (const KeyState state : protocol::enum_values<KeyState>) {
    if (protocol::enum_name(state) == word) return state;
  }
  return std::nullopt;
}

std::string all_states() {
  std::string words;
  for (const std::string_view word : protocol::enum_names<KeyState>) {
    words += words.empty() ? "" : ", ";
    words += word;
  }
  return words;
}

Answer set_key(Call& call, const std::string& key) {
  const auto word = text_in_body(call.request.body, "state");
  if (!word) {
    return {error(400, fmt::format("The body names no state for key {}; send {{\"state\": \"disabled\"}} or "
                                   "another of {}.",
                                   key, all_states()))};
  }
  const auto wanted = state_of(*word);
  if (!wanted) {
    return {error(400, fmt::format("There is no state \"{}\" for key {}; the states are {}.", *word, key,
                                   all_states()))};
  }
  const auto ticket = call.control.streams.with(
      [&](storage::State& state) { return storage::set_key_state(state, key, *wanted); });
  if (!ticket) {
    return {error(503, fmt::format("There is no room for the state of key {}: too much waits for the disk, "
                                   "or {} keys are not enabled already; enable some, or try again.",
                                   key, storage::key_states_max))};
  }
  return {key_answer(key, *wanted), *ticket};
}

}  // namespace

Answer list_keys(Call& call) {
  const auto keys =
      call.control.streams.with([](const storage::State& state) { return storage::key_states(state); });
  std::string body;
  protocol::json::Writer writer(body);
  writer.begin_map(1);
  writer.key("keys");
  writer.begin_list(keys.size());
  for (const auto& [key, state] : keys) write_key(writer, key, state);
  writer.end_list();
  writer.end_map();
  return {json(200, std::move(body))};
}

Answer answer_key(Call& call) {
  constexpr std::size_t key_bytes_max = *protocol::shapes::key_id.max_length;
  const auto key = percent_decoded(call.argument);
  if (!key || key->empty() || key->size() > key_bytes_max) {
    return {
        error(400, fmt::format("\"{}\" names no key; put its id, its alias or its ARN into the path, as in "
                               "/_kinesisd/kms/alias/aws/kinesis.",
                               call.argument))};
  }
  if (call.request.method == "PUT") return set_key(call, *key);
  const KeyState current =
      call.control.streams.with([&](const storage::State& state) { return storage::key_state(state, *key); });
  return {key_answer(*key, current)};
}

}  // namespace kinesisd::server::own
