// What starts or stops the encryption of a stream.
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/encryption_type.hpp"

namespace kinesisd::protocol {

struct StreamEncryptionRequest {
  std::optional<std::string> stream_name{};
  EncryptionType encryption_type{};
  std::string key_id{};
  std::optional<std::string> stream_arn{};
  std::optional<std::string> stream_id{};

  static constexpr auto fields() {
    return std::tuple{
        field("StreamName", &StreamEncryptionRequest::stream_name, shapes::stream_name),
        field("EncryptionType", &StreamEncryptionRequest::encryption_type),
        field("KeyId", &StreamEncryptionRequest::key_id, shapes::key_id),
        field("StreamARN", &StreamEncryptionRequest::stream_arn, shapes::stream_arn),
        field("StreamId", &StreamEncryptionRequest::stream_id, shapes::stream_id),
    };
  }
};

}  // namespace kinesisd::protocol
