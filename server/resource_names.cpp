#include "server/stream_key.hpp"

#include <array>
#include <string_view>

#include "protocol/errors.hpp"

namespace kinesisd::server {

namespace {

namespace errors = protocol::errors;

// arn:{partition}:kinesis:{region}:{account}:stream/{name}
struct StreamArn {
  std::string_view region;
  std::string_view account;
  std::string_view name;
};

// Lenient: the model's pattern has been checked, and it lets anything stand between the colons.
StreamArn parse_arn(std::string_view arn) {
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) {
    const std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return {};
    part = arn.substr(0, colon);
    arn.remove_prefix(colon + 1);
  }
  constexpr std::string_view resource = "stream/";
  if (!arn.starts_with(resource)) return {};
  return {parts[3], parts[4], arn.substr(resource.size())};
}

}  // namespace

std::string stream_name_of_arn(const std::string& arn) {
  return std::string(parse_arn(arn).name);
}

Result<storage::StreamKey> stream_key(const Context& context, const std::optional<std::string>& name,
                                      const std::optional<std::string>& arn) {
  if (!arn) {
    if (!name) return errors::stream_name_missing();
    return storage::StreamKey{context.caller, *name};
  }
  const StreamArn parsed = parse_arn(*arn);
  if (name && *name != parsed.name) return errors::stream_name_and_arn_differ(*name, *arn);
  if (parsed.account != context.caller.account) {
    return errors::cross_account_denied(context.caller.account, context.operation, *arn);
  }
  if (parsed.region != context.caller.region) return errors::stream_not_found(parsed.name, parsed.account);
  return storage::StreamKey{context.caller, std::string(parsed.name)};
}

}  // namespace kinesisd::server
