// The tables compared with AWS's own description of the service, both ways. The description comes from an
// installed botocore: KINESISD_SERVICE_MODEL names the (unzipped) file.
#include <fmt/format.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "tests/unit/protocol/declared_operations.hpp"

namespace kinesisd::protocol {

namespace {

using Value = rapidjson::Value;

// How the tables go beyond the pinned model: AWS has added this since.
const std::set<std::string> known_differences{
    "CreateStream request.RecordDistributionStrategy is not in the model",
    "DescribeLimits response.ChannelCount is not in the model",
    "DescribeLimits response.ChannelCountLimit is not in the model",
    "DescribeStreamSummary response.StreamDescriptionSummary.ChannelCount is not in the model",
    "DescribeStreamSummary response.StreamDescriptionSummary.RecordDistributionStrategy is not in the model",
    "GetRecords request.DryRun is not in the model",
    "GetRecords response.Records[].PartitionKey is required in the model",
    "GetShardIterator request.DryRun is not in the model",
    "PutRecord request.DryRun is not in the model",
    "PutRecords request.DryRun is not in the model",
    "SubscribeToShard event.ContinuationSequenceNumber is required in the model",
    "SubscribeToShard event.Records[].PartitionKey is required in the model",
    "SubscribeToShard request.DryRun is not in the model",
    "UpdateStreamRecordDistributionStrategy is not in the model",
};

std::optional<rapidjson::Document> model_from(const char* variable) {
  const char* path = std::getenv(variable);
  if (path == nullptr) return std::nullopt;
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  rapidjson::Document model;
  model.Parse(text.str().c_str());
  if (model.HasParseError()) FAIL(variable << " is " << path << ", which is not a service model in JSON.");
  return model;
}

std::string text_of(const Value& object, const char* member) {
  return object.HasMember(member) ? object[member].GetString() : "";
}

std::optional<std::int64_t> number_of(const Value& object, const char* member) {
  if (!object.HasMember(member)) return std::nullopt;
  return object[member].GetInt64();
}

std::string shown(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : "none";
}

template <class T>
inline constexpr bool is_string_map = std::is_same_v<T, std::map<std::string, std::string>>;
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;

template <class T>
std::string type_name() {
  if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view> || std::is_enum_v<T>) {
    return "string";
  } else if constexpr (std::is_same_v<T, bool>) {
    return "boolean";
  } else if constexpr (std::is_same_v<T, std::int32_t>) {
    return "integer";
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return "long";
  } else if constexpr (std::is_same_v<T, Blob> || std::is_same_v<T, BlobView>) {
    return "blob";
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return "timestamp";
  } else if constexpr (is_string_map<T>) {
    return "map";
  } else if constexpr (is_list<T>) {
    return "list";
  } else {
    static_assert(Structure<T>);
    return "structure";
  }
}

// Collects every difference, so that one run shows them all.
class Comparison {
 public:
  explicit Comparison(const Value& model) : shapes_(model["shapes"]) {}

  template <class T>
  void structure(const std::string& where, const Value& shape) {
    std::set<std::string> ours;
    for_each_field<T>([&](const auto& field) {
      const std::string name(field.name);
      const std::string path = where + "." + name;
      ours.insert(name);
      if (!shape["members"].HasMember(name.c_str())) return differs(path, "is not in the model");
      using Member = typename std::remove_cvref_t<decltype(field)>::Type;
      // The pinned model requires what the newer ones leave to the stream.
      const bool may_be_absent = is_optional<Member> && !field.rules.required_unless_auto;
      if (is_required(shape, name) == may_be_absent) {
        differs(path, may_be_absent ? "is required in the model" : "is optional in the model");
      }
      value<ValueOf<Member>>(path, text_of(shape["members"][name.c_str()], "shape"), field.rules);
    });
    for (const auto& member : shape["members"].GetObject()) {
      if (ours.count(member.name.GetString()) == 0) {
        differs(where + "." + member.name.GetString(), "is missing in the table");
      }
    }
  }

  template <class Op>
  void operation(const Value& model) {
    const std::string name(Op::name);
    named_.insert(name);
    if (!model["operations"].HasMember(name.c_str())) return differs(name, "is not in the model");
    const Value& operation = model["operations"][name.c_str()];
    structure<typename Op::Request>(name + " request", shape(text_of(operation["input"], "shape")));
    if constexpr (Streaming<Op>) {
      structure<typename Op::Event>(name + " event", event_of(operation, std::string(Op::Event::name)));
    } else {
      if (std::is_same_v<typename Op::Response, Void> == operation.HasMember("output")) {
        return differs(name, "has a response on one side only");
      }
      if (operation.HasMember("output")) {
        structure<typename Op::Response>(name + " response", shape(text_of(operation["output"], "shape")));
      }
    }
  }

  // The operations of the model that were not compared.
  void missing_operations(const Value& model) {
    for (const auto& operation : model["operations"].GetObject()) {
      if (named_.count(operation.name.GetString()) == 0) {
        differs(operation.name.GetString(), "is missing in the tables");
      }
    }
  }

