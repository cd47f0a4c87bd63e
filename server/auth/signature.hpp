// AWS's Signature Version 4: verified (whose request it is, and that it is as its sender made it), and made
// for requests of our own. Pure: knows no clock and no files.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "server/auth/authentication.hpp"
#include "server/auth/credentials.hpp"
#include "server/http/http_message.hpp"

namespace kinesisd::server {

// What signatures are held against.
struct Verification {
  const Credentials& credentials;
  std::chrono::sys_seconds now;          // of the wall clock, as the clients' are
  std::string_view service = "kinesis";  // that the credentials are to be made for
};

// What a signature covers of the body: to be taken before the body is parsed in place.
std::string payload_hash(const Request& request);

// Success, or the error AWS answers credentials or a signature with that do not hold. The request must have
// all of its headers.
protocol::Result<void> verify_signature(const Request& request, const Claim& claim,
                                        std::string_view payload_hash, const Verification& verification);

// Who signs, and for what.
struct Signer {
  std::string access_key_id;
  Credential credential;
  std::string region;
  std::string service = "kinesis";
};

// Adds the headers that say when and by whom the request was made. It must have all others, `host` among
// them; all of them are signed. Header names are lower case.
void sign(Request& request, const Signer& signer, std::chrono::sys_seconds now);

}  // namespace kinesisd::server
