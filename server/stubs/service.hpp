// What is known of another service: its names in each protocol, and the one call to it that is answered.
#pragma once

#include <string>
#include <string_view>

namespace kinesisd::server::foreign {

struct Service {
  std::string_view name;          // for people
  std::string_view signing_name;  // in the scope of credentials
  std::string_view version;       // in forms
  std::string_view xml_namespace;
  std::string_view target;  // in X-Amz-Target and in paths; empty: it speaks forms only
  std::string_view operation;
  bool may_be_compressed;  // the operation's body, by the clients
  // The element of an XML answer that holds its members; empty: it has none.
  std::string (*result)(const std::string& account);
};

}  // namespace kinesisd::server::foreign
