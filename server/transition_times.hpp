// The words of --transition-ms: how long each kind of change lasts. Knows no setting.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "storage/transitions.hpp"

namespace kinesisd::server {

// The changes a word stands for: `create`, `delete`, `split`, ...; `update` is every kind of UPDATING. Empty:
// there is no such word.
std::span<const storage::Lasting> changes_of(std::string_view word);

// `auto` or milliseconds, of all changes; behind it, with commas, exceptions such as `create=2000`.
// nullopt: something else.
std::optional<storage::Transitions> parse_transitions(std::string_view text);

// What parse_transitions takes, as the end of a sentence.
std::string_view transitions_advice();

}  // namespace kinesisd::server
