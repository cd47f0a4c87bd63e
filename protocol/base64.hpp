// Standard base64 with padding, as blobs are written in JSON. Strict: what AWS refuses does not decode.
#pragma once

#include <string>
#include <string_view>

namespace kinesisd::protocol::base64 {

// Appends the encoding of `bytes`.
void encode(std::string_view bytes, std::string& out);

// Replaces `out` by what `text` encodes. False when it encodes nothing: `problem` then says why.
bool decode(std::string_view text, std::string& out);

// AWS's words for a text that does not decode.
std::string problem(std::string_view text);

}  // namespace kinesisd::protocol::base64
