// Calls of operations by their tables, and answers in pages put together as AWS's command line does it. Knows
// no operation but the one whose token has the shown name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/operations/list_streams.hpp"
#include "server/cli/aws/operation_table.hpp"
#include "server/cli/client/client.hpp"
#include "server/document/value.hpp"

namespace kinesisd::server::aws {

// Throws as Client::call.
document::Value one_answer(client::Client& client, const OperationShape& operation,
                           const document::Value& request);

// Whether the request asks for a page of its own choice.
bool pages_by_itself(const Paging& paging, const document::Value& request);

struct PageOptions {
  std::optional<std::size_t> page_size;       // in place of the service's
  std::optional<std::size_t> max_items;       // of the first list, in all pages together
  std::optional<std::string> starting_token;  // what `Pages::token` was, or a token of the service
};

struct Pages {
  std::vector<document::Value> parts;  // as the answers, with nothing but the lists behind the first
  std::optional<std::string> token;    // to go on with; unset: all is there
};

// Throws as Client::call.
Pages read_pages(client::Client& client, const OperationShape& operation, const Paging& paging,
                 document::Value request, const PageOptions& options);

// The name under which the token to go on with is shown.
inline constexpr std::string_view shown_token =
    protocol::name_of<&protocol::ListStreams::Request::next_token>();

// An object with the token alone.
document::Value token_part(const std::string& token);

// One answer of all pages; there is one at least.
document::Value together(const Paging& paging, Pages pages);

}  // namespace kinesisd::server::aws
