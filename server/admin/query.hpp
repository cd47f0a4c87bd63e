// What stands behind the question mark of a path. Knows no parameter of its own.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kinesisd::server::own {

// What is wrong with a query throws a document::Problem, as does what is read of it and has no sense.
class Query {
 public:
  // `name=value&...`, percent-encoded, with none but these names.
  Query(std::string_view text, std::initializer_list<std::string_view> names);

  // nullopt: not there.
  std::optional<std::string> text(std::string_view name) const;
  std::int64_t number(std::string_view name, std::int64_t otherwise, std::int64_t min,
                      std::int64_t max) const;
  bool boolean(std::string_view name, bool otherwise) const;
  // Where it stands among `words`; 0 when it is not there.
  std::size_t choice(std::string_view name, std::initializer_list<std::string_view> words) const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

}  // namespace kinesisd::server::own
