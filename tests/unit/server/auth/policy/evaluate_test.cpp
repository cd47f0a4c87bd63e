// What a policy decides. The owner is account 1, the caller account 2.
#include "server/auth/policy/evaluate.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace kinesisd::server::policy {

namespace {

constexpr const char* stream = "arn:aws:kinesis:us-east-1:111111111111:stream/orders";
constexpr const char* consumer =
    "arn:aws:kinesis:us-east-1:111111111111:stream/orders/consumer/app:1700000000";

constexpr Access put{.account = "222222222222",
                     .identity = "arn:aws:iam::222222222222:root",
                     .action = "kinesis:PutRecord",
                     .resource = stream};

Decision decide(const std::string& statements, const Access& access) {
  const auto parsed = parse_policy(R"({"Version":"2012-10-17","Statement":)" + statements + "}");
  INFO((parsed ? "" : parsed.error().message));
  REQUIRE(parsed);
  return evaluate(parsed.value(), access);
}

struct Row {
  const char* why;
  const char* json;
  Decision expected;
};

constexpr auto allowed = Decision::allowed;
constexpr auto denied = Decision::explicitly_denied;
constexpr auto silent = Decision::not_allowed;

}  // namespace

TEST_CASE("a statement is for those its principal names") {
  const Row row = GENERATE(values<Row>({
      {"everybody", R"("*")", allowed},
      {"everybody, spelt out", R"({"AWS":"*"})", allowed},
      {"the account", R"({"AWS":"222222222222"})", allowed},
      {"the account as an ARN", R"({"AWS":"arn:aws:iam::222222222222:root"})", allowed},
      {"the account among others", R"({"AWS":["333333333333","222222222222"]})", allowed},
      {"another account", R"({"AWS":"333333333333"})", silent},
      {"a role of the account, which the caller is not", R"({"AWS":"arn:aws:iam::222222222222:role/reader"})",
       silent},
      {"a service", R"({"Service":"lambda.amazonaws.com"})", silent},
  }));
  INFO(row.why);
  const std::string rest = R"("Effect":"Allow","Action":"kinesis:PutRecord","Resource":"*"})";
  CHECK(decide(R"({"Principal":)" + std::string(row.json) + "," + rest, put) == row.expected);
}

TEST_CASE("a caller that is a role is known by its ARN and by its account") {
  Access access = put;
  access.identity = "arn:aws:iam::222222222222:role/reader";
  const std::string rest = R"("Effect":"Allow","Action":"*","Resource":"*"})";
  CHECK(decide(R"({"Principal":{"AWS":"arn:aws:iam::222222222222:role/reader"},)" + rest, access) == allowed);
  CHECK(decide(R"({"Principal":{"AWS":"arn:aws:iam::222222222222:role/writer"},)" + rest, access) == silent);
  CHECK(decide(R"({"Principal":{"AWS":"arn:aws:iam::222222222222:root"},)" + rest, access) == allowed);
}

