// Makes the two random headers that mark every answer of AWS.
#pragma once

#include "server/http/http_message.hpp"
#include "storage/model/random.hpp"

namespace kinesisd::server {

RequestIds make_request_ids(storage::Random& random);

}  // namespace kinesisd::server
