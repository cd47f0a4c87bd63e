#include "server/commands/aws/pages.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "server/commands/aws/output.hpp"
#include "server/commands/aws/usage_error.hpp"

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

void set(Value& object, std::string_view key, Value value) {
  std::erase_if(object.members, [&](const document::Member& member) { return member.key == key; });
  object.members.push_back({std::string(key), std::move(value)});
}

Value* find_or_add_list(Value& object, std::string_view key) {
  for (document::Member& member : object.members) {
    if (member.key == key) return &member.value;
  }
  Value list;
  list.kind = Kind::list;
  object.members.push_back({std::string(key), std::move(list)});
  return &object.members.back().value;
}

void add_results(Value& all, const Paging& paging, const Value& page) {
  for (const std::string_view name : paging.results) {
    const Value* found = find(page, name);
    if (found == nullptr) continue;
    Value& list = *find_or_add_list(all, name);
    list.items.insert(list.items.end(), found->items.begin(), found->items.end());
  }
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

Value page_size_of(const std::string& text) {
  Value out;
  out.kind = Kind::integer;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), out.integer);
  if (wrong != std::errc{} || end != text.data() + text.size())
    throw UsageError("argument --page-size: invalid int value: '" + text + "'");
  return out;
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

Value all_pages(client::Client& client, const OperationShape& operation, const Paging& paging, Value request,
                const std::optional<std::string>& page_size) {
  Value all;
  all.kind = Kind::object;
  if (page_size) set(request, paging.limit, page_size_of(*page_size));
  while (true) {
    const Value answer = one_answer(client, operation, request);
    const Value* page = paging.within.empty() ? &answer : find(answer, paging.within);
    if (page == nullptr) throw client::ConnectionError("the answer lacks what it should have");
    add_results(all, paging, *page);
    const Value* token = next_token(paging, *page);
    if (token != nullptr) {
      set(request, paging.token, *token);
      continue;
    }
    for (const std::string_view name : paging.kept) {
      const Value* found = find(*page, name);
      Value null;
      null.kind = Kind::null;
      set(all, name, found == nullptr ? null : *found);
    }
    break;
  }
  if (paging.within.empty()) return all;
  Value out;
  out.kind = Kind::object;
  out.members.push_back({std::string(paging.within), std::move(all)});
  return out;
}

}  // namespace kinesisd::server::aws
