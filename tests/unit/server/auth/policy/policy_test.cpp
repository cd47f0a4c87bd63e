// What PutResourcePolicy takes, and what it says about the rest.
#include "server/auth/policy/policy.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "server/support/limits.hpp"

namespace kinesisd::server::policy {

namespace {

constexpr const char* stream = "arn:aws:kinesis:us-east-1:111111111111:stream/orders";

// A policy of one statement that lets everybody do everything, but for what `parts` say instead.
struct Parts {
  std::string effect = R"("Effect":"Allow")";
  std::string principal = R"("Principal":"*")";
  std::string action = R"("Action":"*")";
  std::string resource = R"("Resource":"*")";
  std::string more{};
};

std::string statement(const Parts& parts) {
  return "{" + parts.effect + "," + parts.principal + "," + parts.action + "," + parts.resource + parts.more +
         "}";
}

std::string policy_of(const Parts& parts) {
  return R"({"Version":"2012-10-17","Statement":)" + statement(parts) + "}";
}

struct Row {
  const char* why;
  std::string json;
  std::string expected;
};

}  // namespace

TEST_CASE("a policy may say the same in many ways") {
  const std::string json = GENERATE(values<std::string>({
      policy_of({}),
      R"({"Statement":[)" + statement({}) + "," + statement({}) + "]}",
      R"({"Version":"2008-10-17","Id":"shared","Statement":[)" + statement({}) + "]}",
      policy_of({.effect = R"("Effect":"Deny")"}),
      policy_of({.principal = R"("Principal":{"AWS":"*"})"}),
      policy_of({.principal = R"("Principal":{"AWS":"222222222222"})"}),
      policy_of({.principal = R"("Principal":{"AWS":["222222222222","arn:aws:iam::333333333333:root"]})"}),
      policy_of({.principal = R"("Principal":{"AWS":"arn:aws:iam::222222222222:user/team/ann"})"}),
      policy_of({.principal = R"("Principal":{"AWS":"arn:aws-cn:iam::222222222222:role/reader"})"}),
      policy_of({.principal = R"("Principal":{"AWS":"arn:aws:sts::222222222222:assumed-role/reader/one"})"}),
      policy_of({.principal = R"("Principal":{"AWS":"arn:aws:sts::222222222222:federated-user/ann"})"}),
      policy_of({.principal = R"("Principal":{"Service":["lambda.amazonaws.com"],"AWS":"222222222222"})"}),
      policy_of({.principal = R"("Principal":{"Federated":"cognito-identity.amazonaws.com"})"}),
      policy_of({.effect = R"("Effect":"Deny")", .principal = R"("NotPrincipal":{"AWS":"222222222222"})"}),
      policy_of({.action = R"("Action":["kinesis:PutRecord","Kinesis:Get*"])"}),
      policy_of({.action = R"("NotAction":"kinesis:DeleteStream")"}),
      policy_of({.resource = R"("Resource":["arn:aws:kinesis:*:111111111111:stream/*","*"])"}),
      policy_of({.resource = R"("NotResource":"arn:aws:kinesis:*:111111111111:stream/other")"}),
      policy_of({.more = R"(,"Sid":"one","Condition":{})"}),
      policy_of({.more = R"(,"Condition":{"StringEquals":{"aws:SourceAccount":["1","2"]}})"}),
      policy_of({.more = R"(,"Condition":{"Bool":{"aws:SecureTransport":false}})"}),
      policy_of({.more = R"(,"Condition":{"NumericLessThan":{"aws:Number":[1,1.5,"2"]}})"}),
      policy_of({.more = R"(,"Condition":{"StringLike":{"aws:PrincipalTag/team":"a*"}})"}),
      R"({"Statement":[)" + statement({.more = R"(,"Sid":"")"}) + "," + statement({.more = R"(,"Sid":"")"}) +
          "]}",
  }));
  INFO(json);
  const auto parsed = parse_policy(json);
  INFO((parsed ? "" : parsed.error().message));
  CHECK(parsed);
}

TEST_CASE("a statement keeps what it says") {
  const auto parsed = parse_policy(policy_of({
      .effect = R"("Effect":"Deny")",
      .principal = R"("NotPrincipal":{"AWS":["222222222222","arn:aws:iam::333333333333:root",)"
                   R"("arn:aws:iam::333333333333:role/reader"],"Service":"lambda.amazonaws.com"})",
      .action = R"("Action":["kinesis:Put*"])",
      .resource = R"("NotResource":"*")",
      .more = R"(,"Condition":{"ForAnyValue:StringLikeIfExists":{"aws:SourceArn":["a",true,7]}})",
  }));
  REQUIRE(parsed);
  REQUIRE(parsed.value().statements.size() == 1);
  const Statement& statement = parsed.value().statements.front();
  CHECK(statement.effect == Effect::deny);
  CHECK(statement.principals.negated);
  CHECK_FALSE(statement.principals.named.anyone);
  CHECK(statement.principals.named.accounts == std::vector<std::string>{"222222222222", "333333333333"});
  CHECK(statement.principals.named.identities ==
        std::vector<std::string>{"arn:aws:iam::333333333333:role/reader"});
  CHECK_FALSE(statement.actions.negated);
  CHECK(statement.actions.named == std::vector<std::string>{"kinesis:Put*"});
  CHECK(statement.resources.negated);
  REQUIRE(statement.conditions.size() == 1);
  const Condition& condition = statement.conditions.front();
  CHECK(condition.op.comparison->name == "StringLike");
  CHECK(condition.op.among == Among::any_value);
  CHECK(condition.op.if_exists);
  CHECK(condition.key == "aws:sourcearn");
  CHECK(condition.values == std::vector<std::string>{"a", "true", "7"});
}

TEST_CASE("a malformed policy is refused with the reason") {
  const Row row = GENERATE(values<Row>({
      {"no JSON", "policy", "It is not JSON."},
      {"no text at all", "", "It is not JSON."},
      {"cut short", R"({"Statement":)", "It is not JSON."},
      {"two values", "{} {}", "It is not JSON."},
      {"too deep", std::string(40, '['), "It is not JSON."},
      {"a list", "[]", "a policy must be an object."},
      {"no statement", "{}", "Statement is missing."},
      {"an empty list of statements", R"({"Statement":[]})", "Statement must not be empty."},
      {"a statement that is a text", R"({"Statement":"all"})", "Statement 1: a statement must be an object."},
      {"an unknown element", R"({"Statement":[],"Owner":"me"})", "a policy has the unknown element Owner."},
      {"an element in the wrong case", R"({"statement":[]})", "a policy has the unknown element statement."},
      {"an element twice", R"({"Statement":[],"Statement":[]})", "a policy has Statement twice."},
      {"another version", R"({"Version":"2020-01-01","Statement":[]})",
       "Version must be 2012-10-17 or 2008-10-17."},
      {"a version that is no text", R"({"Version":20121017,"Statement":[]})",
       "Version must be 2012-10-17 or 2008-10-17."},
      {"an id that is no text", R"({"Id":1,"Statement":[]})", "Id must be a string."},
      {"the second statement", R"({"Statement":[)" + statement({}) + ",{}]}",
       "Statement 2: Effect must be Allow or Deny."},
      {"an unknown element of a statement", policy_of({.more = R"(,"Priority":1)"}),
       "Statement 1: a statement has the unknown element Priority."},
      {"an effect in the wrong case", policy_of({.effect = R"("Effect":"allow")"}),
       "Statement 1: Effect must be Allow or Deny."},
      {"an effect that is no text", policy_of({.effect = R"("Effect":true)"}),
       "Statement 1: Effect must be Allow or Deny."},
      {"a Sid that is no text", policy_of({.more = R"(,"Sid":1)"}), "Statement 1: Sid must be a string."},
      {"a Sid twice",
       R"({"Statement":[)" + statement({.more = R"(,"Sid":"a")"}) + "," +
           statement({.more = R"(,"Sid":"a")"}) + "]}",
       "Statement 2: the Sid a is taken."},
  }));
  INFO(row.why);
  const auto parsed = parse_policy(row.json);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().type == protocol::ErrorType::InvalidArgumentException);
  CHECK(parsed.error().message == "The resource policy is malformed. " + row.expected);
}

TEST_CASE("principals that IAM does not know are refused") {
  const Row row = GENERATE(values<Row>({
      {"none", R"("Sid":"a")", "exactly one of Principal and NotPrincipal must be given."},
      {"both", R"("Principal":"*","NotPrincipal":"*")",
       "exactly one of Principal and NotPrincipal must be given."},
      {"a text other than the star", R"("Principal":"222222222222")", "Principal must be an object."},
      {"an empty object", R"("Principal":{})", "Principal must not be empty."},
      {"an empty list", R"("Principal":{"AWS":[]})", "AWS must not be empty."},
      {"no text", R"("Principal":{"AWS":222222222222})", "AWS must be a string or a list of strings."},
      {"an unknown kind", R"("Principal":{"CanonicalUser":"a"})", "CanonicalUser: a is no principal."},
      {"a short account", R"("Principal":{"AWS":"22222222222"})", "AWS: 22222222222 is no principal."},
      {"an account of letters", R"("Principal":{"AWS":"22222222222a"})",
       "AWS: 22222222222a is no principal."},
      {"a group", R"("Principal":{"AWS":"arn:aws:iam::222222222222:group/a"})",
       "AWS: arn:aws:iam::222222222222:group/a is no principal."},
      {"a role without a name", R"("Principal":{"AWS":"arn:aws:iam::222222222222:role/"})",
       "AWS: arn:aws:iam::222222222222:role/ is no principal."},
      {"a pattern", R"("Principal":{"AWS":"arn:aws:iam::222222222222:role/*"})",
       "AWS: arn:aws:iam::222222222222:role/* is no principal."},
      {"another service's ARN", R"("Principal":{"AWS":"arn:aws:s3::222222222222:role/a"})",
       "AWS: arn:aws:s3::222222222222:role/a is no principal."},
      {"an ARN with a region", R"("Principal":{"AWS":"arn:aws:iam:us-east-1:222222222222:root"})",
       "AWS: arn:aws:iam:us-east-1:222222222222:root is no principal."},
      {"a service without a host", R"("Principal":{"Service":"lambda"})", "Service: lambda is no principal."},
      {"every service", R"("Principal":{"Service":"*"})", "Service: * is no principal."},
      {"no identity provider", R"("Principal":{"Federated":""})", "Federated:  is no principal."},
      {"all but somebody, allowed", R"("NotPrincipal":{"AWS":"222222222222"})",
       "NotPrincipal cannot be allowed."},
  }));
  INFO(row.why);
  const auto parsed = parse_policy(policy_of({.principal = row.json}));
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().message == "The resource policy is malformed. Statement 1: " + row.expected);
}

TEST_CASE("actions and resources must be some of Kinesis") {
  const Row row = GENERATE(values<Row>({
      {"no action", R"("Resource":"*")", "exactly one of Action and NotAction must be given."},
      {"both actions", R"("Action":"*","NotAction":"*","Resource":"*")",
       "exactly one of Action and NotAction must be given."},
      {"no texts", R"("Action":{},"Resource":"*")", "Action must be a string or a list of strings."},
      {"a list in a list", R"("Action":[["*"]],"Resource":"*")",
       "Action must be a string or a list of strings."},
      {"an empty list", R"("Action":[],"Resource":"*")", "Action must not be empty."},
      {"another service", R"("Action":"s3:GetObject","Resource":"*")",
       "s3:GetObject is no action of Kinesis."},
      {"no service", R"("Action":"PutRecord","Resource":"*")", "PutRecord is no action of Kinesis."},
      {"a pattern for services", R"("Action":"*:PutRecord","Resource":"*")",
       "*:PutRecord is no action of Kinesis."},
      {"no name", R"("Action":"kinesis:","Resource":"*")", "kinesis: is no action of Kinesis."},
      {"no resource", R"("Action":"*")", "exactly one of Resource and NotResource must be given."},
      {"a name", R"("Action":"*","Resource":"orders")", "orders is no ARN."},
      {"half an ARN", R"("Action":"*","Resource":"arn:aws:kinesis:*")", "arn:aws:kinesis:* is no ARN."},
      {"an empty resource", R"("Action":"*","Resource":[])", "Resource must not be empty."},
  }));
  INFO(row.why);
  const auto parsed = parse_policy(R"({"Statement":{"Effect":"Allow","Principal":"*",)" + row.json + "}}");
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().message == "The resource policy is malformed. Statement 1: " + row.expected);
}

TEST_CASE("conditions that IAM does not know are refused") {
  const Row row = GENERATE(values<Row>({
      {"a list", "[]", "Condition must be an object."},
      {"an unknown operator", R"({"StringMatches":{"aws:SourceArn":"a"}})",
       "the condition operator StringMatches is unknown."},
      {"an operator twice", R"({"Bool":{},"Bool":{}})", "Condition has Bool twice."},
      {"an operator without keys", R"({"StringEquals":"a"})", "StringEquals must be an object."},
      {"a key twice", R"({"StringEquals":{"aws:A":"a","aws:A":"b"}})", "StringEquals has aws:A twice."},
      {"a key of nobody", R"({"StringEquals":{"SourceArn":"a"}})", "the condition key SourceArn is unknown."},
      {"a key without a name", R"({"StringEquals":{"aws:":"a"}})", "the condition key aws: is unknown."},
      {"no value", R"({"StringEquals":{"aws:A":null}})", "aws:A must be a string or a list of strings."},
      {"an object as the value", R"({"StringEquals":{"aws:A":{}}})",
       "aws:A must be a string or a list of strings."},
      {"no values", R"({"StringEquals":{"aws:A":[]}})", "aws:A must not be empty."},
      {"neither true nor false", R"({"Bool":{"aws:SecureTransport":["true","yes"]}})",
       "Bool of aws:SecureTransport must be true or false."},
      {"neither absent nor there", R"({"Null":{"aws:A":"1"}})", "Null of aws:A must be true or false."},
  }));
  INFO(row.why);
  const auto parsed = parse_policy(policy_of({.more = ",\"Condition\":" + row.json}));
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().message == "The resource policy is malformed. Statement 1: " + row.expected);
}

TEST_CASE("a policy is about what it is attached to") {
  struct About {
    const char* why;
    std::string resource;
    bool taken;
  };
  const About row = GENERATE(values<About>({
      {"the stream", "\"Resource\":\"" + std::string(stream) + "\"", true},
      {"among others", R"("Resource":["arn:aws:kinesis:us-east-1:111111111111:stream/a","*"])", true},
      {"a pattern of it", R"("Resource":"arn:aws:kinesis:*:*:stream/ord*")", true},
      {"all but another", R"("NotResource":"arn:aws:kinesis:*:*:stream/a")", true},
      {"another stream", R"("Resource":"arn:aws:kinesis:us-east-1:111111111111:stream/order")", false},
      {"another account's", R"("Resource":"arn:aws:kinesis:us-east-1:222222222222:stream/orders")", false},
      {"all but this", R"("NotResource":"*")", false},
  }));
  INFO(row.why);
  const std::string json = policy_of({.resource = row.resource});
  CHECK(parse_policy(json));
  const auto parsed = parse_policy(json, stream);
  CHECK(parsed.has_value() == row.taken);
  if (!parsed) {
    CHECK(parsed.error().message ==
          "The resource policy is malformed. Statement 1: its Resource is not " + std::string(stream) + ".");
  }
}

TEST_CASE("a policy has at most so many bytes") {
  std::string json = policy_of({});
  json.append(limits.policy_bytes - json.size(), ' ');
  CHECK(parse_policy(json));
  json += ' ';
  const auto parsed = parse_policy(json);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().message == "The resource policy exceeds the maximum size of 20480 bytes.");
}

}  // namespace kinesisd::server::policy
