// The rules there are, and what they decide about a request. Knows no HTTP and no operation's own members.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/faults/trouble.hpp"
#include "storage/model/random.hpp"

namespace kinesisd::server::faults {

// Any thread may call at any time; what changed holds for every request that begins after the call.
class RuleBook {
 public:
  struct Entry {
    Rule rule;
    storage::Timestamp came{};
    std::int64_t matched = 0;  // requests in the rule's window
    std::int64_t hits = 0;
  };

  explicit RuleBook(storage::Random random) : random_(std::move(random)) {}

  // One relaxed load: what a request costs while there are no rules.
  bool empty() const { return count_.load(std::memory_order_relaxed) == 0; }

  // Adds them behind those that are there, or puts them in their place, and returns their ids. A
  // document::Problem: there would be too many, or two of one id; nothing has changed then.
  std::vector<std::string> add(std::vector<Rule> rules, storage::Timestamp now);
  std::vector<std::string> replace(std::vector<Rule> rules, storage::Timestamp now);
  // False: there is none of this id.
  bool remove(std::string_view id);
  void clear();
  // Counts begin at 0 and windows at `now` again.
  void begin_anew(storage::Timestamp now);
  std::vector<Entry> list() const;

  // The server ends: nobody is kept waiting any more.
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }

  // Puts what the rules want into `decision`, rule after rule. Of two that do the same the first counts, and
  // behind one that decides the answer no other is asked.
  void decide(const Subject& subject, Decision& decision);

 private:
  std::vector<std::string> append(std::vector<Entry> entries, std::vector<Rule> rules,
                                  storage::Timestamp now);
  bool is_due(Entry& entry, storage::Timestamp now);

  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::int64_t next_id_ = 1;
  std::atomic<std::size_t> count_{0};
  std::atomic<bool> stopped_{false};
  storage::Random random_;
};

}  // namespace kinesisd::server::faults
