#include "server/cli/aws/skeleton.hpp"

#include <string>

namespace kinesisd::server::aws {

namespace {

using document::Kind;
using document::Value;
using protocol::ShapeKind;

Value empty_of(Kind kind, std::string text = {}) {
  Value out;
  out.kind = kind;
  out.text = std::move(text);
  return out;
}

}  // namespace

Value skeleton_of(const protocol::Shape& shape) {
  switch (shape.kind) {
    case ShapeKind::structure: {
      Value out = empty_of(Kind::object);
      for (const protocol::MemberShape& member : shape.members)
        out.members.push_back({std::string(member.name), skeleton_of(*member.shape)});
      return out;
    }
    case ShapeKind::list: {
      Value out = empty_of(Kind::list);
      out.items.push_back(skeleton_of(*shape.item));
      return out;
    }
    case ShapeKind::text_map: {
      Value out = empty_of(Kind::object);
      out.members.push_back({"KeyName", empty_of(Kind::text)});
      return out;
    }
    case ShapeKind::integer:
      return empty_of(Kind::integer);
    case ShapeKind::boolean: {
      Value out = empty_of(Kind::boolean);
      out.boolean = true;
      return out;
    }
    case ShapeKind::timestamp:
      return empty_of(Kind::text, "1970-01-01T00:00:00");
    case ShapeKind::blob:
      return empty_of(Kind::null);
    case ShapeKind::text:
      break;
  }
  return empty_of(Kind::text);
}

}  // namespace kinesisd::server::aws
