// What an account's number looks like.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace kinesisd::server {

inline constexpr std::size_t account_digits = 12;

inline bool is_account_id(std::string_view text) {
  return text.size() == account_digits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace kinesisd::server
