// Any text as a resource policy, and any access to it: it is refused or it is decided. The input is cut in
// two at its first zero byte.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/auth/policy/evaluate.hpp"
#include "server/auth/policy/wildcard.hpp"

using namespace kinesisd::server;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view json = input.substr(0, input.find('\0'));
  const std::string_view arn = json.size() == size ? std::string_view() : input.substr(json.size() + 1);

  const auto parsed = policy::parse_policy(json);
  if (parsed) {
    const auto decision = policy::evaluate(parsed.value(), {.account = "222222222222",
                                                            .identity = "arn:aws:iam::222222222222:root",
                                                            .action = "kinesis:PutRecord",
                                                            .resource = arn,
                                                            .over_tls = true});
    // An allowed one must have a statement that allows.
    bool allows = false;
    for (const auto& statement : parsed.value().statements) {
      allows = allows || statement.effect == policy::Effect::allow;
    }
    if (decision == policy::Decision::allowed && !allows) __builtin_trap();
  }
  if (policy::parse_policy(json, "arn:aws:kinesis:us-east-1:111111111111:stream/a") && !parsed)
    __builtin_trap();

  // Whatever is in it, a text as a pattern matches itself.
  if (!policy::matches(arn, arn)) __builtin_trap();
  (void)policy::matches(json, arn);
  (void)policy::matches_ignoring_case(arn, json);
  (void)policy::arn_matches(json, arn);
  return 0;
}
