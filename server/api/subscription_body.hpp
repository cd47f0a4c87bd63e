// The body of a SubscribeToShard answer: waits for news of its subscription and frames it. Knows no protocol
// of the connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/api/operation.hpp"
#include "server/faults/rule.hpp"
#include "server/http/http_message.hpp"
#include "server/metrics/request_counts.hpp"
#include "server/net/alarm.hpp"
#include "server/support/log.hpp"
#include "storage/journal/group_commit.hpp"
#include "storage/model/clock.hpp"

namespace kinesisd::server {

// Lives on one I/O thread and is destroyed there. The subscription ends with it.
class SubscriptionBody final : public BodySource {
 public:
  // All of these outlive the body. `read_records` blocks and runs off the I/O threads.
  struct Parts {
    GuardedState& streams;
    storage::GroupCommit& journal;
    storage::Clock& clock;
    Log& log;
    const std::function<std::vector<storage::RecordPtr>(const storage::DiskRange&)>& read_records;
    std::chrono::milliseconds idle_event;      // without news this long, an event says so
    metrics::RequestCounts* counts = nullptr;  // of this I/O thread; nullptr: nothing is counted
  };

  // On the I/O thread.
  SubscriptionBody(const Parts& parts, EventFeed feed, std::optional<faults::Drop> drop = {});
  ~SubscriptionBody() override;
  SubscriptionBody(const SubscriptionBody&) = delete;
  SubscriptionBody& operator=(const SubscriptionBody&) = delete;

  boost::asio::awaitable<std::string> next() override;
  void stop() override;
  bool is_broken_off() const override { return broken_off_; }

 private:
  boost::asio::awaitable<std::string> next_frame();
  boost::asio::awaitable<std::optional<storage::EventPage>> read(storage::PendingRead read);
  std::string send(storage::EventPage page);
  // The end that a rule of trouble on demand wants.
  std::string drop();
  std::string end_with(const protocol::Error& error);
  // When to look again at the latest.
  std::chrono::steady_clock::time_point wake_up(std::optional<storage::Timestamp> look_again,
                                                storage::Timestamp now) const;

  Parts parts_;
  EventFeed feed_;
  std::optional<faults::Drop> drop_;
  std::int64_t sent_ = 0;  // events
  Alarm alarm_;
  std::chrono::steady_clock::time_point last_sent_;
  bool opened_ = false;
  bool ended_ = false;
  bool broken_off_ = false;
};

}  // namespace kinesisd::server
