// The names and addresses by which clients reach this machine, as certificates spell them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kinesisd::server::tls {

// A host name in lower case, or an address.
struct Name {
  std::string text;
  std::string address = {};  // 4 or 16 bytes in network order; empty: it is a host name

  friend bool operator==(const Name&, const Name&) = default;
};

// A host name as a client may ask for it: labels of letters, digits, - and _, at most 253 characters. A dot
// at the end is dropped. nullopt: it is none, or an address.
std::optional<std::string> host_name(std::string_view text);

// What --tls-name may say: a host name, one whose first label is *, or an address.
std::optional<Name> parse_name(std::string_view text);

// What every certificate names: the usual names of a local Kinesis, the machine's own name and addresses, and
// `more`. None twice. Names with a wildcard come last, because some clients stop reading at one they do not
// like.
std::vector<Name> default_names(const std::vector<Name>& more);

}  // namespace kinesisd::server::tls
