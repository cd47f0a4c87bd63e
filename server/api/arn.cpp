#include "server/api/arn.hpp"

#include <array>
#include <charconv>

namespace kinesisd::server {

namespace {

// {stream}/consumer/{name}:{created_s}
std::optional<ParsedConsumer> parse_consumer(std::string_view text) {
  constexpr std::string_view consumer = "/consumer/";
  const std::size_t at = text.find(consumer);
  const std::size_t colon = text.rfind(':');
  if (at == std::string_view::npos || colon == std::string_view::npos) return std::nullopt;
  const std::size_t name_at = at + consumer.size();
  if (colon <= name_at) return std::nullopt;
  ParsedConsumer parsed{.stream = text.substr(0, at), .name = text.substr(name_at, colon - name_at)};
  const std::string_view created = text.substr(colon + 1);
  const char* end = created.data() + created.size();
  const auto [after, error] = std::from_chars(created.data(), end, parsed.created_s);
  if (error != std::errc{} || after != end || parsed.created_s < 0) return std::nullopt;
  return parsed;
}

}  // namespace

ParsedArn parse_arn(std::string_view arn) {
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) {
    const std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return {};
    part = arn.substr(0, colon);
    arn.remove_prefix(colon + 1);
  }
  ParsedArn parsed{.region = parts[3], .account = parts[4], .stream = {}};
  constexpr std::string_view resource = "stream/";
  if (!arn.starts_with(resource)) return parsed;
  parsed.stream = arn.substr(resource.size());
  parsed.consumer = parse_consumer(parsed.stream);
  return parsed;
}

}  // namespace kinesisd::server
