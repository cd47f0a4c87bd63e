"""`aws` and `awslocal`: the executable under these names does what AWS's command line does.

Each row is run by both against one server, from the same state; stdout and the exit code have to be the same.
"""

import concurrent.futures
import json
import os
import re
import subprocess

import pytest

from aws_cli import Aws, find_aws
from kinesisd import EXECUTABLE, WAIT_S, b64, create_stream, datas, put, read_all


AWS = find_aws()
ENVIRONMENT = {**{k: v for k, v in os.environ.items() if not k.startswith(("KINESISD_", "AWS_"))},
               "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_PAGER": "",
               "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
               "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The executable under its other names."""
    folder = tmp_path_factory.mktemp("bin")
    for name in ("aws", "awslocal"):
        (folder / name).symlink_to(EXECUTABLE)
    return folder


def run(program, words, cwd=None, **environment):
    return subprocess.run([program, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=WAIT_S * 3, env={**ENVIRONMENT, **environment}, cwd=cwd, check=False)


def prepared(start):
    server = start("--account-id", "123456789012")
    create_stream(server, "one", shards=3, Tags={"a": "1", "b": ""})
    create_stream(server, "two", StreamModeDetails={"StreamMode": "PROVISIONED"})
    put(server, "one", "hello", key="k", ExplicitHashKey="0")
    put(server, "one", b"\xff\x00", key="ü", ExplicitHashKey="0")
    for i in range(4):
        server.ok("RegisterStreamConsumer", {
            "StreamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/one", "ConsumerName": f"c{i}"})
        while server.ok("DescribeStreamConsumer", {
                "StreamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/one",
                "ConsumerName": f"c{i}"})["ConsumerDescription"]["ConsumerStatus"] != "ACTIVE":
            pass
    return server


ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/one"

# Reading commands: both run them against the same server.
READS = [
    "list-streams",
    "list-streams --query StreamNames",
    "list-streams --query StreamNames[0] --output text",
    "list-streams --query StreamNames[] --output text",
    "list-streams --query length(StreamNames)",
    "list-streams --limit 1 --query HasMoreStreams",
    "list-streams --page-size 1 --query StreamNames",
    "list-streams --no-paginate --query HasMoreStreams --output text",
    "describe-stream --stream-name one",
    "describe-stream --stream-name one --limit 1",
    "describe-stream --stream-name one --query StreamDescription.Shards[].ShardId --output text",
    "describe-stream --stream-name one --query StreamDescription.Shards[*].[ShardId,HashKeyRange.StartingHashKey]",
    "describe-stream --stream-name one --query StreamDescription.Shards[-1].HashKeyRange",
    "describe-stream --stream-name one --query StreamDescription.Nothing",
    "describe-stream --stream-name one --query StreamDescription.{name:StreamName,shards:length(Shards)}",
    "describe-stream --stream-name one --query StreamDescription.Shards[?ShardId=='shardId-000000000001'].ShardId",
    "describe-stream --stream-name one --query StreamDescription.Shards[].ShardId|[0]",
    "list-shards --stream-name one --query Shards[?HashKeyRange.StartingHashKey!='0'&&ShardId!='x'].ShardId",
    "list-shards --stream-name one --query Shards[?SequenceNumberRange.EndingSequenceNumber==`null`].ShardId",
    "list-shards --stream-name one --query max_by(Shards,&ShardId).ShardId --output text",
    "list-streams --query contains(StreamNames,'one') --output text",
    "list-streams --query StreamNames[?starts_with(@,'o')]|[0] --output text",
    "describe-stream --stream-name=one --query StreamDescription.StreamStatus --output text",
    "describe-stream-summary --stream-name two --query StreamDescriptionSummary.OpenShardCount",
    f"describe-stream-summary --stream-arn {ARN} --query StreamDescriptionSummary.StreamCreationTimestamp",
    "list-shards --stream-name one",
    "list-shards --stream-name one --shard-filter Type=AT_LATEST --query Shards[1].ShardId",
    'list-shards --stream-name one --shard-filter {"Type":"AFTER_SHARD_ID","ShardId":"shardId-000000000001"}',
    f"list-stream-consumers --stream-arn {ARN} --page-size 1 --query Consumers[].ConsumerName",
    f"describe-stream-consumer --stream-arn {ARN} --consumer-name c0",
    "list-tags-for-stream --stream-name one",
    "describe-limits --query [ShardLimit,OpenShardCount,OnDemandStreamCountLimit]",
    "get-shard-iterator --stream-name one --shard-id shardId-000000000000 --shard-iterator-type TRIM_HORIZON "
    "--query ShardIterator.nothing",
    "wait stream-exists --stream-name one",
    "wait stream-not-exists --stream-name none",
    "list-streams --output text",
    "list-streams --output table",
    "list-streams --page-size 1 --query StreamNames --output text",
    "list-streams --query nothing --output text",
    "list-streams --query nothing --output table",
    "describe-stream --stream-name one --output text",
    "describe-stream --stream-name one --output table",
    "describe-stream --stream-name one --query StreamDescription.StreamStatus --output table",
    "describe-stream --stream-name one --query StreamDescription.Shards[].{id:ShardId,h:HashKeyRange} --output text",
    "describe-stream --stream-name one --query StreamDescription.Shards[].[ShardId,HashKeyRange.EndingHashKey] "
    "--output table",
    "describe-stream --stream-name one --page-size 1 --max-items 2",
    "describe-stream --stream-name one --page-size 1 --max-items 2 --output text",
    "list-shards --stream-name one --output text",
    "list-shards --stream-name one --output table",
    "list-shards --stream-name one --max-items 2",
    "list-shards --stream-name one --max-items 0 --query NextToken",
    "list-shards --stream-name one --starting-token "
    "eyJOZXh0VG9rZW4iOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAyfQ==",
    f"list-stream-consumers --stream-arn {ARN} --page-size 1 --max-items 3 --query Consumers[].ConsumerName",
    f"list-stream-consumers --stream-arn {ARN} --max-items 1 --output table",
    "list-tags-for-stream --stream-name one --output text",
    "list-tags-for-stream --stream-name one --output table",
    "describe-limits --output table --query {a:ShardLimit,b:OpenShardCount}",
    # What fails.
    "describe-stream --stream-name none",
    "describe-stream --stream-name one --no-such-option x",
    "describe-stream --stream-name one stray",
    "describe-stream-summary --stream-name a/b",
    "put-record --stream-name one",
    "put-record --stream-name one --partition-key k --data not-base64!",
    "put-record --stream-name one --partition-key k --data file://no-such-file",
    "list-shards --stream-name one --shard-filter Type",
    "list-streams --limit many",
    "list-streams --max-items many",
    "list-streams --max-items 1 --limit 1",
    "list-streams --max-items 1 --no-paginate",
    "list-streams --starting-token none",
    "list-streams --output none",
    "describe-limits --max-items 1",
    "no-such-command",
    "",
]

# Each changes something: they run one after the other, each program against a server of its own.
WRITES = [
    "create-stream --stream-name s --shard-count 2",
    "wait stream-exists --stream-name s",
    "create-stream --stream-name on-demand --stream-mode-details StreamMode=ON_DEMAND",
    "wait stream-exists --stream-name on-demand",
    "create-stream --stream-name s --shard-count 2",
    "add-tags-to-stream --stream-name s --tags a=1,b=two",
    'add-tags-to-stream --stream-name s --tags {"c":"3"}',
    "list-tags-for-stream --stream-name s",
    "remove-tags-from-stream --stream-name s --tag-keys a b",
    "list-tags-for-stream --stream-name s",
    "put-record --stream-name s --partition-key k --data aGVsbG8= --query ShardId",
    "put-record --stream-name s --partition-key k --data hello --cli-binary-format raw-in-base64-out --query ShardId",
    "put-record --stream-name s --partition-key k --data fileb://bytes --query ShardId",
    "put-records --stream-name s --records Data=aGk=,PartitionKey=a Data=aG8=,PartitionKey=b "
    "--query [FailedRecordCount,Records[].ShardId]",
    "put-records --stream-name s --records file://records.json --query FailedRecordCount",
    "put-record --cli-input-json file://input.json --partition-key other --query ShardId --output text",
    "increase-stream-retention-period --stream-name s --retention-period-hours 30",
    "wait stream-exists --stream-name s",
    "enable-enhanced-monitoring --stream-name s --shard-level-metrics IncomingBytes OutgoingBytes",
    "wait stream-exists --stream-name s",
    "split-shard --stream-name s --shard-to-split shardId-000000000000 --new-starting-hash-key 5",
    "wait stream-exists --stream-name s",
    "list-shards --stream-name s --query Shards[].[ShardId,ParentShardId]",
    "update-shard-count --stream-name s --target-shard-count 2 --scaling-type UNIFORM_SCALING",
    "wait stream-exists --stream-name s",
    "delete-stream --stream-name on-demand --no-enforce-consumer-deletion",
    "wait stream-not-exists --stream-name on-demand",
    "list-streams --query StreamNames",
]


class Ours:
    """Our command line, to be run as AWS's."""

    def __init__(self, program, cwd=None):
        self.program, self.cwd = program, cwd

    def run(self, words):
        done = run(self.program, words, self.cwd)
        return done.returncode, done.stdout


def answers(program, server, rows):
    return [program.run(["kinesis", *words.split(), "--endpoint-url", server.url, "--region", "us-east-1"])
            for words in rows]


def check_same(rows, theirs, mine):
    different = {words: {"aws": a, "kinesisd": b} for words, a, b in zip(rows, theirs, mine) if a != b}
    assert not different, json.dumps(different, indent=1)


@pytest.mark.skipif(AWS is None, reason="AWS's command line of version 2 is not installed")
def test_reading_as_aws_does(start, ours):
    server = prepared(start)
    half = len(READS) // 2
    with (Aws(AWS, ENVIRONMENT) as aws, Aws(AWS, ENVIRONMENT) as another,
          concurrent.futures.ThreadPoolExecutor(2) as pool):
        first, second = pool.map(lambda program, rows: answers(program, server, rows),
                                 [aws, another], [READS[:half], READS[half:]])
    check_same(READS, first + second, answers(Ours(ours / "aws"), server, READS))


@pytest.mark.skipif(AWS is None, reason="AWS's command line of version 2 is not installed")
def test_writing_as_aws_does(start, ours, tmp_path):
    (tmp_path / "bytes").write_bytes(b"\xff\x00\xfe")
    (tmp_path / "records.json").write_text('[{"Data": "aGk=", "PartitionKey": "json", "ExplicitHashKey": "7"}]')
    (tmp_path / "input.json").write_text('{"StreamName": "s", "Data": "aGk=", "PartitionKey": "replaced"}')
    servers = [start("--seed", "1"), start("--seed", "1")]
    with Aws(AWS, ENVIRONMENT, tmp_path) as aws, concurrent.futures.ThreadPoolExecutor(2) as pool:
        theirs, mine = pool.map(lambda program, server: answers(program, server, WRITES),
                                [aws, Ours(ours / "aws", tmp_path)], servers)
    check_same(WRITES, theirs, mine)
    theirs, mine = (
        [(r["PartitionKey"], r["Data"]) for i in range(2) for r in read_all(server, "s", shard=i)]
        for server in servers)
    assert mine == theirs and ("json", "aGk=") in mine and ("other", "aGk=") in mine


def test_awslocal_needs_no_endpoint(start, ours):
    server = start()
    address = f"127.0.0.1:{server.port}"
    for environment in ({"KINESISD_LISTEN": f"0.0.0.0:{server.port},[::]:{server.port}"},
                        {"LOCALSTACK_HOST": address}, {"AWS_ENDPOINT_URL": f"http://{address}"}):
        done = run(ours / "awslocal", ["kinesis", "list-streams"], AWS_ACCESS_KEY_ID="", **environment)
        assert (done.returncode, json.loads(done.stdout)["StreamNames"]) == (0, []), done.stderr


def test_a_script_of_a_fixture(start, ours):
    server = start()
    script = """
        set -e
        awslocal kinesis create-stream --stream-name orders --shard-count 1
        awslocal kinesis wait stream-exists --stream-name orders
        awslocal kinesis put-record --stream-name orders --partition-key 1 --data "$(printf hi | base64)" >/dev/null
        awslocal sts get-caller-identity --query Account --output text
    """
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=WAIT_S, check=False, env={
        **ENVIRONMENT, "PATH": f"{ours}:{os.environ['PATH']}", "LOCALSTACK_HOST": f"127.0.0.1:{server.port}"})
    assert (done.returncode, done.stdout, done.stderr) == (0, "000000000000\n", "")
    assert datas(read_all(server, "orders")) == [b"hi"]


@pytest.mark.parametrize("words, code, said", [
    ("s3 ls", 252, "s3 is not here: kinesisd has the commands of kinesis, and sts get-caller-identity."),
    ("kinesis list-streams --output yaml", 252, "--output yaml is not here; json, text and table are."),
    ("kinesis list-streams --max-items 3 --limit 1", 252,
     "Cannot specify --no-paginate along with pagination arguments: --max-items"),
    ("kinesis put-record --generate-cli-skeleton output", 252,
     "--generate-cli-skeleton output is not here; input is."),
    ("kinesis list-streams --query a||", 252, 'Bad value for --query a||: it is not understood near "its end"'),
    ("kinesis list-streams --query avg(a)", 252, "--query: avg() is not here; length, contains, "),
    ("kinesis list-streams --query length(a)", 255, "In function length(), invalid type for value: null"),
    ("kinesis put-record", 252, "the following arguments are required: --data"),
    ("kinesis describe-stream --stream-name none", 254,
     "An error occurred (ResourceNotFoundException) when calling the DescribeStream operation: "
     "Stream none under account 000000000000 not found."),
])
def test_what_it_refuses(server, ours, words, code, said):
    done = run(ours / "aws", [*words.split(), "--endpoint-url", server.url])
    assert done.returncode == code and done.stdout == "" and said in done.stderr, done


def test_a_server_that_is_not_there(ours):
    done = run(ours / "aws", ["kinesis", "list-streams", "--endpoint-url", "http://127.0.0.1:1"])
    assert done.returncode == 255 and "http://127.0.0.1:1 cannot be reached: Connection refused" in done.stderr


def test_help_lists_every_command_with_its_options(ours):
    done = run(ours / "aws", ["kinesis", "help"])
    names = re.findall(r"^  kinesis (\S+)$", done.stdout, re.MULTILINE)
    assert len(names) == 39 and "put-record" in names and "subscribe-to-shard" not in names
    assert run(ours / "aws", ["help"]).stdout == done.stdout
    shown = run(ours / "aws", ["kinesis", "put-record", "help"]).stdout
    assert "  --data <value>\n" in shown and "  [--dry-run | --no-dry-run]\n" in shown


def test_an_input_begins_as_a_skeleton(server, ours, name, tmp_path):
    shown = run(ours / "aws", ["kinesis", "create-stream", "--generate-cli-skeleton"]).stdout
    wanted = {**json.loads(shown), "StreamName": name, "ShardCount": 2,
              "StreamModeDetails": {"StreamMode": "PROVISIONED"}}
    members = {"StreamName", "ShardCount", "StreamModeDetails"}
    (tmp_path / "input.json").write_text(json.dumps({k: v for k, v in wanted.items() if k in members}))
    done = run(ours / "aws", ["kinesis", "create-stream", "--cli-input-json", "file://input.json",
                              "--endpoint-url", server.url], tmp_path)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    summary = server.ok("DescribeStreamSummary", {"StreamName": name})["StreamDescriptionSummary"]
    assert summary["OpenShardCount"] == 2


def test_the_environment_names_the_usual_output(server, ours, name):
    create_stream(server, name)
    words = ["kinesis", "describe-stream", "--stream-name", name, "--query", "StreamDescription.StreamName",
             "--endpoint-url", server.url]
    shown = [run(ours / "aws", [*words, *more], AWS_DEFAULT_OUTPUT="text").stdout
             for more in ([], ["--output", "json"])]
    assert shown == [f"{name}\n", f'"{name}"\n']


def test_a_blob_is_base64_both_ways(server, ours, name):
    create_stream(server, name)
    run(ours / "aws", ["kinesis", "put-record", "--stream-name", name, "--partition-key", "k", "--data",
                       b64(b"\xff"), "--endpoint-url", server.url])
    assert datas(read_all(server, name)) == [b"\xff"]


@pytest.mark.parametrize("words, said", [
    (["lsit-streams"], "lsit-streams is none; list-streams is one, and aws kinesis help lists them."),
    (["wait", "stream-exist"], "wait stream-exist is none; wait stream-exists is one, and aws kinesis help lists them."),
    (["frobnicate"], "frobnicate is none; aws kinesis help lists them."),
])
def test_a_near_miss_of_a_command(ours, words, said):
    done = run(ours / "aws", ["kinesis", *words])
    assert done.returncode == 252
    assert done.stderr.endswith(f"aws: error: argument operation: Invalid choice, {said}\n")


def test_a_near_miss_of_an_option(ours):
    done = run(ours / "aws", ["kinesis", "list-streams", "--limt", "4"])
    assert done.returncode == 252 and done.stderr.endswith("Unknown options: --limt, 4; did you mean --limit?\n")


def test_a_near_miss_of_an_option_of_every_command(ours):
    done = run(ours / "aws", ["kinesis", "list-streams", "--endpont-url", "http://a"])
    assert done.returncode == 252
    assert done.stderr.endswith("Unknown options: --endpont-url, http://a; did you mean --endpoint-url?\n")
