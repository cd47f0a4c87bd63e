#include "server/faults/trouble.hpp"

#include "protocol/errors.hpp"
#include "server/faults/rule_book.hpp"

namespace kinesisd::server::faults {

protocol::Result<void> Trouble::meet(const Subject& subject) {
  rules_.decide(subject, decision_);
  // Stands for the verdict, which may be no error AWS has.
  if (decision_.verdict && decision_.verdict->moment == Moment::before)
    return protocol::errors::internal_failure();
  return boost::outcome_v2::success();
}

protocol::Result<std::vector<std::optional<protocol::Error>>> Trouble::judge(const Subject& subject) {
  BOOST_OUTCOME_TRYV(meet(subject));
  decision_.records.resize(subject.shards.size());
  return std::move(decision_.records);
}

}  // namespace kinesisd::server::faults
