#include "server/auth/policy/wildcard.hpp"

#include <algorithm>

namespace kinesisd::server::policy {

namespace {

constexpr int resource_part = 5;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Only the last star is ever tried again: what an earlier one could take, the last one can take as well.
template <class Same>
bool matches_if(std::string_view pattern, std::string_view text, Same same) {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t at = 0;       // in the pattern
  std::size_t star = none;  // the last one passed
  std::size_t taken = 0;    // where the text goes on after what that star has taken
  for (std::size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      taken = i;
    } else if (at < pattern.size() && (pattern[at] == '?' || same(pattern[at], text[i]))) {
      ++at;
      ++i;
    } else if (star != none) {
      at = star + 1;
      i = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == none;
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
  return matches_if(pattern, text, [](char a, char b) { return a == b; });
}

bool matches_ignoring_case(std::string_view pattern, std::string_view text) {
  return matches_if(pattern, text, [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view arn_part(std::string_view arn, int index) {
  for (int part = 0; part < index; ++part) {
    const std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return {};
    arn.remove_prefix(colon + 1);
  }
  return index < resource_part ? arn.substr(0, arn.find(':')) : arn;
}

bool arn_matches(std::string_view pattern, std::string_view arn) {
  if (pattern == "*") return true;
  if (std::count(pattern.begin(), pattern.end(), ':') < resource_part) return false;
  if (std::count(arn.begin(), arn.end(), ':') < resource_part) return false;
  for (int part = 0; part <= resource_part; ++part) {
    if (!matches(arn_part(pattern, part), arn_part(arn, part))) return false;
  }
  return true;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

}  // namespace kinesisd::server::policy
