#include "server/http/http_message.hpp"

#include <array>

namespace kinesisd::server {

bool keeps_header(std::string_view name) {
  static constexpr std::array<std::string_view, 13> kept = {"accept",
                                                            "access-control-request-headers",
                                                            "access-control-request-method",
                                                            "authorization",
                                                            "content-encoding",
                                                            "content-type",
                                                            "date",
                                                            "host",
                                                            "origin",
                                                            "sec-fetch-site",
                                                            "smithy-protocol",
                                                            "x-amz-date",
                                                            "x-amz-target"};
  return std::find(kept.begin(), kept.end(), name) != kept.end();
}

}  // namespace kinesisd::server
