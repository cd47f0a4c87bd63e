// Values of start-up files, held to AWS's limits where these stand in the tables of the protocol. Knows no
// stream.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/schema.hpp"
#include "server/document/reader.hpp"
#include "storage/state/requests.hpp"
#include "storage/state/stream_key.hpp"

namespace kinesisd::server::startup {

// All throw document::Problem.
std::string checked_text(const document::Item& item, const protocol::Rules& rules);
std::int32_t checked_number(const document::Item& item, const protocol::Rules& rules = {});
storage::Tags checked_tags(const document::Item& item);
// The text of a policy, or what a table or object says as JSON.
std::string checked_policy(const document::Item& item);
// The account and region an object names by `account` and `region`.
storage::World checked_world(const document::Object& object, const storage::World& fallback);

// `streams.toml, line 3: streams[0].shards`: see Planned.
std::string where(const document::Item& item);

}  // namespace kinesisd::server::startup
