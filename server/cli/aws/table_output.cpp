#include "server/cli/aws/table_output.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "server/cli/aws/output.hpp"

namespace kinesisd::server::aws {

namespace {

using document::Kind;
using document::Member;
using document::Value;

using Row = std::vector<std::string>;
using Names = std::set<std::string>;

constexpr std::size_t padding = 4;  // of a column, beside its widest word
constexpr std::size_t border = 2;   // of a section or a level, left and right together

// A box of the table: what belongs to one object or list.
struct Section {
  std::string title;
  std::size_t level = 0;  // of boxes around it
  Row headers;
  std::vector<Row> rows;
};

// In characters, not bytes.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_nothing(const Value& value) {
  switch (value.kind) {
    case Kind::boolean:
      return !value.boolean;
    case Kind::integer:
      return value.integer == 0;
    case Kind::real:
      return value.real == 0;
    case Kind::list:
      return value.items.empty();
    case Kind::object:
      return value.members.empty();
    default:
      return value.text.empty();
  }
}

const Value* find(const Value& object, std::string_view key) {
  const auto found = std::find_if(object.members.begin(), object.members.end(),
                                  [&](const Member& member) { return member.key == key; });
  return found == object.members.end() ? nullptr : &found->value;
}

Row words_of(const Value& object, const Names& names) {
  Row out;
  for (const std::string& name : names) {
    const Value* found = find(object, name);
    out.push_back(found == nullptr ? std::string() : as_word(*found));
  }
  return out;
}

// From the value to the boxes, in their order.
class Layout {
 public:
  void add(const std::optional<std::string>& title, const Value& value, std::size_t level) {
    if (is_nothing(value)) return;
    if (title || sections.empty()) sections.push_back({title.value_or(""), level, {}, {}});
    if (value.kind == Kind::object) {
      add_object(value, level);
    } else if (value.kind == Kind::list && value.items.front().kind == Kind::object) {
      add_objects(value, title, level);
    } else {
      for (const Value& item : value.items) add_row(item);
    }
  }

  std::vector<Section> sections;

 private:
  // A single value, a list of them, or a list whose lists are rows.
  void add_row(const Value& item) {
    if (is_word(item)) {
      sections.back().rows.push_back({as_word(item)});
    } else if (std::all_of(item.items.begin(), item.items.end(), is_word)) {
      Row row;
      for (const Value& word : item.items) row.push_back(as_word(word));
      sections.back().rows.push_back(std::move(row));
    } else {
      add(std::nullopt, item, 0);
    }
  }

  static void sort_names(const Value& object, Names& words, Names& others) {
    for (const Member& member : object.members) (is_word(member.value) ? words : others).insert(member.key);
  }

  void add_object(const Value& object, std::size_t level) {
    Names words;
    Names others;
    sort_names(object, words, others);
    Section& section = sections.back();
    if (words.size() == 1) {
      section.rows.push_back({*words.begin(), words_of(object, words).front()});
    } else if (!words.empty()) {
      section.headers.assign(words.begin(), words.end());
      section.rows.push_back(words_of(object, words));
    }
    for (const std::string& name : others) add(name, *find(object, name), level + 1);
  }