TEST_CASE("a statement is about the actions and resources it names") {
  const Row row = GENERATE(values<Row>({
      {"all actions", R"("Action":"*","Resource":"*")", allowed},
      {"all of Kinesis", R"("Action":"kinesis:*","Resource":"*")", allowed},
      {"the action", R"("Action":"kinesis:PutRecord","Resource":"*")", allowed},
      {"the action in another case", R"("Action":"KINESIS:putrecord","Resource":"*")", allowed},
      {"the action among others", R"("Action":["kinesis:GetRecords","kinesis:PutRecord"],"Resource":"*")",
       allowed},
      {"a pattern", R"("Action":"kinesis:Put*","Resource":"*")", allowed},
      {"a pattern with a question mark", R"("Action":"kinesis:?utRecord","Resource":"*")", allowed},
      {"a longer action", R"("Action":"kinesis:PutRecords","Resource":"*")", silent},
      {"another action", R"("Action":"kinesis:Get*","Resource":"*")", silent},
      {"all but another action", R"("NotAction":"kinesis:Get*","Resource":"*")", allowed},
      {"all but this action", R"("NotAction":["kinesis:Get*","kinesis:Put*"],"Resource":"*")", silent},
      {"the stream", R"("Action":"*","Resource":"arn:aws:kinesis:us-east-1:111111111111:stream/orders")",
       allowed},
      {"a pattern of the stream", R"("Action":"*","Resource":"arn:aws:kinesis:*:111111111111:stream/o*")",
       allowed},
      {"another stream", R"("Action":"*","Resource":"arn:aws:kinesis:us-east-1:111111111111:stream/order")",
       silent},
      {"another region's",
       R"("Action":"*","Resource":"arn:aws:kinesis:us-west-2:111111111111:stream/orders")", silent},
      {"its consumers", R"("Action":"*","Resource":"arn:aws:kinesis:*:*:stream/orders/consumer/*")", silent},
      {"all but its consumers",
       R"("Action":"*","NotResource":"arn:aws:kinesis:*:*:stream/orders/consumer/*")", allowed},
      {"all but the stream", R"("Action":"*","NotResource":"arn:aws:kinesis:*:*:stream/orders")", silent},
  }));
  INFO(row.why);
  CHECK(decide(R"({"Effect":"Allow","Principal":"*",)" + std::string(row.json) + "}", put) == row.expected);
}

TEST_CASE("a consumer is a resource of its own") {
  Access access = put;
  access.action = "kinesis:SubscribeToShard";
  access.resource = consumer;
  const std::string begin = R"({"Effect":"Allow","Principal":"*","Action":"*","Resource":)";
  CHECK(decide(begin + "\"" + stream + "\"}", access) == silent);
  CHECK(decide(begin + "\"" + stream + "/*\"}", access) == allowed);
  CHECK(decide(begin + "\"" + consumer + "\"}", access) == allowed);
}

TEST_CASE("a deny wins, wherever it stands") {
  constexpr const char* allow = R"({"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"})";
  const Row row = GENERATE(values<Row>({
      {"after the allow", R"({"Effect":"Deny","Principal":"*","Action":"kinesis:Put*","Resource":"*"})",
       denied},
      {"of another action", R"({"Effect":"Deny","Principal":"*","Action":"kinesis:Get*","Resource":"*"})",
       allowed},
      {"of all but another action",
       R"({"Effect":"Deny","Principal":"*","NotAction":"kinesis:Get*","Resource":"*"})", denied},
      {"of another account",
       R"({"Effect":"Deny","Principal":{"AWS":"333333333333"},"Action":"*","Resource":"*"})", allowed},
      {"of all but this account",
       R"({"Effect":"Deny","NotPrincipal":{"AWS":"222222222222"},"Action":"*","Resource":"*"})", allowed},
      {"of all but another account",
       R"({"Effect":"Deny","NotPrincipal":{"AWS":"333333333333"},"Action":"*","Resource":"*"})", denied},
      {"of those without TLS",
       R"({"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",)"
       R"("Condition":{"Bool":{"aws:SecureTransport":"false"}}})",
       denied},
      {"of what comes from elsewhere, which is unknown of all",
       R"({"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",)"
       R"("Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}})",
       denied},
  }));
  INFO(row.why);
  CHECK(decide("[" + std::string(allow) + "," + row.json + "]", put) == row.expected);
  CHECK(decide("[" + std::string(row.json) + "," + allow + "]", put) == row.expected);
}

TEST_CASE("a deny without an allow is a deny, and nothing is nothing") {
  CHECK(decide(R"({"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"})", put) == denied);
  CHECK(decide(R"({"Effect":"Deny","Principal":{"AWS":"333333333333"},"Action":"*","Resource":"*"})", put) ==
        silent);
}

TEST_CASE("conditions see who calls, and how") {
  const Row row = GENERATE(values<Row>({
      {"none", R"({})", allowed},
      {"the account", R"({"StringEquals":{"aws:PrincipalAccount":"222222222222"}})", allowed},
      {"another account", R"({"StringEquals":{"aws:PrincipalAccount":["333333333333"]}})", silent},
      {"the case of key names is the same", R"({"StringEquals":{"AWS:principalACCOUNT":"222222222222"}})",
       allowed},
      {"the account as a number", R"({"StringEquals":{"aws:PrincipalAccount":222222222222}})", allowed},
      {"the ARN", R"({"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"}})", allowed},
      {"another ARN", R"({"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::222222222222:user/ann"}})", silent},
      {"the type", R"({"StringEquals":{"aws:PrincipalType":"Account"}})", allowed},
      {"no TLS", R"({"Bool":{"aws:SecureTransport":"true"}})", silent},
      {"no service", R"({"Bool":{"aws:PrincipalIsAWSService":"false","aws:ViaAWSService":false}})", allowed},
      {"the owner", R"({"StringEquals":{"aws:ResourceAccount":"111111111111"}})", allowed},
      {"the region", R"({"StringLike":{"aws:RequestedRegion":"us-*"}})", allowed},
      {"what only services say", R"({"StringEquals":{"aws:SourceAccount":"222222222222"}})", silent},
      {"what only services say, if they do",
       R"({"StringEqualsIfExists":{"aws:SourceAccount":"222222222222"}})", allowed},
      {"what only services must not say", R"({"ArnNotLike":{"aws:SourceArn":"arn:aws:s3:::a"}})", allowed},
      {"nothing from a service", R"({"Null":{"aws:SourceArn":"true"}})", allowed},
      {"an organization, which nobody has", R"({"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}})",
       silent},
      {"both operators must hold",
       R"({"StringEquals":{"aws:PrincipalAccount":"222222222222"},"Bool":{"aws:SecureTransport":"true"}})",
       silent},
      {"both keys must hold",
       R"({"StringEquals":{"aws:PrincipalAccount":"222222222222","aws:PrincipalType":"User"}})", silent},
  }));
  INFO(row.why);
  const std::string begin = R"({"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":)";
  CHECK(decide(begin + row.json + "}", put) == row.expected);
}

TEST_CASE("conditions know the kind of a principal, and TLS where it is spoken") {
  struct Kind {
    const char* identity;
    const char* type;
  };
  const Kind row = GENERATE(values<Kind>({
      {"arn:aws:iam::222222222222:root", "Account"},
      {"arn:aws:iam::222222222222:user/ann", "User"},
      {"arn:aws:iam::222222222222:role/reader", "AssumedRole"},
      {"arn:aws:sts::222222222222:assumed-role/reader/one", "AssumedRole"},
      {"arn:aws:sts::222222222222:federated-user/ann", "FederatedUser"},
  }));
  INFO(row.identity);
  Access access = put;
  access.identity = row.identity;
  access.over_tls = true;
  const std::string statement =
      R"({"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":)"
      R"({"Bool":{"aws:SecureTransport":"true"},"StringEquals":)"
      R"({"aws:PrincipalType":")" +
      std::string(row.type) + "\"}}}";
  CHECK(decide(statement, access) == allowed);
  CHECK(decide(statement, put) == silent);
}

}  // namespace kinesisd::server::policy
