#include "server/api/resource_names.hpp"

#include <string_view>
#include <utility>
#include <variant>

#include "protocol/errors.hpp"
#include "server/api/arn.hpp"

namespace kinesisd::server {

namespace {

namespace errors = protocol::errors;

// Where there is but one world, it is meant whichever one the ARN names.
ParsedArn parsed_for(const Context& context, const std::string& arn) {
  ParsedArn parsed = parse_arn(arn);
  if (context.one_world) {
    parsed.account = context.caller.account;
    parsed.region = context.caller.region;
  }
  return parsed;
}

// Whether the caller may name what is in this account at all. Policies can open what is in the caller's
// region.
Result<void> check_account(const Context& context, const ParsedArn& parsed, const std::string& arn) {
  const bool own = parsed.account == context.caller.account;
  const bool shared = context.cross_account && parsed.region == context.caller.region;
  if (own || shared) return boost::outcome_v2::success();
  return errors::cross_account_denied(context.caller.account, context.operation, arn);
}

storage::World world_of(const ParsedArn& parsed) {
  return {.account = std::string(parsed.account), .region = std::string(parsed.region)};
}

storage::ConsumerName consumer_of(const ParsedArn& parsed) {
  return {.stream = {world_of(parsed), std::string(parsed.consumer->stream)},
          .name = std::string(parsed.consumer->name),
          .created_s = parsed.consumer->created_s};
}

Result<storage::ConsumerName> consumer_by_arn(const Context& context, const std::string& arn) {
  const ParsedArn parsed = parsed_for(context, arn);
  BOOST_OUTCOME_TRYV(check_account(context, parsed, arn));
  const bool is_here = parsed.consumer && parsed.region == context.caller.region;
  if (!is_here) return errors::consumer_not_found(arn, parsed.account);
  return consumer_of(parsed);
}

}  // namespace

std::string stream_name_of_arn(const std::string& arn) {
  const ParsedArn parsed = parse_arn(arn);
  return std::string(parsed.consumer ? parsed.consumer->stream : parsed.stream);
}

Result<storage::StreamKey> stream_key(const Context& context, const std::optional<std::string>& name,
                                      const std::optional<std::string>& arn) {
  if (!arn) {
    if (!name) return errors::stream_name_missing();
    return storage::StreamKey{context.caller, *name};
  }
  const ParsedArn parsed = parsed_for(context, *arn);
  if (name && *name != parsed.stream) return errors::stream_name_and_arn_differ(*name, *arn);
  BOOST_OUTCOME_TRYV(check_account(context, parsed, *arn));
  if (parsed.region != context.caller.region) return errors::stream_not_found(parsed.stream, parsed.account);
  return storage::StreamKey{world_of(parsed), std::string(parsed.stream)};
}

Result<storage::StreamKey> stream_key_by_arn(const Context& context, const std::optional<std::string>& arn) {
  if (!arn) return errors::stream_arn_missing();
  return stream_key(context, std::nullopt, arn);
}

Result<storage::ConsumerName> consumer_name(const Context& context, const ConsumerReference& reference) {
  if (reference.arn) {
    const ParsedArn consumer = parse_arn(*reference.arn);
    const bool same_name =
        !reference.name || (consumer.consumer && *reference.name == consumer.consumer->name);
    const bool same_stream =
        !reference.stream_arn || reference.arn->starts_with(*reference.stream_arn + "/consumer/");
    if (!same_name || !same_stream) return errors::consumer_name_and_arn_differ();
    return consumer_by_arn(context, *reference.arn);
  }
  if (!reference.stream_arn || !reference.name) return errors::consumer_missing();
  BOOST_OUTCOME_TRY(auto stream, stream_key(context, std::nullopt, reference.stream_arn));
  return storage::ConsumerName{.stream = std::move(stream), .name = *reference.name};
}

Result<storage::ResourceName> resource_name(const Context& context, const std::string& arn) {
  if (parse_arn(arn).consumer) {
    BOOST_OUTCOME_TRY(auto consumer, consumer_by_arn(context, arn));
    return consumer;
  }
  BOOST_OUTCOME_TRY(auto stream, stream_key(context, std::nullopt, arn));
  return stream;
}

std::string arn_of(const storage::ResourceName& resource) {
  if (const auto* stream = std::get_if<storage::StreamKey>(&resource)) return storage::arn(*stream);
  const auto& consumer = std::get<storage::ConsumerName>(resource);
  if (!consumer.created_s) return storage::arn(consumer.stream);
  return storage::arn(storage::ConsumerKey{consumer.stream, consumer.name, *consumer.created_s});
}

}  // namespace kinesisd::server
