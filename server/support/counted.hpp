// Counts in sentences: `1 record`, `2 records`. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kinesisd::server {

// `noun` in the singular; its plural ends in s.
std::string counted(std::uint64_t count, std::string_view noun);

}  // namespace kinesisd::server
