// The ARNs of streams and consumers, taken apart. Knows no request and no stream.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kinesisd::server {

struct ParsedConsumer {
  std::string_view stream;
  std::string_view name;
  std::int64_t created_s = 0;
};

// The views are into the parsed text.
struct ParsedArn {
  std::string_view region;
  std::string_view account;
  std::string_view stream;                   // all that follows `stream/`; empty when nothing does
  std::optional<ParsedConsumer> consumer{};  // set: the ARN is this consumer's, and no stream's
};

// arn:{partition}:kinesis:{region}:{account}:stream/{name}[/consumer/{name}:{created_s}]
// Lenient, because the model's patterns have been checked and let anything stand between the colons.
ParsedArn parse_arn(std::string_view arn);

}  // namespace kinesisd::server
