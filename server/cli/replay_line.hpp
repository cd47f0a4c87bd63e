// One line of a capture, read. Pure; see capture/line.hpp for the form.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "protocol/schema.hpp"
#include "protocol/structures/put_records_entry.hpp"
#include "server/document/value.hpp"

namespace kinesisd::server::commands {

struct CapturedWrite {
  protocol::Timestamp at;
  std::string operation;
  std::string stream;
  bool is_record = false;
  protocol::PutRecordsRequestEntry record = {};  // of a record
  document::Value request = {};                  // of another call
};

// Throws document::Problem: a sentence that begins with `place`.
CapturedWrite read_captured(const std::string& line, const std::string& place);

// The request with `stream` in place of whatever named the stream; nullopt: nothing did.
std::optional<std::string> request_for(const CapturedWrite& write, const std::string& stream);

// When what was captured is due again.
class Pace {
 public:
  // `speed` 2 is twice as fast as it was; 0: at once.
  explicit Pace(double speed) : speed_(speed) {}

  // From the first write's turn on. What was captured before the one asked for last is due with it.
  std::chrono::milliseconds delay(protocol::Timestamp at);

 private:
  double speed_;
  bool begun_ = false;
  protocol::Timestamp first_{};
  protocol::Timestamp latest_{};
};

}  // namespace kinesisd::server::commands
