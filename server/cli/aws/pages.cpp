#include "server/cli/aws/pages.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "protocol/base64.hpp"
#include "server/cli/aws/output.hpp"

namespace kinesisd::server::aws {

namespace {

using document::Kind;
using document::Value;

const Value* find(const Value& object, std::string_view key) {
  for (const document::Member& member : object.members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

Value number(std::size_t count) {
  Value out;
  out.kind = Kind::integer;
  out.integer = static_cast<std::int64_t>(count);
  return out;
}

Value text_value(std::string text) {
  Value out;
  out.kind = Kind::text;
  out.text = std::move(text);
  return out;
}

void set(Value& object, std::string_view key, Value value) {
  std::erase_if(object.members, [&](const document::Member& member) { return member.key == key; });
  object.members.push_back({std::string(key), std::move(value)});
}

// What continues behind this page; nullptr: it is the last.
const Value* next_token(const Paging& paging, const Value& page) {
  if (!paging.more.empty()) {
    const Value* more = find(page, paging.more);
    if (more == nullptr || !more->boolean) return nullptr;
  }
  if (!paging.next.empty()) return find(page, paging.next);
  const Value* list = find(page, paging.results.front());
  return list == nullptr || list->items.empty() ? nullptr : find(list->items.back(), paging.next_in_item);
}

Value object_of(std::string_view key, Value value) {
  Value out;
  out.kind = Kind::object;
  out.members.push_back({std::string(key), std::move(value)});
  return out;
}

// The lists of a page, and with `kept` what is shown besides.
Value part_of(const Paging& paging, const Value& page, bool kept) {
  Value out;
  out.kind = Kind::object;
  Value null;
  null.kind = Kind::null;
  for (const std::string_view name : paging.results) {
    const Value* found = find(page, name);
    set(out, name, found == nullptr ? null : *found);
  }
  if (!kept) return out;
  for (const std::string_view name : paging.kept) {
    const Value* found = find(page, name);
    set(out, name, found == nullptr ? null : *found);
  }
  return out;
}

// Where a page begins or ends in the middle: what a token of ours says besides the service's.
constexpr std::string_view truncated = "boto_truncate_amount";

// As AWS's command line writes it, so that one may go on with the other.
std::string resume_token(const Paging& paging, const std::optional<Value>& token,
                         std::optional<std::size_t> taken) {
  std::string text = fmt::format("{{\"{}\": {}", paging.token, token ? document::to_json(*token) : "null");
  if (taken) text += fmt::format(", \"{}\": {}", truncated, *taken);
  std::string out;
  protocol::base64::encode(text + "}", out);
  return out;
}

struct Start {
  std::optional<Value> token;  // unset: at the first page
  std::size_t left_out = 0;    // of that page's items
};

// What is no token of ours is one of the service's.
Start start_of(const Paging& paging, const std::string& text) {
  Start out;
  const Value token = text_value(text);
  std::string decoded;
  if (!protocol::base64::decode(text, decoded)) return {.token = token, .left_out = 0};
  try {
    const Value ours = document::parse_json(decoded).root;
    const Value* service = find(ours, paging.token);
    if (ours.kind != Kind::object || service == nullptr) return {.token = token, .left_out = 0};
    if (service->kind != Kind::null) out.token = *service;
    const Value* left_out = find(ours, truncated);
    if (left_out != nullptr && left_out->integer > 0)
      out.left_out = static_cast<std::size_t>(left_out->integer);
    return out;
  } catch (const document::Problem&) {
    return {.token = token, .left_out = 0};
  }
}

// The first page of a start in its middle: of the other lists nothing is shown again.
void leave_out(const Paging& paging, Value& part, std::size_t count) {
  for (document::Member& member : part.members) {
    const auto result = std::find(paging.results.begin(), paging.results.end(), member.key);
    if (result == paging.results.end()) continue;
    auto& items = member.value.items;
    const std::size_t left_out =
        result == paging.results.begin() ? std::min(count, items.size()) : items.size();
    items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(left_out));
  }
}

}  // namespace

Value one_answer(client::Client& client, const OperationShape& operation, const Value& request) {
  const std::string body = client.call(operation.name, document::to_json(request));
  if (body.empty()) return {};
  try {
    return shaped(*operation.response, document::parse_json(body).root);
  } catch (const document::Problem&) {
    throw client::ConnectionError("the answer is not JSON");
  }
}

bool pages_by_itself(const Paging& paging, const Value& request) {
  return find(request, paging.token) != nullptr || find(request, paging.limit) != nullptr;
}

Pages read_pages(client::Client& client, const OperationShape& operation, const Paging& paging, Value request,
                 const PageOptions& options) {
  Pages out;
  Start start;
  if (options.starting_token) start = start_of(paging, *options.starting_token);
  if (options.page_size) set(request, paging.limit, number(*options.page_size));
  std::optional<Value> token = start.token;
  std::size_t items = 0;
  while (true) {
    if (token) set(request, paging.token, *token);
    const Value answer = one_answer(client, operation, request);
    const Value* page = paging.within.empty() ? &answer : find(answer, paging.within);
    if (page == nullptr) throw client::ConnectionError("the answer lacks what it should have");
    Value& part = out.parts.emplace_back(part_of(paging, *page, out.parts.empty()));
    const std::size_t left_out = out.parts.size() == 1 ? start.left_out : 0;
    if (options.starting_token && out.parts.size() == 1) leave_out(paging, part, left_out);
    auto& list = part.members.front().value.items;
    if (options.max_items && items + list.size() > *options.max_items) {
      list.resize(*options.max_items - items);
      out.token = resume_token(paging, token, list.size() + left_out);
      break;
    }
    items += list.size();
    const Value* next = next_token(paging, *page);
    if (next == nullptr) break;
    token = *next;
    if (options.max_items && items == *options.max_items) {
      out.token = resume_token(paging, token, std::nullopt);
      break;
    }
  }
  if (!paging.within.empty()) {
    for (Value& part : out.parts) part = object_of(paging.within, std::move(part));
  }
  return out;
}

Value token_part(const std::string& token) {
  return object_of(shown_token, text_value(token));
}

Value together(const Paging& paging, Pages pages) {
  Value all = std::move(pages.parts.front());
  Value& inner = paging.within.empty() ? all : all.members.front().value;
  for (auto part = pages.parts.begin() + 1; part != pages.parts.end(); ++part) {
    const Value& page = paging.within.empty() ? *part : part->members.front().value;
    for (std::size_t i = 0; i < paging.results.size(); ++i) {
      const std::vector<Value>& more = page.members[i].value.items;
      Value& list = inner.members[i].value;
      if (page.members[i].value.kind == Kind::list) list.kind = Kind::list;
      list.items.insert(list.items.end(), more.begin(), more.end());
    }
  }
  std::erase_if(inner.members, [&](const document::Member& member) {
    const auto& results = paging.results;
    return member.value.kind == Kind::null &&
           std::find(results.begin(), results.end(), member.key) != results.end();
  });
  if (pages.token) set(all, shown_token, text_value(*pages.token));
  return all;
}

}  // namespace kinesisd::server::aws
