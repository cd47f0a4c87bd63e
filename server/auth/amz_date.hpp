// Instants as clients sign them. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace kinesisd::server {

// 20150830T123600Z.
std::string amz_date(std::chrono::sys_seconds at);

// 20150830T123600Z, or as a Date header has it: Sun, 30 Aug 2015 12:36:00 GMT.
std::optional<std::chrono::sys_seconds> parse_amz_date(std::string_view text);

}  // namespace kinesisd::server
