// The callers a server knows by name: access keys with their secrets, as AWS's credentials files hold them.
// Knows nothing of requests and signatures.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kinesisd::server {

struct Credential {
  std::string secret;
  std::string session_token;  // empty: a long-term key, which is sent without one

  friend bool operator==(const Credential&, const Credential&) = default;
};

class Credentials {
 public:
  using ByAccessKey = std::map<std::string, Credential, std::less<>>;

  explicit Credentials(ByAccessKey known) : known_(std::move(known)) {}

  // nullptr: nobody has this key. Any thread may ask; valid as long as the store.
  const Credential* find(std::string_view access_key_id) const {
    const auto found = known_.find(access_key_id);
    return found == known_.end() ? nullptr : &found->second;
  }
  std::size_t size() const { return known_.size(); }

 private:
  ByAccessKey known_;
};

// One sentence for the user: the file, the line, what to do. Never a secret.
struct CredentialsError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A larger file is refused.
inline constexpr std::size_t credentials_file_bytes_max = 1U << 20;

// Of an ini file with [profile] sections those that have a key and a secret; others, such as roles to assume,
// are passed over. Throws CredentialsError, in which `file` stands as the file's name.
Credentials parse_credentials(std::string_view text, const std::string& file);

Credentials read_credentials(const std::string& file);

}  // namespace kinesisd::server
