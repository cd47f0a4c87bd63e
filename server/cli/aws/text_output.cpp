#include "server/cli/aws/text_output.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "server/cli/aws/output.hpp"

namespace kinesisd::server::aws {

namespace {

using document::Kind;
using document::Member;
using document::Value;

using Names = std::set<std::string_view>;

std::string in_capitals(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::string line_of(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() && &word == &words.front() ? "" : "\t") + word;
  return out + "\n";
}

// Those members whose values stand in the object's own line.
void add_names_of_words(Names& names, const Value& object) {
  for (const Member& member : object.members) {
    if (is_word(member.value)) names.insert(member.key);
  }
}

class Writer {
 public:
  // `name` is that of the member that has the value; empty: none has. Nesting is bounded by the parser.
  void value(const Value& value, std::string_view name) {
    if (value.kind == Kind::list) {
      list(value, name);
    } else if (value.kind == Kind::object) {
      Names names;
      add_names_of_words(names, value);
      object(value, name, names);
    } else {
      out_ += as_word(value) + "\n";
    }
  }

  std::string take() { return std::move(out_); }

 private:
  // Objects of one list show the same columns: where one has no such member, its column is empty.
  void list(const Value& list, std::string_view name) {
    Names names;
    for (const Value& item : list.items) add_names_of_words(names, item);
    const auto has = [&](Kind kind) {
      return std::any_of(list.items.begin(), list.items.end(),
                         [&](const Value& item) { return item.kind == kind; });
    };
    if (has(Kind::object)) {
      for (const Value& item : list.items)
        item.kind == Kind::object ? object(item, name, names) : value(item, name);
      return;
    }
    words(list, name);
    for (const Value& item : list.items) {
      if (!is_word(item)) value(item, name);
    }
  }

  // The single values of a list: a line for each if it has a name, else one line for all.
  void words(const Value& list, std::string_view name) {
    std::vector<std::string> line;
    for (const Value& item : list.items) {
      if (!is_word(item)) continue;
      if (name.empty()) {
        line.push_back(as_word(item));
      } else {
        out_ += line_of({in_capitals(name), as_word(item)});
      }
    }
    if (!line.empty()) out_ += line_of(line);
  }

  void object(const Value& object, std::string_view name, const Names& columns) {
    std::vector<const Member*> members;
    for (const Member& member : object.members) members.push_back(&member);
    std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->key < b->key; });
    std::vector<std::string> line;
    if (!name.empty() && !columns.empty()) line.push_back(in_capitals(name));
    for (const std::string_view column : columns) {
      const auto found = std::find_if(members.begin(), members.end(),
                                      [&](const Member* member) { return member->key == column; });
      line.push_back(found == members.end() ? std::string() : as_word((*found)->value));
    }
    if (!line.empty()) out_ += line_of(line);
    for (const Member* member : members) {
      if (!columns.contains(member->key)) value(member->value, member->key);
    }
  }

  std::string out_;
};

}  // namespace

std::string as_text(const Value& value) {
  Writer writer;
  writer.value(value, {});
  return writer.take();
}

}  // namespace kinesisd::server::aws
