#include "server/admin/faults.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "protocol/json.hpp"
#include "server/admin/control.hpp"
#include "server/document/value.hpp"
#include "server/faults/read_rules.hpp"
#include "server/faults/rule_book.hpp"

namespace kinesisd::server::own {

namespace {

using faults::RuleBook;

std::string quoted(std::string_view text) {
  std::string out;
  protocol::json::Writer(out).text(text);
  return out;
}

// The rule stands there as it was given.
std::string shown(const RuleBook::Entry& entry) {
  return fmt::format(R"({{"id":{},"hits":{},"matched":{},"rule":{}}})", quoted(entry.rule.id), entry.hits,
                     entry.matched, entry.rule.text);
}

Response list(const RuleBook& rules) {
  std::string body = R"({"rules":[)";
  for (const RuleBook::Entry& entry : rules.list()) {
    if (body.back() == '}') body += ',';
    body += shown(entry);
  }
  return json(200, body + "]}");
}

Response ids(const std::vector<std::string>& given) {
  std::string body;
  protocol::json::Writer writer(body);
  writer.begin_map(1);
  writer.key("ids");
  writer.begin_list(given.size());
  for (const std::string& id : given) writer.text(id);
  writer.end_list();
  writer.end_map();
  return json(200, std::move(body));
}

Response nothing() {
  return json(200, "{}");
}

Response unknown(std::string_view id) {
  return error(404, fmt::format("There is no rule \"{}\"; GET /_kinesisd/faults lists the rules.", id));
}

}  // namespace

Answer answer_faults(Call& call) {
  RuleBook& rules = *call.control.faults;
  const std::string& method = call.request.method;
  if (method == "DELETE") {
    rules.clear();
    return {nothing()};
  }
  if (method != "POST" && method != "PUT") return {list(rules)};
  std::vector<faults::Rule> read = faults::rules_from(document::parse_json(std::move(call.request.body)));
  return {ids(method == "POST" ? rules.add(std::move(read), call.now)
                               : rules.replace(std::move(read), call.now))};
}

Answer answer_fault(Call& call) {
  RuleBook& rules = *call.control.faults;
  const std::string_view id = call.argument;
  const std::string& method = call.request.method;
  if (method == "POST") {
    if (id != "reset") return {error(405, "To add a rule, POST it to /_kinesisd/faults.")};
    rules.begin_anew(call.now);
    return {nothing()};
  }
  if (method == "DELETE") return {rules.remove(id) ? nothing() : unknown(id)};
  const std::vector<RuleBook::Entry> all = rules.list();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const RuleBook::Entry& entry) { return entry.rule.id == id; });
  return {found == all.end() ? unknown(id) : json(200, shown(*found))};
}

}  // namespace kinesisd::server::own
