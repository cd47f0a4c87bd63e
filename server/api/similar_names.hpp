// Near misses of names that only the running server knows: sentences for the log, behind what AWS answers.
#pragma once

#include <string>

#include "server/api/operation.hpp"
#include "server/http/http_message.hpp"

namespace kinesisd::server {

// ` Did you mean {name}?` of a stream of the caller's account and region, or nothing. Locks the streams.
std::string similar_stream(const Context& context);

// `; did you mean Kinesis_20131202.{operation}?` of a request for no operation, or nothing.
std::string similar_target(const Request& request);

}  // namespace kinesisd::server
