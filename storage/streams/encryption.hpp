// Encryption of streams, and what becomes of puts and reads of encrypted ones: as if a key management service
// said so. A key is named by id, by alias or by the ARN of either.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "storage/state/requests.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

struct State;

inline constexpr std::size_t key_states_max = 10'000;

Result<Ticket> start_encryption(State& state, const StreamKey& stream, const std::string& key_id,
                                Timestamp now);
Result<Ticket> stop_encryption(State& state, const StreamKey& stream, const std::string& key_id,
                               Timestamp now);

KeyState key_state(const State& state, std::string_view key);
// nullopt: too much waits for the disk, or key_states_max keys are not enabled already.
std::optional<Ticket> set_key_state(State& state, std::string_view key, KeyState wanted);
// Those that are not enabled, by id or alias.
std::map<std::string, KeyState> key_states(const State& state);

}  // namespace kinesisd::storage
