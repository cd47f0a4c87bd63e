// The operations as AWS's command line shows them: names in kebab case, and what they take and give. Folded
// from the operations' tables.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "protocol/shape_tree.hpp"

namespace kinesisd::server::aws {

struct OperationShape {
  std::string_view name;
  const protocol::Shape* request;
  const protocol::Shape* response;
};

// All but those that answer with a stream of events, which AWS's command line does not have either.
std::span<const OperationShape> operation_shapes();

// StreamARN is stream-arn, MaxRecordSizeInKiB is max-record-size-in-ki-b: as AWS's tools do it.
std::string kebab_case(std::string_view name);

// By its name in kebab case; nullptr: there is none.
const OperationShape* find_operation_shape(std::string_view command);

// How an operation comes in pages that are put together.
struct Paging {
  std::string_view operation;
  std::string_view token;   // the request's member that continues
  std::string_view limit;   // the request's member that bounds a page
  std::string_view within;  // the response's member that holds all below; "": they stand at the top
  std::string_view more;    // that tells whether there is more; "": there is if there is a token
  std::string_view next;    // that continues; "": the last item's `next_in_item`
  std::string_view next_in_item;
  std::span<const std::string_view> results;  // lists that are put together
  std::span<const std::string_view> kept;     // shown besides, null where they are not there
};

// nullptr: the operation has no pages.
const Paging* find_paging(std::string_view operation);

}  // namespace kinesisd::server::aws
