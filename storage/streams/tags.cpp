// Tags of streams and consumers.
#include "storage/streams/tags.hpp"

#include <algorithm>
#include <array>

#include "protocol/errors.hpp"
#include "storage/state/resources.hpp"

namespace kinesisd::storage {

namespace errors = protocol::errors;

namespace {

constexpr std::size_t tags_max = 50;  // per resource
constexpr std::string_view reserved_prefix = "aws:";

struct CodePoints {
  char32_t first;
  char32_t last;
};

// Beside letters, digits and the signs below; recorded of AWS, which added the colon since.
constexpr std::array allowed_ranges{CodePoints{0xC0, 0x1FFF}, CodePoints{0x2C00, 0xD7FF}};
constexpr std::string_view allowed_signs = " ./-=+_@%:";

// The code point at `at`, which moves behind it. Texts have been parsed as UTF-8 before.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  const int following = lead < 0xC0 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  char32_t code = following == 0 ? lead : lead & (0x3FU >> following);
  for (int i = 0; i < following && at < text.size(); ++i)
    code = code << 6 | (static_cast<unsigned char>(text[at++]) & 0x3FU);
  return code;
}

bool is_allowed(char32_t code) {
  if (code < 0x80) {
    const char c = static_cast<char>(code);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           allowed_signs.find(c) != std::string_view::npos;
  }
  return std::any_of(allowed_ranges.begin(), allowed_ranges.end(),
                     [&](const CodePoints& range) { return range.first <= code && code <= range.last; });
}

bool has_only_allowed(std::string_view text) {
  for (std::size_t at = 0; at < text.size();)
    if (!is_allowed(next_code_point(text, at))) return false;
  return true;
}

bool has_percent(std::string_view text) {
  return text.find('%') != std::string_view::npos;
}

std::size_t count_together(const Tags& present, const Tags& added) {
  const auto fresh = std::count_if(added.begin(), added.end(),
                                   [&](const auto& tag) { return present.count(tag.first) == 0; });
  return present.size() + static_cast<std::size_t>(fresh);
}

}  // namespace

Result<void> check_added_tags(const StreamKey& stream, const Tags& present, const Tags& added) {
  for (const auto& [key, value] : added)
    if (!has_only_allowed(key) || !has_only_allowed(value)) return errors::tags_with_invalid_characters();
  for (const auto& [key, value] : added)
    if (has_percent(key) || has_percent(value))
      return errors::tags_not_added(stream.name, stream.world.account);
  for (const auto& [key, value] : added)
    if (key.starts_with(reserved_prefix)) return errors::reserved_tag(key);
  if (count_together(present, added) > tags_max)
    return errors::too_many_tags(stream.name, stream.world.account);
  return fine();
}

Result<Ticket> add_tags(State& state, const ResourceName& name, const Tags& tags, Timestamp now) {
  BOOST_OUTCOME_TRY(const Resource resource, require_changeable(state, name, now));
  BOOST_OUTCOME_TRY(check_added_tags(resource.stream->row.key, resource.tags(), tags));
  return resource.edit(state, [&](auto& row) {
    for (const auto& [key, value] : tags) row.tags.insert_or_assign(key, value);
  });
}

Result<Ticket> remove_tags(State& state, const ResourceName& name, const std::vector<std::string>& keys,
                           Timestamp now) {
  BOOST_OUTCOME_TRY(const Resource resource, require_changeable(state, name, now));
  for (const auto& key : keys)
    if (!has_only_allowed(key)) return errors::tags_with_invalid_characters();
  const StreamKey& stream = resource.stream->row.key;
  for (const auto& key : keys)
    if (has_percent(key)) return errors::tags_not_removed(stream.name, stream.world.account);
  return resource.edit(state, [&](auto& row) {
    for (const auto& key : keys) row.tags.erase(key);
  });
}

Result<Tags> tags_of(State& state, const ResourceName& name, Timestamp now) {
  BOOST_OUTCOME_TRY(const Resource resource, require_resource(state, name, now));
  return resource.tags();
}

}  // namespace kinesisd::storage
