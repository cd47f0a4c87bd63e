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

// Calls `fn` with each non-empty piece of `text` between characters of `separators`.
template <class F>
void for_each_piece(std::string_view text, std::string_view separators, F fn) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) fn(text.substr(0, end));
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
