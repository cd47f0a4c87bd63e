#include "server/settings/settings_file.hpp"

#include <fmt/core.h>

#include "server/document/reader.hpp"

namespace kinesisd::server {

namespace {

std::string scalar(const document::Item& item) {
  const document::Value& value = item.value();
  switch (value.kind) {
    case document::Kind::text:
      return value.text;
    case document::Kind::integer:
    case document::Kind::real:
    case document::Kind::boolean:
    case document::Kind::date:
      return document::shown(value, document::Format::toml);
    default:
      item.refuse("write a text or a number");
  }
}

}  // namespace

std::vector<FileSetting> read_settings_file(const std::string& path) {
  const document::Document file = document::read_file(path, "--config");
  std::vector<FileSetting> out;
  for (const auto& [name, item] : document::root(file).entries()) {
    FileSetting& setting = out.emplace_back(FileSetting{name, {}, item.is_list(), item.place()});
    if (item.is_object()) {
      throw document::Problem(
          fmt::format("{}[{}]: there are no sections; remove the line.", setting.place, name));
    }
    if (item.is_list()) {
      for (const document::Item& each : item.list()) setting.values.push_back(scalar(each));
    } else {
      setting.values.push_back(scalar(item));
    }
  }
  return out;
}

}  // namespace kinesisd::server
