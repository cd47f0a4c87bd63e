#include "server/auth/amz_date.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <array>

namespace kinesisd::server {

namespace {

using std::chrono::sys_seconds;

// Takes texts apart from their beginning; once something does not fit, nothing does.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int number = 0;
    for (const char c : word(count)) {
      if (c < '0' || c > '9') fits_ = false;
      number = number * 10 + (c - '0');
    }
    return number;
  }

  std::string_view word(std::size_t letters) {
    if (rest_.size() < letters) {
      fits_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view found = rest_.substr(0, letters);
    rest_.remove_prefix(letters);
    return found;
  }

  void expect(std::string_view exactly) {
    if (word(exactly.size()) != exactly) fits_ = false;
  }

  bool done() const { return fits_ && rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool fits_ = true;
};

struct Parts {
  int year, month, day, hour, minute, second;
};

std::optional<sys_seconds> instant(const Parts& parts) {
  using namespace std::chrono;
  const year_month_day date{year(parts.year), month(static_cast<unsigned>(parts.month)),
                            day(static_cast<unsigned>(parts.day))};
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 59) return std::nullopt;
  return sys_days(date) + hours(parts.hour) + minutes(parts.minute) + seconds(parts.second);
}

std::optional<sys_seconds> parse_basic(std::string_view text) {
  Scanner scan(text);
  Parts parts{};
  parts.year = scan.digits(4);
  parts.month = scan.digits(2);
  parts.day = scan.digits(2);
  scan.expect("T");
  parts.hour = scan.digits(2);
  parts.minute = scan.digits(2);
  parts.second = scan.digits(2);
  scan.expect("Z");
  return scan.done() ? instant(parts) : std::nullopt;
}

std::optional<sys_seconds> parse_http(std::string_view text) {
  static constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  static constexpr std::array<std::string_view, 4> zones = {" GMT", " UTC", " +0000", " -0000"};
  Scanner scan(text);
  Parts parts{};
  scan.word(3);
  scan.expect(", ");
  parts.day = scan.digits(2);
  scan.expect(" ");
  const auto* month = std::find(months.begin(), months.end(), scan.word(3));
  parts.month = static_cast<int>(month - months.begin()) + 1;  // 13 is none
  scan.expect(" ");
  parts.year = scan.digits(4);
  scan.expect(" ");
  parts.hour = scan.digits(2);
  scan.expect(":");
  parts.minute = scan.digits(2);
  scan.expect(":");
  parts.second = scan.digits(2);
  const auto* zone = std::find(zones.begin(), zones.end(), scan.rest());
  if (zone == zones.end()) return std::nullopt;
  scan.expect(*zone);
  return scan.done() ? instant(parts) : std::nullopt;
}

}  // namespace

std::string amz_date(sys_seconds at) {
  return fmt::format("{:%Y%m%dT%H%M%SZ}", at);
}

std::optional<sys_seconds> parse_amz_date(std::string_view text) {
  const auto basic = parse_basic(text);
  return basic ? basic : parse_http(text);
}

}  // namespace kinesisd::server
