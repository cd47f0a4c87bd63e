// How clients may speak to the server, and the CA they need to trust it.
#pragma once

#include <optional>
#include <string>

#include "server/admin/answer.hpp"

namespace kinesisd::server::own {

struct Transport {
  std::string authority_pem;  // of the server's own CA; empty: it has none
  // Why it has none, as a sentence.
  std::string no_authority = "TLS is off, so there is no CA to be trusted; --tls on starts it.";
  bool tls_only = false;
};

// GET ca.pem: the CA's certificate, as AWS_CA_BUNDLE and its like want it.
Answer answer_authority(Call& call);

// What a request in plain text is answered where only TLS is served, or nullopt where TLS is optional or was
// used. Not asked for what everyone may read.
std::optional<Response> refuse_plain_text(const Request& request, const Transport& transport);

}  // namespace kinesisd::server::own
