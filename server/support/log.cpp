#include "server/support/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <chrono>
#include <mutex>
#include <string>

namespace kinesisd::server {

namespace {

constexpr std::string_view name(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      break;
  }
  return "error";
}

// The level comes in as spdlog's, which serves for nothing else here.
constexpr spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      break;
  }
  return spdlog::level::err;
}

// One message is one line, whatever a client put into it.
std::string json_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<int>(c));
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string one_line(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

std::string json_value(const LogField& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    return fmt::format("\"{}\"", json_escaped(*text));
  }
  if (const auto* number = std::get_if<double>(&field.value)) return fmt::format("{}", *number);
  return fmt::format("{}", std::get<std::int64_t>(field.value));
}

// Quoted only where the end of a value would not be seen otherwise.
std::string text_value(const LogField& field) {
  const auto* text = std::get_if<std::string_view>(&field.value);
  if (text == nullptr) return json_value(field);
  const bool plain = !text->empty() && text->find_first_of(" \"=") == std::string_view::npos;
  return plain ? std::string(*text) : json_value(field);
}

constexpr auto text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %v";
constexpr auto json_pattern = "{\"time\":\"%Y-%m-%dT%H:%M:%S.%eZ\",%v}";

}  // namespace

struct Log::Lines {
  LogFormat format;
  std::unique_ptr<spdlog::sinks::sink> sink;

  std::mutex mutex;
  std::string last;
  LogLevel last_level = LogLevel::debug;
  std::size_t repeated = 0;
  std::chrono::steady_clock::time_point counting_since;

  Lines(LogFormat f, std::unique_ptr<spdlog::sinks::sink> s) : format(f), sink(std::move(s)) {
    sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        format == LogFormat::json ? json_pattern : text_pattern, spdlog::pattern_time_type::utc));
  }

  std::string line_of(LogLevel level, std::string_view message, std::span<const LogField> fields) const {
    std::string line;
    if (format == LogFormat::json) {
      line = fmt::format(R"("level":"{}","message":"{}")", name(level), json_escaped(message));
      for (const LogField& field : fields) line += fmt::format(R"(,"{}":{})", field.name, json_value(field));
      return line;
    }
    line = fmt::format("{:<5} {}", name(level), one_line(message));
    for (const LogField& field : fields)
      line += fmt::format(" {}={}", field.name, one_line(text_value(field)));
    return line;
  }

  void put(LogLevel level, std::string_view message, std::span<const LogField> fields = {}) {
    const std::string line = line_of(level, message, fields);
    sink->log({spdlog::string_view_t{}, spdlog_level(level), {line.data(), line.size()}});
    sink->flush();
  }

  void put_repeats() {
    if (repeated > 0)
      put(last_level, fmt::format("{} (repeated {})", last,
                                  repeated == 1 ? std::string("once") : fmt::format("{} times", repeated)));
    repeated = 0;
  }
};

Log::Log(LogLevel level, LogFormat format)
    : level_(level),
      lines_(std::make_unique<Lines>(format, std::make_unique<spdlog::sinks::stderr_sink_mt>())) {}

Log::Log(LogLevel level, LogFormat format, std::ostream& out)
    : level_(level),
      lines_(std::make_unique<Lines>(format, std::make_unique<spdlog::sinks::ostream_sink_mt>(out))) {}

Log::~Log() {
  lines_->put_repeats();
}

void Log::write(LogLevel level, std::string_view message) {
  if (!enabled(level)) return;
  const auto now = std::chrono::steady_clock::now();
  std::lock_guard lock(lines_->mutex);
  if (level == lines_->last_level && message == lines_->last) {
    ++lines_->repeated;
    if (now - lines_->counting_since < std::chrono::seconds(fold_s)) return;
    lines_->put_repeats();
  } else {
    lines_->put_repeats();
    lines_->put(level, message);
    lines_->last = message;
    lines_->last_level = level;
  }
  lines_->counting_since = now;
}

void Log::write(LogLevel level, std::string_view message, std::span<const LogField> fields) {
  if (!enabled(level)) return;
  std::lock_guard lock(lines_->mutex);
  lines_->put_repeats();
  lines_->put(level, message, fields);
  lines_->last.clear();
}

}  // namespace kinesisd::server
