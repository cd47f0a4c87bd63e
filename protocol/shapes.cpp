#include "protocol/shapes.hpp"

#include <algorithm>

namespace kinesisd::protocol::shapes {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c);
}

bool is_name_character(char c) {
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-';
}

// 0, or up to `digits_max` digits of which the first is not 0.
bool is_number(std::string_view value, std::size_t digits_max) {
  if (value == "0") return true;
  return !value.empty() && value.size() <= digits_max && value.front() != '0' &&
         std::all_of(value.begin(), value.end(), is_digit);
}

// What `.` does not match in Java. Also the line and paragraph separators and NEL, in UTF-8.
bool has_line_break(std::string_view value) {
  return value.find_first_of("\n\r") != std::string_view::npos ||
         value.find("\xC2\x85") != std::string_view::npos ||
         value.find("\xE2\x80\xA8") != std::string_view::npos ||
         value.find("\xE2\x80\xA9") != std::string_view::npos;
}

// The patterns of ARNs. Where a part of one may stand in several places, the first will do: what follows it
// (`.*`, `\S+`) matches from there if it matches from anywhere.
constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t account_digits = 12;
constexpr std::string_view before_name = "stream/";

// Where what follows `arn:aws.*:kinesis:` begins.
std::size_t region_of(std::string_view arn) {
  constexpr std::string_view start = "arn:aws", service = ":kinesis:";
  if (!arn.starts_with(start)) return npos;
  const std::size_t service_at = arn.find(service, start.size());
  return service_at == npos ? npos : service_at + service.size();
}

// Whether `text` matches `.*:\d{12}`, line breaks aside.
bool ends_in_account(std::string_view text) {
  if (text.size() <= account_digits) return false;
  const std::string_view account = text.substr(text.size() - account_digits);
  return std::all_of(account.begin(), account.end(), is_digit) &&
         text[text.size() - account_digits - 1] == ':';
}

// Where what follows `arn:aws.*:kinesis:.*:\d{12}:` begins.
std::size_t resource_of(std::string_view arn) {
  const std::size_t region_at = region_of(arn);
  if (region_at == npos) return npos;
  for (std::size_t at = arn.find(':', region_at); at != npos; at = arn.find(':', at + 1)) {
    if (ends_in_account(arn.substr(region_at, at - region_at))) return at + 1;
  }
  return npos;
}

// From where on there is no blank.
std::size_t blankless_from(std::string_view text) {
  const std::size_t last_blank = text.find_last_of(" \t\n\v\f\r");
  return last_blank == npos ? 0 : last_blank + 1;
}

}  // namespace

bool is_name(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), is_name_character);
}

bool is_hash_key(std::string_view value) {
  return is_number(value, 39);
}

bool is_sequence_number(std::string_view value) {
  return is_number(value, 129);
}

bool is_stream_id(std::string_view value) {
  return value.size() == 24 && value[20] == '-' &&
         std::all_of(value.begin(), value.begin() + 20, is_lower_or_digit) &&
         std::all_of(value.begin() + 21, value.end(), is_lower_or_digit);
}

bool is_stream_arn(std::string_view value) {
  constexpr std::string_view resource = ":stream/";
  const std::size_t region_at = region_of(value);
  if (region_at == npos) return false;
  // The stream's name takes all that is left and has no blank in it.
  const std::size_t name_from = blankless_from(value);
  for (std::size_t at = value.find(resource, region_at); at != npos; at = value.find(resource, at + 1)) {
    const std::size_t name_at = at + resource.size();
    if (name_at < name_from || !ends_in_account(value.substr(region_at, at - region_at))) {
      continue;
    }
    return name_at < value.size() && !has_line_break(value.substr(0, at));
  }
  return false;
}

bool is_resource_arn(std::string_view value) {
  const std::size_t name_from = blankless_from(value);
  const std::size_t from = std::max(resource_of(value), name_from - std::min(name_from, before_name.size()));
  const std::size_t at = value.find(before_name, from);
  return at != npos && at + before_name.size() < value.size() && !has_line_break(value.substr(0, at));
}

// Read from its end, where each part ends at the first character it may not have.
bool is_consumer_arn(std::string_view value) {
  const auto take_back = [&](bool (*may_have)(char)) {
    const std::size_t size = value.size();
    while (!value.empty() && may_have(value.back())) value.remove_suffix(1);
    return value.size() < size;
  };
  const auto take_end = [&](std::string_view end) {
    const bool there = value.ends_with(end);
    if (there) value.remove_suffix(end.size());
    return there;
  };
  return take_back(is_digit) && take_end(":") && take_back(is_name_character) && take_end("/consumer/") &&
         take_back(is_name_character) && take_end(before_name) && resource_of(value) != npos &&
         !has_line_break(value);
}

}  // namespace kinesisd::protocol::shapes
