// Writes as lines of JSON, for `kinesisd replay` and for people. Pure: knows no file.
#pragma once

#include <string>
#include <string_view>

#include "protocol/schema.hpp"
#include "protocol/wire.hpp"
#include "storage/state/stream_key.hpp"

namespace kinesisd::server::capture {

// A call that succeeded and changed something.
struct Write {
  protocol::Timestamp at;
  storage::World caller;
  std::string operation;
  std::string stream;   // empty: the call names none
  std::string request;  // what `tree` points into
  protocol::wire::Tree tree;
  std::string response;  // encoded as the request
};

// Whether an operation changes anything, by its name.
bool is_write(std::string_view operation);

// One line for each record that was stored, or one for another call, each with its line feed:
//   {"time": ..., "account": ..., "region": ..., "operation": ..., "stream": ...,
//    "partitionKey": ..., "explicitHashKey": ..., "data": base64, "shard": ..., "sequenceNumber": ...}
//   {"time": ..., "account": ..., "region": ..., "operation": ..., "stream": ..., "request": {...}}
// Members that are not there are left out.
std::string lines_of(Write& write);

}  // namespace kinesisd::server::capture
