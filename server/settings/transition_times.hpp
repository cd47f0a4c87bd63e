// The words of --transition-ms: how long each kind of change lasts. Knows no setting.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "storage/state/transitions.hpp"

namespace kinesisd::server {

// The words for kinds of changes. `update` is every kind of UPDATING.
namespace transition_words {
inline constexpr std::string_view create = "create";
inline constexpr std::string_view remove = "delete";
inline constexpr std::string_view update = "update";
inline constexpr std::string_view split = "split";
inline constexpr std::string_view merge = "merge";
inline constexpr std::string_view scale = "scale";
inline constexpr std::string_view mode = "mode";
inline constexpr std::string_view start_encryption = "start-encryption";
inline constexpr std::string_view stop_encryption = "stop-encryption";
inline constexpr std::string_view register_consumer = "register-consumer";
inline constexpr std::string_view deregister_consumer = "deregister-consumer";
}  // namespace transition_words

// The changes a word stands for. Empty: there is no such word.
std::span<const storage::Lasting> changes_of(std::string_view word);

// `auto` or a time such as `2s` (without a unit: milliseconds), of all changes; behind it, with commas,
// exceptions such as `create=2s`.
// nullopt: something else.
std::optional<storage::Transitions> parse_transitions(std::string_view text);

// What parse_transitions takes, as the end of a sentence.
std::string_view transitions_advice();

}  // namespace kinesisd::server
