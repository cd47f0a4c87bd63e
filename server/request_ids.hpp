// The two random headers that mark every answer of AWS.
#pragma once

#include <string>

namespace kinesisd::server {

// 36 characters, UUID-shaped with a random version nibble, as x-amzn-RequestId shows it.
std::string request_id();

// Base64 of 72 random bytes, as x-amz-id-2 shows it.
std::string extended_request_id();

}  // namespace kinesisd::server
