// Patterns of IAM policies: `*` stands for any characters, `?` for one. Knows nothing of what they are used
// for.
#pragma once

#include <string>
#include <string_view>

namespace kinesisd::server::policy {

// Whether `pattern` is all of `text`. Takes at most pattern times text steps, whatever the pattern.
bool matches(std::string_view pattern, std::string_view text);

// As `matches`, with ASCII letters of either case being the same.
bool matches_ignoring_case(std::string_view pattern, std::string_view text);

// As `matches`, for ARNs: no wildcard reaches across the first five colons. `*` alone is any ARN.
bool arn_matches(std::string_view pattern, std::string_view arn);

// The colon-separated part of `arn` at `index`, counted from 0; 5 is the resource, colons and all. Empty when
// there is no such part.
std::string_view arn_part(std::string_view arn, int index);

// `text` with its ASCII letters in lower case.
std::string lower(std::string_view text);

}  // namespace kinesisd::server::policy
