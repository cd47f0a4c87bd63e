#include "server/auth/policy/principals.hpp"

#include <algorithm>

#include "server/auth/policy/wildcard.hpp"
#include "server/support/account_id.hpp"

namespace kinesisd::server::policy {

namespace {

// `text` is `prefix` and then something.
bool is_below(std::string_view text, std::string_view prefix) {
  return text.size() > prefix.size() && text.starts_with(prefix);
}

bool is_identity(std::string_view service, std::string_view name) {
  if (service == "iam") return is_below(name, "user/") || is_below(name, "role/");
  if (service == "sts") return is_below(name, "assumed-role/") || is_below(name, "federated-user/");
  return false;
}

bool add_account_or_identity(Principals& principals, std::string_view text) {
  if (text == "*") {
    principals.anyone = true;
    return true;
  }
  if (is_account_id(text)) {
    principals.accounts.emplace_back(text);
    return true;
  }
  // A principal is all or one: patterns are for conditions.
  if (text.find_first_of("*?") != std::string_view::npos) return false;
  const std::string_view service = arn_part(text, 2);
  const std::string_view account = arn_part(text, 4);
  const std::string_view name = arn_part(text, 5);
  const bool is_arn = text.starts_with("arn:aws") && arn_part(text, 3).empty() && is_account_id(account);
  if (!is_arn) return false;
  if (service == "iam" && name == "root") {
    principals.accounts.emplace_back(account);
    return true;
  }
  if (!is_identity(service, name)) return false;
  principals.identities.emplace_back(text);
  return true;
}

}  // namespace

bool add_principal(Principals& principals, std::string_view kind, std::string_view text) {
  if (kind == "AWS") return add_account_or_identity(principals, text);
  // A service is named like a host: lambda.amazonaws.com.
  if (kind == "Service") return text.find('.') != std::string_view::npos && text.find('*') == text.npos;
  return kind == "Federated" && !text.empty();
}

}  // namespace kinesisd::server::policy
