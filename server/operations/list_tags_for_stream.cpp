#include "protocol/operations/list_tags_for_stream.hpp"

#include <utility>

#include "server/api/run_operation.hpp"
#include "storage/streams/tags.hpp"

namespace kinesisd::server {

// All tags that are left, unless a limit is given. UTF-8 sorts by bytes as by code points.
Result<protocol::ListTagsForStream::Response> handle(Context& context,
                                                     protocol::ListTagsForStream::Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  BOOST_OUTCOME_TRY(auto tags, with_access(context, key, [&](storage::State& state) {
                      return storage::tags_of(state, key, context.now);
                    }));
  const std::size_t page_max = request.limit ? static_cast<std::size_t>(*request.limit) : tags.size();
  protocol::ListTagsForStream::Response response;
  const auto& start = request.exclusive_start_tag_key;
  for (auto tag = start ? tags.upper_bound(*start) : tags.begin(); tag != tags.end(); ++tag) {
    if (response.tags.size() == page_max) {
      response.has_more_tags = true;
      break;
    }
    response.tags.push_back({.key = tag->first, .value = std::move(tag->second)});
  }
  return response;
}

template Outcome run<protocol::ListTagsForStream>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