  // One box for all; a box for each if they have lists or objects of their own.
  void add_objects(const Value& list, const std::optional<std::string>& title, std::size_t level) {
    Names words;
    Names others;
    for (const Value& object : list.items) sort_names(object, words, others);
    sections.back().headers.assign(words.begin(), words.end());
    for (const Value& object : list.items) {
      if (&object != &list.items.front() && !others.empty())
        sections.push_back({title.value_or(""), level, {words.begin(), words.end()}, {}});
      sections.back().rows.push_back(words_of(object, words));
      for (const std::string& name : others) {
        if (const Value* found = find(object, name)) add(name, *found, level + 1);
      }
    }
  }
};

// The columns' widths before they are stretched to the table's.
std::vector<std::size_t> natural_widths(const Section& section) {
  std::vector<std::size_t> out;
  const auto widen = [&](const Row& row) {
    if (out.size() < row.size()) out.resize(row.size(), padding);
    for (std::size_t i = 0; i < row.size(); ++i) out[i] = std::max(out[i], width_of(row[i]) + padding);
  };
  widen(section.headers);
  for (const Row& row : section.rows) widen(row);
  return out;
}

// In proportion. What rounding gives too much is taken from the columns on the left, and what it lacks is
// given to those on the right.
std::vector<std::size_t> stretched(std::vector<std::size_t> widths, std::size_t whole) {
  const auto sum = [&] { return std::accumulate(widths.begin(), widths.end(), std::size_t{0}); };
  const double factor = widths.empty() ? 1 : static_cast<double>(whole) / static_cast<double>(sum());
  for (std::size_t& width : widths)  // halves go to the even number
    width = static_cast<std::size_t>(std::nearbyint(factor * static_cast<double>(width)));
  for (std::size_t i = 0; !widths.empty() && sum() > whole; ++i) --widths[i % widths.size()];
  for (std::size_t i = 0; !widths.empty() && sum() < whole; ++i)
    ++widths[widths.size() - 1 - i % widths.size()];
  return widths;
}

std::size_t width_of(const Section& section) {
  const auto widths = natural_widths(section);
  const std::size_t columns = std::accumulate(widths.begin(), widths.end(), std::size_t{0});
  return std::max(width_of(section.title), columns) + border + section.level * border;
}

std::size_t width_of(const std::vector<Section>& sections) {
  std::size_t out = 0;
  for (const Section& section : sections) out = std::max(out, width_of(section));
  return out;
}

// A single row under its headers becomes a row for each of them.
void turn(Section& section) {
  if (section.rows.size() != 1 || section.headers.empty()) return;
  std::vector<Row> rows;
  for (std::size_t i = 0; i < section.headers.size(); ++i)
    rows.push_back({section.headers[i], section.rows.front()[i]});
  section.headers.clear();
  section.rows = std::move(rows);
}

std::string blanks(std::size_t count) {
  return std::string(count, ' ');
}

std::size_t left_of(std::size_t all, std::size_t taken) {
  return all > taken ? all - taken : 0;
}

std::string centered(std::string_view text, std::size_t width, std::string_view left) {
  const std::size_t before = left_of(width / 2, width_of(text) / 2 + 1);
  std::string out(left);
  out += blanks(before);
  out += text;
  return out + blanks(left_of(width, width_of(out) + 1)) + "|";
}

std::string at_left(std::string_view text, std::size_t width, std::string_view left) {
  const bool fits = width_of(text) + border + left.size() + 1 <= width;
  std::string out(left);
  out += blanks(fits ? border : 0);
  out += text;
  return out + blanks(left_of(width, width_of(out) + 1)) + "|";
}

class Drawing {
 public:
  explicit Drawing(std::size_t width) : width_(width) { out_ = std::string(width, '-') + "\n"; }

  void add(const Section& section) {
    const std::string edge(section.level, '|');
    const std::size_t inside = left_of(width_, section.level * border);
    const auto line = [&](const std::string& text) { out_ += edge + text + edge + "\n"; };
    if (!section.title.empty()) {
      line(centered(section.title, inside, "|"));
      if (section.headers.empty() && section.rows.empty())
        line("+" + std::string(inside - border, '-') + "+");
    }
    const auto widths = stretched(natural_widths(section), inside);
    if (widths.empty()) return;
    const std::string rule = rule_of(widths);
    line(rule);
    if (!section.headers.empty()) {
      line(row_of(section.headers, widths, centered));
      line(rule);
    }
    for (const Row& row : section.rows) line(row_of(row, widths, at_left));
    if (!section.rows.empty()) line(rule);
  }

  std::string take() { return std::move(out_); }

 private:
  static std::string rule_of(const std::vector<std::size_t>& widths) {
    std::string out;
    for (const std::size_t width : widths)
      out += (out.empty() ? "+" + std::string(left_of(width, border), '-')
                          : std::string(left_of(width, 1), '-')) +
             "+";
    return out;
  }

  // The first column has the left edge too.
  template <class Place>
  static std::string row_of(const Row& row, const std::vector<std::size_t>& widths, const Place& place) {
    std::string out;
    for (std::size_t i = 0; i < widths.size(); ++i)
      out += place(i < row.size() ? row[i] : "", widths[i], i == 0 ? "|" : "");
    return out;
  }

  std::size_t width_;
  std::string out_;
};

}  // namespace

std::string as_table(std::string_view title, const Value& value, std::size_t width_wanted) {
  Layout layout;
  layout.add(std::string(title), value, 0);
  if (layout.sections.empty()) return {};
  if (width_of(layout.sections) > width_wanted) {
    for (Section& section : layout.sections) turn(section);
  }
  Drawing drawing(width_of(layout.sections));
  for (const Section& section : layout.sections) drawing.add(section);
  return drawing.take();
}

}  // namespace kinesisd::server::aws
