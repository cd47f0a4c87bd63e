#include "server/support/instant.hpp"

#include <fmt/core.h>

#include <charconv>

#include "server/support/duration.hpp"

namespace kinesisd::server::commands {

namespace {

using std::chrono::milliseconds;

// Takes a text apart from its beginning; once something does not fit, nothing does.
struct Scanner {
  std::string_view rest;
  bool fits = true;

  int digits(std::size_t count) {
    int number = 0;
    if (rest.size() < count) return fits = false, 0;
    for (const char c : rest.substr(0, count)) {
      if (c < '0' || c > '9') fits = false;
      number = number * 10 + (c - '0');
    }
    rest.remove_prefix(count);
    return number;
  }
  bool skip(std::string_view one_of) {
    if (rest.empty() || one_of.find(rest.front()) == std::string_view::npos) return false;
    rest.remove_prefix(1);
    return true;
  }
  void expect(std::string_view one_of) { fits = skip(one_of) && fits; }
  // Behind a decimal point, of any length.
  int thousandths() {
    int out = 0;
    int weight = 100;
    const std::size_t before = rest.size();
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
      out += (rest.front() - '0') * weight;
      weight /= 10;
      rest.remove_prefix(1);
    }
    fits = fits && rest.size() < before;
    return out;
  }
};

std::optional<protocol::Timestamp> parse_seconds(std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (wrong != std::errc{} || seconds < 0 || seconds > 253'402'300'799) return std::nullopt;
  Scanner scanner{.rest = text.substr(static_cast<std::size_t>(end - text.data()))};
  const int fraction = scanner.skip(".") ? scanner.thousandths() : 0;
  if (!scanner.fits || !scanner.rest.empty()) return std::nullopt;
  return protocol::Timestamp(milliseconds(seconds * 1000 + fraction));
}

std::chrono::minutes offset(Scanner& scanner) {
  if (scanner.rest.empty() || scanner.skip("Zz")) return {};
  const bool west = scanner.rest.front() == '-';
  scanner.expect("+-");
  const int hours = scanner.digits(2);
  scanner.skip(":");
  const int minutes = hours * 60 + scanner.digits(2);
  return std::chrono::minutes(west ? -minutes : minutes);
}

}  // namespace

std::optional<protocol::Timestamp> parse_instant(std::string_view text) {
  using namespace std::chrono;
  if (const auto seconds_since = parse_seconds(text)) return seconds_since;
  Scanner scanner{.rest = text};
  const int y = scanner.digits(4);
  scanner.expect("-");
  const int m = scanner.digits(2);
  scanner.expect("-");
  const int d = scanner.digits(2);
  milliseconds time{};
  minutes east{};
  if (!scanner.rest.empty()) {
    scanner.expect("Tt ");
    time += hours(scanner.digits(2));
    scanner.expect(":");
    time += minutes(scanner.digits(2));
    if (scanner.skip(":")) time += seconds(scanner.digits(2));
    if (scanner.skip(".")) time += milliseconds(scanner.thousandths());
    east = offset(scanner);
  }
  const year_month_day date{year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))};
  if (!scanner.fits || !scanner.rest.empty() || !date.ok() || time > hours(24)) return std::nullopt;
  return protocol::Timestamp(sys_days(date).time_since_epoch() + time - east);
}

std::optional<ReadingStart> parse_reading_start(std::string_view text) {
  using protocol::ShardIteratorType;
  std::string word(text);
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-') c = '_';
  }
  if (word == "latest") return ReadingStart{.type = ShardIteratorType::LATEST};
  if (word == "trim" || word == "trim_horizon") return ReadingStart{.type = ShardIteratorType::TRIM_HORIZON};
  if (const auto at = parse_instant(text))
    return ReadingStart{.type = ShardIteratorType::AT_TIMESTAMP, .at = at};
  if (const auto ago = document::parse_duration(text))
    return ReadingStart{.type = ShardIteratorType::AT_TIMESTAMP, .ago = ago};
  return std::nullopt;
}

std::string instant_text(protocol::Timestamp at) {
  using namespace std::chrono;
  const auto day_begin = floor<days>(at);
  const year_month_day date(day_begin);
  const hh_mm_ss time(at - day_begin);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

}  // namespace kinesisd::server::commands
