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

// Where a part of the pattern may stand in several places, the first will do: what follows it (`.*`, `\S+`)
// matches from there if it matches from anywhere.
bool is_stream_arn(std::string_view value) {
  constexpr std::string_view start = "arn:aws", service = ":kinesis:", resource = ":stream/";
  constexpr std::size_t account_digits = 12;
  if (!value.starts_with(start)) return false;
  const std::size_t service_at = value.find(service, start.size());
  if (service_at == std::string_view::npos) return false;
  const std::size_t region_at = service_at + service.size();
  // The stream's name takes all that is left and has no blank in it.
  const std::size_t last_blank = value.find_last_of(" \t\n\v\f\r");
  const std::size_t name_from = last_blank == std::string_view::npos ? 0 : last_blank + 1;
  for (std::size_t at = value.find(resource, region_at); at != std::string_view::npos;
       at = value.find(resource, at + 1)) {
    const std::size_t name_at = at + resource.size();
    if (name_at < name_from || at < region_at + account_digits + 1) continue;
    const std::size_t account_at = at - account_digits;
    const std::string_view account = value.substr(account_at, account_digits);
    if (!std::all_of(account.begin(), account.end(), is_digit) || value[account_at - 1] != ':') continue;
    return name_at < value.size() && !has_line_break(value.substr(0, at));
  }
  return false;
}

}  // namespace kinesisd::protocol::shapes
