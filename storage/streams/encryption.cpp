// Which key a stream is encrypted with, and what its keys answer. Nothing is encrypted: what clients see of
// encryption is its words and its errors.
#include "storage/streams/encryption.hpp"

#include "protocol/errors.hpp"
#include "storage/state/state.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

// A key by id or alias, however it was named: what follows `key/` in an ARN, or `alias/...`.
std::string_view bare_key(std::string_view key) {
  constexpr std::string_view by_id = "key/";
  constexpr std::string_view by_alias = "alias/";
  const auto resource = key.starts_with("arn:") ? key.substr(key.rfind(':') + 1) : key;
  if (resource.starts_with(by_alias)) return resource;
  return resource.starts_with(by_id) ? resource.substr(by_id.size()) : resource;
}

// What IAM calls it, without `kms:`.
std::string_view action_of(KeyUse use) {
  switch (use) {
    case KeyUse::describe:
      return "DescribeKey";
    case KeyUse::encrypt:
      return "GenerateDataKey";
    case KeyUse::decrypt:
      break;
  }
  return "Decrypt";
}

}  // namespace

KeyState key_state(const State& state, std::string_view key) {
  const auto found = state.keys.find(std::string(bare_key(key)));
  return found == state.keys.end() ? KeyState::enabled : found->second;
}

std::map<std::string, KeyState> key_states(const State& state) {
  return state.keys;
}

std::optional<Ticket> set_key_state(State& state, std::string_view key, KeyState wanted) {
  const KeyState before = key_state(state, key);
  auto& keys = state.keys;
  const bool one_more = before == KeyState::enabled && wanted != KeyState::enabled;
  if (!state.journal.has_room() || (one_more && keys.size() >= key_states_max)) return std::nullopt;
  std::string name(bare_key(key));
  if (wanted == KeyState::enabled)
    keys.erase(name);
  else
    keys[name] = wanted;
  // Written also when it is that already, so that who asked knows that it is durable.
  return state.journal.submit({std::make_unique<KeyChanged>(KeyChanged{std::move(name), before, wanted})});
}

Result<void> State::check_key(const std::string& key_id, const World& world, KeyUse use) const {
  if (keys.empty()) return fine();
  const auto found = keys.find(std::string(bare_key(key_id)));
  if (found == keys.end()) return fine();
  switch (found->second) {
    case KeyState::enabled:
      break;
    case KeyState::disabled:
      return errors::kms_key_disabled(key_id);
    case KeyState::pending_deletion:
      return errors::kms_key_in_state(key_id, "pending deletion");
    case KeyState::access_denied:
      return errors::kms_access_denied(world.account, action_of(use), key_id);
    case KeyState::not_found:
      return errors::kms_key_not_found(key_id);
    case KeyState::opt_in_required:
      return errors::kms_not_subscribed(key_id);
    case KeyState::throttling:
      return errors::kms_throttled(key_id);
  }
  return fine();
}

Result<Ticket> start_encryption(State& state, const StreamKey& key, const std::string& key_id,
                                Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, state.require_active(key, now));
  BOOST_OUTCOME_TRY(state.check_key(key_id, key.world, KeyUse::describe));
  BOOST_OUTCOME_TRY(state.check_ration(*stream, Rationed::encryption_start, now));
  return state.update(*stream, Lasting::start_encryption, now, [&](StreamRow& row) {
    row.key_id = key_id;
    count(row, Rationed::encryption_start, now);
  });
}

Result<Ticket> stop_encryption(State& state, const StreamKey& key, const std::string& key_id, Timestamp now) {
  BOOST_OUTCOME_TRY(Stream * stream, state.require_active(key, now));
  const auto& current = stream->row.key_id;
  if (!current) return no_ticket;
  if (bare_key(*current) != bare_key(key_id))
    return errors::encryption_key_differs(key_id, key.name, key.world.account);
  BOOST_OUTCOME_TRY(state.check_ration(*stream, Rationed::encryption_stop, now));
  return state.update(*stream, Lasting::stop_encryption, now, [&](StreamRow& row) {
    row.key_id = std::nullopt;
    count(row, Rationed::encryption_stop, now);
  });
}

}  // namespace kinesisd::storage
