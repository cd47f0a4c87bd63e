#include "server/support/counted.hpp"

#include <fmt/core.h>

namespace kinesisd::server {

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace kinesisd::server
