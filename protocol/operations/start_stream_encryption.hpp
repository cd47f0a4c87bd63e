// Encrypts what is put into a stream from now on.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/stream_encryption.hpp"

namespace kinesisd::protocol {

struct StartStreamEncryption {
  static constexpr std::string_view name = "StartStreamEncryption";

  struct Request : StreamEncryptionRequest {};

  using Response = Void;
};

}  // namespace kinesisd::protocol