  const std::set<std::string>& differences() const { return differences_; }
  int compared() const { return compared_; }

 private:
  const Value& shape(const std::string& name) const { return shapes_[name.c_str()]; }

  // Of the stream that is the only member of the operation's output.
  const Value& event_of(const Value& operation, const std::string& event) const {
    const Value& output = shape(text_of(operation["output"], "shape"));
    const Value& stream = shape(text_of(output["members"].MemberBegin()->value, "shape"));
    return shape(text_of(stream["members"][event.c_str()], "shape"));
  }

  static bool is_required(const Value& shape, const std::string& name) {
    if (!shape.HasMember("required")) return false;
    const auto required = shape["required"].GetArray();
    return std::any_of(required.begin(), required.end(),
                       [&](const Value& member) { return member.GetString() == name; });
  }

  void differs(const std::string& path, const std::string& how) { differences_.insert(path + " " + how); }

  void same(const std::string& path, const std::string& what, const std::string& ours,
            const std::string& models) {
    if (ours != models) differs(path, fmt::format("has {} {}, in the model {}", what, ours, models));
  }

  template <class T>
  void value(const std::string& path, const std::string& shape_name, const Rules& rules) {
    const Value& theirs = shape(shape_name);
    ++compared_;
    same(path, "type", type_name<T>(), text_of(theirs, "type"));
    if (text_of(theirs, "type") != type_name<T>()) return;
    const bool number = std::is_arithmetic_v<T>;
    same(path, "minimum", shown(number ? rules.min_value : rules.min_length),
         shown(number_of(theirs, "min")));
    same(path, "maximum", shown(number ? rules.max_value : rules.max_length),
         shown(number_of(theirs, "max")));
    same(path, "other minimum", shown(number ? rules.min_length : rules.min_value), "none");
    same(path, "other maximum", shown(number ? rules.max_length : rules.max_value), "none");
    same(path, "pattern", rules.pattern == nullptr ? "" : std::string(rules.pattern->text),
         text_of(theirs, "pattern"));
    words<T>(path, theirs);
    if constexpr (Structure<T>) {
      structure<T>(path, theirs);
    } else if constexpr (is_list<T>) {
      value<typename T::value_type>(path + "[]", text_of(theirs["member"], "shape"), rules_of(rules.each));
    } else if constexpr (is_string_map<T>) {
      value<std::string>(path + " keys", text_of(theirs["key"], "shape"), rules_of(rules.keys));
      value<std::string>(path + " values", text_of(theirs["value"], "shape"), rules_of(rules.each));
    }
  }

  template <class T>
  void words(const std::string& path, const Value& theirs) {
    std::set<std::string> ours, models;
    if constexpr (std::is_enum_v<T>) ours.insert(enum_names<T>.begin(), enum_names<T>.end());
    if (theirs.HasMember("enum")) {
      for (const Value& word : theirs["enum"].GetArray()) models.insert(word.GetString());
    }
    same(path, "words", fmt::format("{}", fmt::join(ours, " ")), fmt::format("{}", fmt::join(models, " ")));
  }

  static const Rules& rules_of(const Rules* rules) {
    static constexpr Rules none;
    return rules == nullptr ? none : *rules;
  }

  const Value& shapes_;
  std::set<std::string> named_;
  std::set<std::string> differences_;
  int compared_ = 0;
};

Comparison compared_with(const Value& model) {
  Comparison comparison(model);
  for_each_type(Operations{}, [&]<class Op>() { comparison.operation<Op>(model); });
  for_each_type(DeclaredOperations{}, [&]<class Op>() { comparison.operation<Op>(model); });
  comparison.missing_operations(model);
  return comparison;
}

std::string lines(const std::set<std::string>& texts) {
  return fmt::format("{}\n", fmt::join(texts, "\n"));
}

}  // namespace

TEST_CASE("The tables say what AWS's service model says") {
  const auto model = model_from("KINESISD_SERVICE_MODEL");
  if (!model) {
    FAIL(
        "Set KINESISD_SERVICE_MODEL to botocore's data/kinesis/2013-12-02/service-2.json (unzipped); "
        "tests/run does.");
  }
  const Comparison comparison = compared_with(*model);
  CHECK(lines(comparison.differences()) == lines(known_differences));
  CHECK(comparison.compared() > 300);
}

// Run by name: what a newer model has and the tables lack is work to come, not a failure.
TEST_CASE("What the tables lack of a newer service model is reported", "[.report]") {
  const auto model = model_from("KINESISD_NEWER_SERVICE_MODEL");
  if (!model) {
    SUCCEED("KINESISD_NEWER_SERVICE_MODEL is not set.");
    return;
  }
  std::cout << lines(compared_with(*model).differences());
  SUCCEED("reported");
}

}  // namespace kinesisd::protocol
