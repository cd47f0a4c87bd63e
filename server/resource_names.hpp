// Which stream a request names, by StreamName, StreamARN or both.
#pragma once

#include <optional>
#include <string>

#include "server/operation.hpp"

namespace kinesisd::server {

template <class Request>
concept NamesStream = requires(Request request) {
  request.stream_name;
};

template <class Request>
concept HasStreamArn = requires(Request request) {
  request.stream_arn;
};

// The name in `arn` (what follows `stream/`), empty when it is no stream's.
std::string stream_name_of_arn(const std::string& arn);

// The stream that `name` and `arn` agree on. Another account's stream is denied, another region's not found.
Result<storage::StreamKey> stream_key(const Context& context, const std::optional<std::string>& name,
                                      const std::optional<std::string>& arn);

template <class Request>
Result<storage::StreamKey> stream_key(const Context& context, const Request& request) {
  if constexpr (HasStreamArn<Request>) {
    return stream_key(context, request.stream_name, request.stream_arn);
  } else {
    return storage::StreamKey{context.caller, request.stream_name};
  }
}

// For the log: the stream the request names, empty when it names none.
template <class Request>
std::string stream_name_in(const Request& request) {
  std::optional<std::string> name;
  if constexpr (NamesStream<Request>) name = request.stream_name;
  if constexpr (HasStreamArn<Request>) {
    if (!name && request.stream_arn) name = stream_name_of_arn(*request.stream_arn);
  }
  return name.value_or(std::string());
}

}  // namespace kinesisd::server
