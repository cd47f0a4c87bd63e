// Leaves what is put into a stream from now on as it is.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StopStreamEncryption.html
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/stream_encryption.hpp"

namespace kinesisd::protocol {

struct StopStreamEncryption {
  static constexpr std::string_view name = "StopStreamEncryption";

  struct Request : StreamEncryptionRequest {};

  using Response = Void;
};

}  // namespace kinesisd::protocol
