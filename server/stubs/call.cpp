#include "server/stubs/call.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/errors.hpp"
#include "server/auth/parameters.hpp"
#include "server/stubs/answer.hpp"
#include "server/stubs/service.hpp"

namespace kinesisd::server::foreign {

namespace {

constexpr std::string_view form_type = "application/x-www-form-urlencoded";
constexpr std::size_t operation_letters_max = 64;

std::string identity_of(const std::string& account) {
  return fmt::format(
      "  <GetCallerIdentityResult>\n"
      "    <Arn>arn:aws:iam::{0}:root</Arn>\n"
      "    <UserId>{0}</UserId>\n"
      "    <Account>{0}</Account>\n"
      "  </GetCallerIdentityResult>\n",
      account);
}

std::string nothing(const std::string& /*account*/) {
  return {};
}

constexpr std::array services{
    Service{.name = "STS",
            .signing_name = "sts",
            .version = "2011-06-15",
            .xml_namespace = "https://sts.amazonaws.com/doc/2011-06-15/",
            .target = {},
            .operation = "GetCallerIdentity",
            .may_be_compressed = false,
            .result = identity_of},
    Service{.name = "CloudWatch",
            .signing_name = "monitoring",
            .version = "2010-08-01",
            .xml_namespace = "http://monitoring.amazonaws.com/doc/2010-08-01/",
            .target = "GraniteServiceVersion20100801",
            .operation = "PutMetricData",
            .may_be_compressed = true,
            .result = nothing},
};

std::string_view value_of(const Request& request, std::string_view header) {
  const std::string* value = request.header(header);
  return value == nullptr ? std::string_view() : *value;
}

// The operation behind a target's service name and `separator`; nullopt: the target is not this service's.
std::optional<std::string_view> operation_in(std::string_view target, const Service& service,
                                             std::string_view separator) {
  if (service.target.empty() || !target.starts_with(service.target)) return std::nullopt;
  target.remove_prefix(service.target.size());
  if (!target.starts_with(separator)) return std::nullopt;
  return target.substr(separator.size());
}

std::optional<Call> call_by_target(std::string_view target) {
  for (const Service& service : services) {
    if (const auto operation = operation_in(target, service, ".")) {
      return Call{&service, Protocol::json, std::string(*operation)};
    }
  }
  return std::nullopt;
}

// `/service/{target}/operation/{operation}`
std::optional<Call> call_by_path(std::string_view path) {
  constexpr std::string_view before = "/service/";
  if (!path.starts_with(before)) return std::nullopt;
  path.remove_prefix(before.size());
  for (const Service& service : services) {
    if (const auto operation = operation_in(path, service, "/operation/")) {
      return Call{&service, Protocol::cbor, std::string(*operation)};
    }
  }
  return std::nullopt;
}

// The first value of `key` in a form, which may be a large one.
std::optional<std::string> value_in_form(std::string_view form, std::string_view key) {
  std::optional<std::string> value;
  for_each_piece(form, "&", [&](std::string_view piece) {
    if (value) return;
    const Parameter parameter = split_at_equals(piece);
    if (parameter.key == key) value = percent_decoded(parameter.value);
  });
  return value;
}

bool is_form(const Request& request) {
  std::string_view type = value_of(request, "content-type");
  type = type.substr(0, std::min(type.find_first_of("; \t"), type.size()));
  return std::equal(type.begin(), type.end(), form_type.begin(), form_type.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

std::optional<Call> call_by_form(const Request& request) {
  const bool in_body = request.method == "POST";
  if (in_body && (request.body.empty() || !is_form(request))) return std::nullopt;
  const bool compressed = in_body && !value_of(request, "content-encoding").empty();
  const std::string_view form = in_body ? request.body : request.query;
  const auto action = compressed ? std::nullopt : value_in_form(form, "Action");
  if (!in_body && !action) return std::nullopt;
  const auto version = compressed ? std::nullopt : value_in_form(form, "Version");
  const std::string signing_name = signed_service(request);
  for (const Service& service : services) {
    if (signing_name.empty() ? version != service.version : signing_name != service.signing_name) continue;
    // Clients compress the bodies of one operation only, so that there is no need to look.
    if (compressed && service.may_be_compressed) {
      return Call{&service, Protocol::query, std::string(service.operation)};
    }
    return Call{&service, Protocol::query, action.value_or("")};
  }
  return std::nullopt;
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= operation_letters_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

Answer refuse(const Request& request, const Call& call, const Fault& fault) {
  return {error(call, fault, request.ids.id),
          fmt::format("{}: {}: {}", call.service->name, fault.code, fault.message)};
}

Answer refuse(const Request& request, const Call& call, const protocol::Error& error) {
  return refuse(request, call, fault_of(error, call.protocol));
}

}  // namespace

std::optional<Call> call_in(const Request& request) {
  const bool post = request.method == "POST";
  if (!post && request.method != "GET") return std::nullopt;
  if (const std::string* target = request.header("x-amz-target")) {
    return post ? call_by_target(*target) : std::nullopt;
  }
  if (post && value_of(request, "smithy-protocol") == rpc_v2_cbor) return call_by_path(request.path);
  return call_by_form(request);
}

Answer answer(const Request& request, const Call& call, const AccountOf& account_of,
              const Verification* verification) {
  const auto claim = authenticate(request);
  if (!claim) return refuse(request, call, claim.error());
  if (verification != nullptr) {
    Verification here = *verification;
    here.service = call.service->signing_name;
    const auto verified = verify_signature(request, claim.value(), payload_hash(request), here);
    if (!verified) return refuse(request, call, verified.error());
  }
  if (call.operation != call.service->operation) {
    return refuse(request, call,
                  Fault{.code = "InvalidAction",
                        .type = "InvalidAction",
                        .status = 400,
                        .message = fmt::format("Of {}, kinesisd answers {} only{}.", call.service->name,
                                               call.service->operation,
                                               is_word(call.operation) ? ", not " + call.operation : "")});
  }
  return {success(call, call.service->result(account_of(caller_of(claim.value()))), request.ids.id), {}};
}

}  // namespace kinesisd::server::foreign
