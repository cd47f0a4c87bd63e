"""Streams that are there at start (--init): made, kept, brought up to date or refused, all or nothing."""

import hashlib
import json
import sqlite3
import subprocess
import time

import boto3
import botocore.config
import pytest

from kinesisd import EXECUTABLE, ROOT, WAIT_S, Connection, arn, datas, put, read_all
from test_disk_full import limit_files, small_files
from test_restart import check_refused, refusal

EXAMPLE = ROOT / "config/streams.toml"


def write(tmp_path, text, name="streams.toml"):
    file = tmp_path / name
    file.write_text(text)
    return file


def stream(text, name="s"):
    return f'[[streams]]\nname = "{name}"\n{text}\n'


def summary(server, name="s", **how):
    return server.ok("DescribeStreamSummary", {"StreamName": name}, **how)["StreamDescriptionSummary"]


def names(server, **how):
    return server.ok("ListStreams", {}, **how)["StreamNames"]


def tags(server, resource):
    return {tag["Key"]: tag["Value"]
            for tag in server.ok("ListTagsForResource", {"ResourceARN": resource})["Tags"]}


def fingerprint(folder):
    """Every file of the folder and what is in it."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def client(server, account="test", region="us-east-1"):
    return boto3.client("kinesis", endpoint_url=server.url, region_name=region, aws_access_key_id=account,
                        aws_secret_access_key="test",
                        config=botocore.config.Config(retries={"total_max_attempts": 1}))


def test_the_example_says_the_truth(start):
    server = start("--init", EXAMPLE)
    kinesis = client(server)
    orders = kinesis.describe_stream(StreamName="orders")["StreamDescription"]
    assert (orders["StreamStatus"], len(orders["Shards"]), orders["RetentionPeriodHours"]) == ("ACTIVE", 2, 48)
    assert orders["EnhancedMonitoring"] == [{"ShardLevelMetrics": ["IncomingBytes", "IncomingRecords"]}]
    assert tags(server, arn("orders")) == {"team": "shop", "stage": "test"}
    [consumer] = kinesis.list_stream_consumers(StreamARN=arn("orders"))["Consumers"]
    assert (consumer["ConsumerName"], consumer["ConsumerStatus"]) == ("billing", "ACTIVE")
    assert tags(server, consumer["ConsumerARN"]) == {"team": "money"}
    records = read_all(server, "orders", shard=0) + read_all(server, "orders", shard=1)
    assert {record["PartitionKey"]: data for record, data in zip(records, datas(records))} == {
        "customer-1": b"an order", "customer-2": b'{"id":2,"items":["book","pen"]}', "customer-3": b"\0\1\2\xff"}
    assert read_all(server, "orders", shard=0)[-1]["PartitionKey"] == "customer-3"

    owner = client(server, "111111111111", "eu-west-1")
    shared = owner.describe_stream_summary(StreamName="shared")["StreamDescriptionSummary"]
    assert shared["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    assert (shared["EncryptionType"], shared["KeyId"], shared["MaxRecordSizeInKiB"]) == (
        "KMS", "alias/aws/kinesis", 2048)
    other = client(server, "222222222222", "eu-west-1")
    shared_arn = arn("shared", "111111111111", "eu-west-1")
    other.put_record(StreamARN=shared_arn, Data=b"x", PartitionKey="k")
    with pytest.raises(other.exceptions.AccessDeniedException):
        other.merge_shards(StreamARN=shared_arn, ShardToMerge="shardId-000000000000",
                           AdjacentShardToMerge="shardId-000000000001")
    with Connection(server) as connection:
        state = connection.send("GET", "/_kinesisd/kms/alias/retired", {}, None).json()
    assert state == {"key": "alias/retired", "state": "disabled"}


def test_ready_is_said_last_and_all_is_active_then(start, tmp_path):
    """Whatever transitions last: made at start, they are over."""
    text = "".join(stream("shards = 1\nretention_hours = 30\n[[streams.consumers]]\nname = 'c'", f"s{i}")
                   for i in range(20))
    server = start("--init", write(tmp_path, text), "--transition-ms", "60000", "--limits", "all")
    server.wait_for_line(r"^Ready\.$")
    said = [line for line in server.output if line.startswith(("Listening", "Ready"))]
    assert said[-1] == "Ready." and said[0].startswith("Listening at")
    streams = server.ok("ListStreams", {})["StreamSummaries"]
    assert [one["StreamStatus"] for one in streams] == ["ACTIVE"] * 20
    with Connection(server) as connection:
        assert connection.send("GET", "/_kinesisd/health/ready", {}, None).status == 200
    # What is made later takes its time, and CREATING is counted as ever.
    server.ok("CreateStream", {"StreamName": "later", "ShardCount": 1})
    assert summary(server, "later")["StreamStatus"] == "CREATING"


def test_files_add_up_and_json_will_do(start, tmp_path):
    first = write(tmp_path, stream("shards = 1", "a"))
    second = write(tmp_path, json.dumps({"streams": [{"name": "b", "shards": 3, "tags": {"k": "v"}}]}),
                   "more.json")
    server = start("--init", first, env={"KINESISD_INIT": "ignored.toml"})
    assert names(server) == ["a"]
    server.stop()
    server = start(env={"KINESISD_INIT": f"{first},{second}"})
    assert names(server) == ["a", "b"]
    assert summary(server, "b")["OpenShardCount"] == 3


def test_a_second_start_changes_nothing(start, tmp_path):
    flags = ("--init", EXAMPLE, "--db", tmp_path / "data.db")
    server = start(*flags)
    before = summary(server, "orders")
    consumers = server.ok("ListStreamConsumers", {"StreamARN": arn("orders")})["Consumers"]
    put(server, "orders", "mine", "customer-3", ExplicitHashKey="0")
    server.stop()

    def written():
        with sqlite3.connect(tmp_path / "data.db") as database:
            return [database.execute(f"SELECT * FROM {table}").fetchall()
                    for table in ("streams", "shards", "consumers", "tags", "records")]

    rows = written()
    for _ in range(2):
        server = start(*flags)
        assert summary(server, "orders") == before
        assert server.ok("ListStreamConsumers", {"StreamARN": arn("orders")})["Consumers"] == consumers
        assert datas(read_all(server, "orders"))[-2:] == [b"\0\1\2\xff", b"mine"]
        server.stop()
        assert len(written()[4]) == len(rows[4])


BEFORE = stream('shards = 2\nretention_hours = 48\nmax_record_kib = 2048\ntags = { a = "1", b = "2" }\n'
                'encryption_key = "alias/one"\nmetrics = ["IncomingBytes"]\n'
                '[[streams.consumers]]\nname = "c"\ntags = { a = "1" }\n'
                '[[streams.records]]\npartition_key = "k"\ndata = "first"')


@pytest.mark.parametrize("change, expected", [
    pytest.param("shards = 4", {"OpenShardCount": 4}, id="more shards"),
    pytest.param("shards = 1", {"OpenShardCount": 1}, id="fewer shards"),
    pytest.param('mode = "ON_DEMAND"', {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}, id="another mode"),
    pytest.param("retention_hours = 24", {"RetentionPeriodHours": 24}, id="shorter retention"),
    pytest.param("retention_hours = 8760", {"RetentionPeriodHours": 8760}, id="longer retention"),
    pytest.param("max_record_kib = 1024", {"MaxRecordSizeInKiB": 1024}, id="smaller records"),
    pytest.param('encryption_key = "alias/two"', {"KeyId": "alias/two"}, id="another key"),
    pytest.param('metrics = ["OutgoingBytes"]',
                 {"EnhancedMonitoring": [{"ShardLevelMetrics": ["IncomingBytes", "OutgoingBytes"]}]},
                 id="another metric"),
    pytest.param("", {"RetentionPeriodHours": 48, "MaxRecordSizeInKiB": 2048, "KeyId": "alias/one",
                      "OpenShardCount": 2, "ConsumerCount": 1}, id="nothing that is not said"),
])
def test_what_differs_is_brought_to_what_the_file_says(start, tmp_path, change, expected):
    db = tmp_path / "data.db"
    start("--init", write(tmp_path, BEFORE), "--db", db).stop()
    text = stream(change + '\n[[streams.records]]\npartition_key = "k"\ndata = "second"')
    server = start("--init", write(tmp_path, text), "--db", db)
    after = summary(server)
    assert {key: after[key] for key in expected} == expected
    assert after["StreamStatus"] == "ACTIVE"
    # The stream was there: no record is put once more.
    shards = server.ok("ListShards", {"StreamName": "s"})["Shards"]
    assert [data for at in range(len(shards)) for data in datas(read_all(server, "s", shard=at))] == [b"first"]


def test_what_was_under_way_is_over(start, tmp_path):
    """Also where it would have lasted for long: the file finds the stream and its consumer ACTIVE."""
    flags = ("--db", tmp_path / "data.db", "--transition-ms", "600000")
    server = start(*flags)
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    server.stop()
    file = write(tmp_path, stream("shards = 2\nretention_hours = 48\n[[streams.consumers]]\nname = 'c'"))
    server = start(*flags, "--init", file)
    after = summary(server)
    assert (after["StreamStatus"], after["OpenShardCount"], after["RetentionPeriodHours"]) == ("ACTIVE", 2, 48)
    server.ok("DeleteStream", {"StreamName": "s", "EnforceConsumerDeletion": True})
    server.stop()
    server = start(*flags, "--init", file)
    after = summary(server)
    assert (after["StreamStatus"], after["OpenShardCount"], after["ConsumerCount"]) == ("ACTIVE", 2, 1)


def test_tags_policies_and_consumers_are_added(start, tmp_path):
    db = tmp_path / "data.db"
    start("--init", write(tmp_path, BEFORE), "--db", db).stop()
    statement = {"Effect": "Allow", "Principal": {"AWS": "222222222222"}, "Action": "kinesis:PutRecord",
                 "Resource": arn("s")}
    (tmp_path / "policy.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    text = stream('tags = { b = "3", c = "4" }\npolicy_file = "policy.json"\n'
                  '[[streams.consumers]]\nname = "c"\ntags = { b = "2" }\n[[streams.consumers]]\nname = "d"')
    server = start("--init", write(tmp_path, text), "--db", db)
    assert tags(server, arn("s")) == {"a": "1", "b": "3", "c": "4"}
    policy = server.ok("GetResourcePolicy", {"ResourceARN": arn("s")})["Policy"]
    assert json.loads(policy)["Statement"] == [statement]
    consumers = server.ok("ListStreamConsumers", {"StreamARN": arn("s")})["Consumers"]
    assert [(one["ConsumerName"], one["ConsumerStatus"]) for one in consumers] == [
        ("c", "ACTIVE"), ("d", "ACTIVE")]
    assert tags(server, consumers[0]["ConsumerARN"]) == {"a": "1", "b": "2"}


def test_warm_throughput_needs_its_commitment(start, tmp_path):
    text = stream('mode = "ON_DEMAND"\nwarm_throughput_mibps = 8\nrecord_distribution = "AUTO"\n'
                  '[[streams.records]]\ndata = "x"')
    check_refused(refusal("--init", write(tmp_path, text), "--listen", "127.0.0.1:0"), "streams[0]")
    server = start("--init", write(tmp_path, "[[accounts]]\nthroughput_commitment = true\n" + text))
    assert summary(server)["WarmThroughput"] == {"TargetMiBps": 8, "CurrentMiBps": 8}
    assert summary(server)["OpenShardCount"] == 8
    settings = server.ok("DescribeAccountSettings", {})["MinimumThroughputBillingCommitment"]
    assert settings["Status"] == "ENABLED"


def test_first_records_are_not_throttled(start, tmp_path):
    records = "".join(f'[[streams.records]]\npartition_key = "k{i}"\ndata = "{i}"\n' for i in range(3000))
    server = start("--init", write(tmp_path, stream("shards = 1\n" + records)), "--limits", "all")
    assert datas(read_all(server, "s")) == [str(i).encode() for i in range(3000)]


def test_records_wait_for_a_key_that_is_disabled_at_last(start, tmp_path):
    text = stream('shards = 1\nencryption_key = "alias/k"\n[[streams.records]]\npartition_key = "k"\ndata = "x"')
    server = start("--init", write(tmp_path, text + '[keys]\n"alias/k" = "disabled"\n'))
    answer = server.call("PutRecord", {"StreamName": "s", "Data": "eA==", "PartitionKey": "k"})
    assert answer.error()[:2] == (400, "KMSDisabledException")


LONG = "x" * 129
MISTAKES = [
    ("no TOML", "[[streams\n", ", line 1 is not TOML: "),
    ("an unknown key", stream("shard = 1"),
     ", line 3: streams[0].shard is not known; shards is, and the keys here are name, account, region, shards, mode, "),
    ("a table for a list", "[streams]\nname = 'a'\n", ", line 1: streams is a table; write [[streams]] instead of [streams]."),
    ("an unknown table", "[[stream]]\n", ", line 1: stream is not known; streams is, and the keys here are streams, accounts, keys."),
    ("no name", "[[streams]]\nshards = 1\n",
     ", line 1: streams[0].name is missing; write a text in quotes."),
    ("a name AWS would not take", stream("shards = 1", "a b"),
     ', line 2: streams[0].name is "a b"; write 1 to 128 characters that match [a-zA-Z0-9_.-]+.'),
    ("too long a name", stream("", LONG), "; write 1 to 128 characters that match [a-zA-Z0-9_.-]+."),
    ("a word for a number", stream('shards = "two"'),
     ', line 3: streams[0].shards is "two"; write a number from 1 to 2147483647.'),
    ("no shards", stream("shards = 0"), ", line 3: streams[0].shards is 0; write a number from 1 to 2147483647."),
    ("an unknown mode", stream('mode = "on-demand"'),
     ', line 3: streams[0].mode is "on-demand"; write "PROVISIONED" or "ON_DEMAND".'),
    ("shards on demand", stream('mode = "ON_DEMAND"\nshards = 2'),
     ', line 4: streams[0].shards stands beside mode = "ON_DEMAND", where AWS decides; remove one of them.'),
    ("provisioned without shards", stream('mode = "PROVISIONED"'),
     ', line 1: streams[0].shards is missing; write how many, or mode = "ON_DEMAND".'),
    ("an account", stream('account = "123"'), ', line 3: streams[0].account is "123"; choose 12 digits.'),
    ("a region", stream('region = "Paris"'),
     ', line 3: streams[0].region is "Paris"; choose a region such as us-east-1.'),
    ("retention below AWS's", stream("retention_hours = 23"),
     ", line 3: streams[0].retention_hours: Minimum allowed retention period is 24 hours. "),
    ("retention above AWS's", stream("retention_hours = 9000"),
     ", line 3: streams[0].retention_hours: Maximum allowed retention period is 8760 hours. "),
    ("record size", stream("max_record_kib = 1"),
     ", line 3: streams[0].max_record_kib is 1; write a number from 1024 to 10240."),
    ("a tag's value", stream("tags = { a = 1 }"), ", line 3: streams[0].tags.a is 1; write a text in quotes."),
    ("a tag's key", stream(f'tags = {{ {LONG} = "" }}'), ": a tag's key has 1 to 128 characters."),
    ("a reserved tag", stream('tags = { "aws:x" = "1" }'), ", line 3: streams[0].tags: "),
    ("a metric", stream('metrics = ["Bytes"]'), ', line 3: streams[0].metrics[0] is "Bytes"; write "IncomingBytes", '),
    ("the same stream twice", stream("", "a") + stream("", "b") + stream("", "a"),
     ', line 8: streams[2].name is "a" once more, after {file}, line 1: streams[0]; name each stream of an account '
     "and region once."),
    ("the same consumer twice", stream("[[streams.consumers]]\nname = 'c'\n[[streams.consumers]]\nname = 'c'"),
     ', line 6: streams[0].consumers[1].name is "c" once more, after '),
    ("a policy that is none", stream('policy = "{}"'), ", line 3: streams[0].policy: "),
    ("two policies", stream('policy = "{}"\npolicy_file = "p.json"'),
     ", line 4: streams[0].policy_file stands beside policy; write one of them."),
    ("a policy's file that is not there", stream('policy_file = "none.json"'),
     "{file}, line 3: {folder}/none.json cannot be read (No such file or directory); name another file with "
     "policy_file."),
    ("a policy's file that is no policy", stream('policy_file = "no-policy.json"'),
     ", line 3: streams[0].policy_file ({folder}/no-policy.json): "),
    ("a policy's file that is no JSON", stream('policy_file = "no-json.json"'),
     '{file}, line 3: {folder}/no-json.json is not JSON; write an object: { "key": value, ... }.'),
    ("a record without a key", stream('[[streams.records]]\ndata = "x"'),
     ", line 3: streams[0].records[0].partition_key is missing; write a text in quotes."),
    ("a record without data", stream('[[streams.records]]\npartition_key = "x"'),
     ', line 3: streams[0].records[0].data is missing; write data = "...", data_base64 = "..." or json = { ... }.'),
    ("two kinds of data", stream('[[streams.records]]\npartition_key = "x"\ndata = ""\njson = 1'),
     ", line 6: streams[0].records[0].json stands beside data; write one of them."),
    ("no base64", stream('[[streams.records]]\npartition_key = "x"\ndata_base64 = "a"'),
     ', line 5: streams[0].records[0].data_base64 is "a"; write base64 with its padding.'),
    ("a hash key out of range",
     stream('[[streams.records]]\npartition_key = "x"\ndata = ""\nexplicit_hash_key = '
            '"340282366920938463463374607431768211456"'),
     '; write a number below 2^128.'),
    ("too large a record", stream(f'shards = 1\n[[streams.records]]\npartition_key = "x"\ndata = "{"x" * 1048576}"'),
     ", line 4: streams[0].records[0]: the data and the partition key have 1048577 bytes, and a record of this "
     "stream has at most 1048576; raise max_record_kib, or write less."),
    ("a key's state", '[keys]\n"alias/k" = "gone"\n', ', line 2: keys."alias/k" is "gone"; write "enabled", '),
    ("more shards than the account may have", stream("shards = 5", "a") + stream("shards = 6", "b"),
     ", line 4: streams[1]: "),
]


@pytest.mark.parametrize("why, text, expected", [pytest.param(*row, id=row[0]) for row in MISTAKES])
def test_a_mistake_is_named_and_nothing_is_made(tmp_path, why, text, expected):
    (tmp_path / "no-policy.json").write_text("{}")
    (tmp_path / "no-json.json").write_text("{")
    file = write(tmp_path, text)
    before = fingerprint(tmp_path)
    flags = ("--listen", "127.0.0.1:0", "--shard-limit", "10")
    refused = refusal("--init", file, "--db", tmp_path / "data.db", *flags)
    check_refused(refused, expected.replace("{file}", str(file)).replace("{folder}", str(tmp_path)))
    assert fingerprint(tmp_path) == before


@pytest.mark.parametrize("why, text, words", [
    pytest.param(*row, id=row[0]) for row in [
        ("shards beyond the double", stream("shards = 100"), (", line 3: streams[0].shards: ",)),
        ("a consumer too many", stream("".join(f"[[streams.consumers]]\nname = 'c{i}'\n" for i in range(21))),
         (", line 41: streams[0].consumers[19]: ",)),
        ("retention, after a stream that would do",
         stream("shards = 1", "new") + stream("shards = 3\nretention_hours = 1"),
         (", line 7: streams[1].retention_hours: ",)),
    ]])
def test_a_refusal_by_what_is_there_leaves_it_as_it_was(start, tmp_path, why, text, words):
    db = tmp_path / "data.db"
    start("--init", write(tmp_path, BEFORE), "--db", db).stop()
    file = write(tmp_path, text)
    before = fingerprint(tmp_path)
    check_refused(refusal("--init", file, "--db", db, "--listen", "127.0.0.1:0"), *words)
    assert fingerprint(tmp_path) == before
    server = start("--db", db)
    assert names(server) == ["s"]
    assert (summary(server)["OpenShardCount"], summary(server)["RetentionPeriodHours"]) == (2, 48)


def test_all_of_a_large_file_is_one_transaction(start, tmp_path):
    """Also where it is more than the journal writes at once otherwise."""
    text = "".join(stream("shards = 2\nretention_hours = 48\n[[streams.records]]\npartition_key = 'k'\ndata = 'x'",
                          f"s{i:04}") for i in range(3000))
    began = time.monotonic()
    server = start("--init", write(tmp_path, text), "--db", tmp_path / "data.db", "--shard-limit", "unlimited")
    took = time.monotonic() - began
    assert took < WAIT_S, took
    assert names(server)[:2] == ["s0000", "s0001"]
    assert len(datas(read_all(server, "s2999", 0)) + datas(read_all(server, "s2999", 1))) == 1


@pytest.mark.parametrize("after_ms", [20, 60, 100, 200, 400])
def test_a_start_that_is_killed_has_made_all_or_nothing(start, tmp_path, after_ms):
    count = 400
    text = "".join(stream("shards = 5\n[[streams.consumers]]\nname = 'c'\n[[streams.records]]\npartition_key = 'k'\n"
                          "data = 'x'", f"s{i:04}") for i in range(count))
    flags = ("--db", tmp_path / "data.db")
    file = write(tmp_path, text)
    killed = subprocess.Popen([EXECUTABLE, "--listen", "127.0.0.1:0", *map(str, flags), "--init", str(file)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after_ms / 1000)
    killed.kill()
    killed.wait()
    server = start(*flags)
    usage = server.ok("DescribeLimits", {})
    assert usage["OpenShardCount"] in (0, 5 * count)
    server.stop()
    server = start(*flags, "--init", file)
    last = f"s{count - 1:04}"
    assert sum(len(read_all(server, last, at)) for at in range(5)) == 1
    assert summary(server, last)["ConsumerCount"] == 1


def test_a_disk_that_is_full_is_said_and_nothing_is_made(tmp_path):
    def two_mib():
        small_files()
        limit_files(0, 2 << 20)

    record = '[[streams.records]]\npartition_key = "k"\ndata = "' + "x" * (1 << 20) + '"\n'
    file = write(tmp_path, stream("shards = 1\nmax_record_kib = 10240\n" + record * 8))
    before = fingerprint(tmp_path)
    refused = refusal("--init", file, "--db", tmp_path / "data.db", "--listen", "127.0.0.1:0",
                      preexec_fn=two_mib)
    check_refused(refused, "What is to be there at start cannot be written: ",
                  "; make room, or name another file with --db.")
    assert fingerprint(tmp_path) == before


def test_a_refused_start_without_a_database_leaves_no_temporary_file(tmp_path):
    file = write(tmp_path, stream("shards = 1\nretention_hours = 1"))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    refused = refusal("--init", file, "--listen", "127.0.0.1:0", env={"TMPDIR": str(temporary)})
    check_refused(refused, "streams[0].retention_hours")
    assert not list(temporary.iterdir())


def test_memory_that_is_full_is_said(tmp_path):
    record = '[[streams.records]]\npartition_key = "k"\ndata = "' + "x" * (1 << 20) + '"\n'
    text = stream("shards = 1\nmax_record_kib = 10240\n" + record * 12)
    refused = refusal("--init", write(tmp_path, text), "--db", ":memory:", "--memory-mb", "8",
                      "--listen", "127.0.0.1:0")
    check_refused(refused, "the memory is full; raise --memory-mb, or name a file with --db.")
