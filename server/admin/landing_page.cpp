#include "server/admin/landing_page.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "server/http/html.hpp"

namespace kinesisd::server::own {

namespace {

constexpr std::string_view endpoint_mark = "@ENDPOINT@";
constexpr std::string_view default_authority = "localhost:4567";

constexpr std::string_view head = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>kinesisd</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0; }
h2 { margin-top: 2rem; }
pre, code { font: 14px/1.45 ui-monospace, monospace; }
pre { padding: .8rem 1rem; overflow-x: auto; border: 1px solid #8886; border-radius: 6px; background: #8881; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; }
th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; }
td:first-child { white-space: nowrap; }
</style>
</head>
<body>
)";

constexpr std::string_view introduction = R"(<h1>kinesisd</h1>
<p>The Amazon Kinesis Data Streams API, served on this machine at <code>@ENDPOINT@</code>. Any credentials
will do unless the server was started with <code>--credentials</code>. A program that reads its endpoint from
the environment needs only <code>AWS_ENDPOINT_URL_KINESIS=@ENDPOINT@</code>.</p>
)";

constexpr std::string_view trust = R"(<p>Over https clients have to trust the CA at
<a href="/_kinesisd/ca.pem">/_kinesisd/ca.pem</a>: most by <code>AWS_CA_BUNDLE</code>, Node.js by
<code>NODE_EXTRA_CA_CERTS</code>, Java by a trust store.</p>
)";

struct Snippet {
  std::string_view title;
  std::string_view code;  // as it is to be read
};

constexpr Snippet snippets[] = {
    {"Python", R"(import boto3

kinesis = boto3.client("kinesis", endpoint_url="@ENDPOINT@", region_name="us-east-1",
                       aws_access_key_id="test", aws_secret_access_key="test")

kinesis.create_stream(StreamName="python", ShardCount=1)
kinesis.get_waiter("stream_exists").wait(StreamName="python")
print(kinesis.put_record(StreamName="python", PartitionKey="a", Data=b"hello"))
)"},
    {"JavaScript", R"(import { CreateStreamCommand, KinesisClient, PutRecordCommand,
         waitUntilStreamExists } from "@aws-sdk/client-kinesis";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const client = new KinesisClient({ endpoint: "@ENDPOINT@", region: "us-east-1", credentials });

const StreamName = "javascript";
await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
await waitUntilStreamExists({ client, maxWaitTime: 60 }, { StreamName });
const Data = new TextEncoder().encode("hello");
const put = await client.send(new PutRecordCommand({ StreamName, PartitionKey: "a", Data }));
console.log(put.SequenceNumber);
)"},
    {"Java", R"(KinesisClient kinesis = KinesisClient.builder()
        .endpointOverride(URI.create("@ENDPOINT@"))
        .region(Region.US_EAST_1)
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .build();

kinesis.createStream(request -> request.streamName("java").shardCount(1));
kinesis.waiter().waitUntilStreamExists(request -> request.streamName("java"));
System.out.println(kinesis.putRecord(request -> request.streamName("java").partitionKey("a")
        .data(SdkBytes.fromUtf8String("hello"))).sequenceNumber());
)"},
};

// A host name or address with a port; anything else is not put into code that people copy.
bool is_authority(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_:[]").find(c) != std::string_view::npos;
  });
}

std::string endpoint_of(const Request& request) {
  const std::string* host = request.header("host");
  const bool usable = host != nullptr && is_authority(*host);
  return fmt::format("{}://{}", request.over_tls ? "https" : "http",
                     usable ? std::string_view(*host) : default_authority);
}

std::string with_endpoint(std::string_view text, std::string_view endpoint) {
  std::string out;
  for (std::size_t at = text.find(endpoint_mark); at != std::string_view::npos;
       at = text.find(endpoint_mark)) {
    out += text.substr(0, at);
    out += endpoint;
    text.remove_prefix(at + endpoint_mark.size());
  }
  return out.append(text);
}

// A path that can be opened as it is, and looked at.
bool is_link(const ListedPath& one) {
  return one.methods.starts_with("GET") && !one.path.ends_with('/');
}

std::string row_of(const ListedPath& one) {
  const std::string path = html_escaped(one.path);
  const std::string shown = is_link(one) ? fmt::format("<a href=\"{0}\">{0}</a>", path)
                                         : path + (one.path.ends_with('/') ? "&hellip;" : "");
  return fmt::format("<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>\n", shown,
                     html_escaped(one.methods), html_escaped(one.help));
}

}  // namespace

bool wants_page(const Request& request) {
  if (request.method != "GET" && request.method != "HEAD") return false;
  if (request.header("authorization") != nullptr || request.query.find("X-Amz-") != std::string::npos)
    return false;
  const std::string* accept = request.header("accept");
  return accept != nullptr && accept->find("text/html") != std::string::npos;
}

Response landing_page(const Request& request, int status, std::span<const ListedPath> paths) {
  const std::string endpoint = endpoint_of(request);
  std::string page(head);
  page += with_endpoint(introduction, html_escaped(endpoint));
  if (request.over_tls) page += trust;
  for (const Snippet& snippet : snippets) {
    page += fmt::format("<h2>{}</h2>\n<pre><code>{}</code></pre>\n", snippet.title,
                        html_escaped(with_endpoint(snippet.code, endpoint)));
  }
  page += "<h2>Endpoints</h2>\n<p>Every other path is the Kinesis API.</p>\n<table>\n";
  for (const ListedPath& one : paths) page += row_of(one);
  page += "</table>\n</body>\n</html>\n";
  return {
      .status = status,
      .headers = {{"Content-Type", "text/html; charset=utf-8"},
                  {"Cache-Control", "no-store"},
                  {"Vary", "Accept"},
                  {"Content-Security-Policy",
                   "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"}},
      .body = std::move(page)};
}

}  // namespace kinesisd::server::own
