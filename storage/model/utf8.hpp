// Whether a text is what clients may be told. Pure.
#pragma once

#include <string_view>

namespace kinesisd::storage {

bool is_utf8(std::string_view text);

}  // namespace kinesisd::storage
