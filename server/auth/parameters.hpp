// `key=value` pieces, as they stand in a query string and in an Authorization header. Pure.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace kinesisd::server {

// Views into the text. What it percent-encodes stays so until it is needed.
struct Parameter {
  std::string_view key;
  std::string_view value;  // empty also where there is no '='
};

using Parameters = std::vector<Parameter>;

// Calls `fn` with each non-empty piece of `text` between characters of `separators`. One separator after the
// other, because looking for one character is many times faster than looking for any of several.
template <class F>
void for_each_piece(std::string_view text, std::string_view separators, const F& fn) {
  while (!text.empty()) {
    const std::size_t end =
        separators.empty() ? text.size() : std::min(text.find(separators.front()), text.size());
    const std::string_view piece = text.substr(0, end);
    if (separators.size() > 1) {
      for_each_piece(piece, separators.substr(1), fn);
    } else if (!piece.empty()) {
      fn(piece);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

Parameter split_at_equals(std::string_view piece);

Parameters query_parameters(std::string_view query);

// The value of the first parameter of this name, or nullptr.
const std::string_view* find(const Parameters& parameters, std::string_view key);

// Also takes '+' for a space; what is no escape stays as it is.
std::string percent_decoded(std::string_view text);

}  // namespace kinesisd::server
