// Which stream or consumer a request names: by name, by ARN, or by both.
#pragma once

#include <optional>
#include <string>

#include "server/api/operation.hpp"

namespace kinesisd::server {

template <class Request>
concept NamesStream = requires(Request request) {
  request.stream_name;
};

template <class Request>
concept HasStreamArn = requires(Request request) {
  request.stream_arn;
};

template <class Request>
concept HasConsumerArn = requires(Request request) {
  request.consumer_arn;
};

template <class Request>
concept HasResourceArn = requires(Request request) {
  request.resource_arn;
};

// The name of the stream in the ARN of a stream or a consumer, empty when it is neither.
std::string stream_name_of_arn(const std::string& arn);

// The stream that `name` and `arn` agree on. Another region's is not found. Another account's is denied
// unless the operation can be shared: then it is `with_access` that asks the stream's policy.
Result<storage::StreamKey> stream_key(const Context& context, const std::optional<std::string>& name,
                                      const std::optional<std::string>& arn);

// The same for requests that have no member for a name.
Result<storage::StreamKey> stream_key_by_arn(const Context& context, const std::optional<std::string>& arn);

template <class Request>
Result<storage::StreamKey> stream_key(const Context& context, const Request& request) {
  if constexpr (HasStreamArn<Request> && NamesStream<Request>) {
    return stream_key(context, request.stream_name, request.stream_arn);
  } else if constexpr (HasStreamArn<Request>) {
    return stream_key_by_arn(context, request.stream_arn);
  } else {
    return storage::StreamKey{context.caller, request.stream_name};
  }
}

// A consumer as a request may name it.
struct ConsumerReference {
  const std::optional<std::string>& stream_arn;
  const std::optional<std::string>& name;
  const std::optional<std::string>& arn;
};

// The consumer that all that is given agrees on; its own ARN, or its stream's and its name, have to be given.
Result<storage::ConsumerName> consumer_name(const Context& context, const ConsumerReference& reference);

template <class Request>
Result<storage::ConsumerName> consumer_name(const Context& context, const Request& request) {
  return consumer_name(context, ConsumerReference{.stream_arn = request.stream_arn,
                                                  .name = request.consumer_name,
                                                  .arn = request.consumer_arn});
}

// The stream or consumer of a ResourceARN.
Result<storage::ResourceName> resource_name(const Context& context, const std::string& arn);

// As messages and policies name it; a consumer without its time of creation by its stream.
std::string arn_of(const storage::ResourceName& resource);

// For the log: the stream the request names, empty when it names none.
template <class Request>
std::string stream_name_in(const Request& request) {
  std::optional<std::string> name;
  std::optional<std::string> arn;
  if constexpr (NamesStream<Request>) name = request.stream_name;
  if constexpr (HasResourceArn<Request>) arn = request.resource_arn;
  if constexpr (HasConsumerArn<Request>) arn = request.consumer_arn;
  if constexpr (HasStreamArn<Request>) {
    if (!arn) arn = request.stream_arn;
  }
  if (!name && arn) name = stream_name_of_arn(*arn);
  return name.value_or(std::string());
}

}  // namespace kinesisd::server
