// What is written as JSON and read again is the same, whatever the values.
#include <array>
#include <catch2/catch.hpp>
#include <limits>
#include <random>

#include "protocol/decode.hpp"
#include "protocol/encode.hpp"
#include "protocol/operations.hpp"

namespace kinesisd::protocol {

namespace {

// Values at random, of every type that members of requests have.
class Values {
 public:
  explicit Values(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>{0, end - 1}(random_);
  }

  void fill(std::string& out) {
    static constexpr std::array<std::string_view, 12> pieces{
        "a", "\"", "\\", "/", "\n", "\x01", "\x7F", "é", "\xE2\x80\xA8", "\xEF\xBF\xBF", "\xF0\x9F\x98\x80",
        " "};
    for (auto count = below(9); count > 0; --count) out += pieces[below(pieces.size())];
  }
  void fill(Blob& out) {
    for (auto count = below(9); count > 0; --count) out.bytes += static_cast<char>(below(256));
  }
  void fill(bool& out) { out = below(2) == 0; }
  void fill(std::int32_t& out) {
    out = static_cast<std::int32_t>(
        integer(std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
  }
  void fill(std::int64_t& out) {
    out = integer(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
  }
  void fill(Timestamp& out) {
    out = Timestamp{std::chrono::milliseconds{integer(-62'135'596'800'000, 253'402'300'799'999)}};
  }
  void fill(std::map<std::string, std::string>& out) {
    for (auto count = below(4); count > 0; --count) {
      std::string key;
      fill(key);
      fill(out[key]);
    }
  }
  template <class T>
  requires std::is_enum_v<T>
  void fill(T& out) { out = enum_values<T>[below(enum_size<T>)]; }
  template <class T>
  void fill(std::vector<T>& out) {
    out.resize(below(4));
    for (T& item : out) fill(item);
  }
  template <class T>
  void fill(std::optional<T>& out) {
    if (below(2) == 0) fill(out.emplace());
  }
  template <Structure T>
  void fill(T& out) {
    for_each_field<T>([&](const auto& field) { fill(out.*field.member); });
  }

 private:
  std::int64_t integer(std::int64_t min, std::int64_t max) {
    const std::array<std::int64_t, 5> edges{min, max, 0, -1, 1};
    if (below(2) == 0) return edges[below(edges.size())];
    return std::uniform_int_distribution<std::int64_t>{min, max}(random_);
  }

  std::mt19937 random_;
};

template <class Request>
std::string json_of(const Request& request) {
  std::string json;
  json::Writer writer(json);
  write(request, writer);
  return json;
}

}  // namespace

TEST_CASE("Every request that is written as JSON is read as it was") {
  for (unsigned seed = 0; seed < 100; ++seed) {
    Values values(seed);
    for_each_type(Operations{}, [&]<class Op>() {
      typename Op::Request written;
      values.fill(written);
      const std::string json = json_of(written);
      INFO(Op::name << " with seed " << seed << ": " << json);
      std::string text = json;
      const auto tree = parse(text, Encoding::json);
      REQUIRE(tree);
      // Whether the values keep to AWS's limits is another question.
      Decoder decoder(Encoding::json, Lifting::none);
      typename Op::Request read;
      REQUIRE(read_members(decoder, tree.value().root(), nullptr, read));
      REQUIRE(json_of(read) == json);
    });
  }
}

}  // namespace kinesisd::protocol
