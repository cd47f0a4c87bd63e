// Lines for people (or for a log collector) on stderr. Knows nothing of requests; spdlog stays in log.cpp.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <span>
#include <string_view>
#include <variant>

namespace kinesisd::server {

enum class LogLevel : std::uint8_t { debug, info, warn, error };
enum class LogFormat : std::uint8_t { text, json };

// What a machine looks for in a line: a member of its own in JSON, `name=value` in text.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double> value;
};

// Any thread may write. A line equal to the one before it is counted instead of written; the count is written
// as `(repeated N times)` before the next different line, after `fold_s` seconds, or at the end.
class Log {
 public:
  Log(LogLevel level, LogFormat format);                     // to stderr
  Log(LogLevel level, LogFormat format, std::ostream& out);  // `out` outlives the log
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  static constexpr int fold_s = 10;

  // For callers whose message is dear to make.
  bool enabled(LogLevel level) const noexcept { return level >= level_; }

  template <class... Args>
  void debug(fmt::format_string<Args...> text, Args&&... args) {
    format(LogLevel::debug, text, std::forward<Args>(args)...);
  }
  template <class... Args>
  void info(fmt::format_string<Args...> text, Args&&... args) {
    format(LogLevel::info, text, std::forward<Args>(args)...);
  }
  template <class... Args>
  void warn(fmt::format_string<Args...> text, Args&&... args) {
    format(LogLevel::warn, text, std::forward<Args>(args)...);
  }
  template <class... Args>
  void error(fmt::format_string<Args...> text, Args&&... args) {
    format(LogLevel::error, text, std::forward<Args>(args)...);
  }
  // The message as it is.
  void write(LogLevel level, std::string_view message);
  // The message with fields behind it. Such lines are never counted together.
  void write(LogLevel level, std::string_view message, std::span<const LogField> fields);

 private:
  template <class... Args>
  void format(LogLevel level, fmt::format_string<Args...> text, Args&&... args) {
    if (enabled(level)) write(level, fmt::format(text, std::forward<Args>(args)...));
  }

  struct Lines;
  LogLevel level_;
  std::unique_ptr<Lines> lines_;
};

}  // namespace kinesisd::server
