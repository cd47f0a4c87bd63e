// Calls of operations by their tables, and answers in pages put together as AWS's command line does it. Knows
// no operation.
#pragma once

#include <optional>
#include <string>

#include "server/client/client.hpp"
#include "server/commands/aws/operation_table.hpp"
#include "server/document/value.hpp"

namespace kinesisd::server::aws {

// Throws as Client::call.
document::Value one_answer(client::Client& client, const OperationShape& operation,
                           const document::Value& request);

// Whether the request asks for a page of its own choice.
bool pages_by_itself(const Paging& paging, const document::Value& request);

// `page_size`: in place of the service's. Throws as Client::call, and UsageError.
document::Value all_pages(client::Client& client, const OperationShape& operation, const Paging& paging,
                          document::Value request, const std::optional<std::string>& page_size);

}  // namespace kinesisd::server::aws
