// Which web pages may read the API's answers. AWS lets all of them, and needs a secret for every call; here
// any credentials will do, so that a stranger's page in a developer's browser could list, read and write
// streams.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/http_message.hpp"
#include "server/support/log.hpp"

namespace kinesisd::server {

inline constexpr std::string_view every_origin = "*";  // as --cors-origin has it

inline constexpr std::size_t origins_told_max = 100;

class Cors {
 public:
  // Besides those that cannot be a stranger's (server/http/web_origin.hpp): origins as parse_origin gives
  // them, or every_origin.
  Cors(std::vector<std::string> origins, Log& log);

  // Takes what CORS asked for out of the answer when the request comes from a page of another origin, and
  // says once in the log which flag admits that. Any thread.
  void restrain(const Request& request, Response& response);

  bool admits(std::string_view origin) const;

 private:
  void tell(const std::string& origin);

  std::vector<std::string> origins_;
  Log& log_;
  std::mutex mutex_;
  std::set<std::string> told_;  // at most origins_told_max
};

}  // namespace kinesisd::server
