#include "server/startup/checked.hpp"

#include <fmt/core.h>

#include <limits>

#include "protocol/shapes.hpp"
#include "protocol/wire.hpp"
#include "server/settings/setting_table.hpp"
#include "server/support/counted.hpp"
#include "server/support/limits.hpp"

namespace kinesisd::server::startup {

namespace {

using document::Item;

std::string length_advice(const protocol::Rules& rules, std::int64_t min, std::int64_t max) {
  std::string advice =
      max == std::numeric_limits<std::int64_t>::max()
          ? fmt::format("write at least {}", counted(static_cast<std::uint64_t>(min), "character"))
          : fmt::format("write {} to {} characters", min, max);
  if (rules.pattern != nullptr) advice += fmt::format(" that match {}", rules.pattern->text);
  return advice;
}

// What the setting of this name would say of the text.
void check_as_setting(std::string_view name, const Item& item) {
  Settings scratch;
  for (const Setting& setting : setting_table()) {
    if (setting.name != name) continue;
    if (const SettingAdvice advice = setting.store(scratch, {item.word()})) item.refuse(*advice);
  }
}

}  // namespace

std::string checked_text(const Item& item, const protocol::Rules& rules) {
  const std::string& text = item.text();
  const std::int64_t min = rules.min_length.value_or(0);
  const std::int64_t max = rules.max_length.value_or(std::numeric_limits<std::int64_t>::max());
  const auto length = static_cast<std::int64_t>(protocol::wire::utf16_length(text));
  const bool matches = rules.pattern == nullptr || rules.pattern->matches(text);
  if (length < min || length > max || !matches) item.refuse(length_advice(rules, min, max));
  return text;
}

std::int32_t checked_number(const Item& item, const protocol::Rules& rules) {
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(item.integer(rules.min_value.value_or(0), rules.max_value.value_or(most)));
}

storage::Tags checked_tags(const Item& item) {
  storage::Tags tags;
  for (const auto& [key, value] : item.entries()) {
    const auto length = static_cast<std::int64_t>(protocol::wire::utf16_length(key));
    const protocol::Rules& rules = *protocol::shapes::tags.keys;
    if (length < *rules.min_length || length > *rules.max_length) {
      value.complain(
          fmt::format(": a tag's key has {} to {} characters", *rules.min_length, *rules.max_length));
    }
    tags.emplace(key, checked_text(value, *protocol::shapes::tags.each));
  }
  return tags;
}

std::string checked_policy(const Item& item) {
  std::string policy = item.is_object() ? document::to_json(item.value()) : item.word();
  if (policy.size() > limits.policy_bytes) {
    item.complain(fmt::format(" has {} bytes; write at most {}", policy.size(), limits.policy_bytes));
  }
  return policy;
}

storage::World checked_world(const document::Object& object, const storage::World& fallback) {
  storage::World world = fallback;
  if (const auto account = object.find("account")) {
    check_as_setting("account-id", *account);
    world.account = account->text();
  }
  if (const auto region = object.find("region")) {
    check_as_setting("region", *region);
    world.region = region->text();
  }
  return world;
}

std::string where(const Item& item) {
  return item.place() + item.path();
}

}  // namespace kinesisd::server::startup
