"""Looking into streams of all worlds: overview, one stream, records page by page, aggregates taken apart."""

import base64
import datetime
import hashlib
import urllib.parse

import pytest

from kinesisd import ACCOUNT, Connection, arn, create_stream, put, shard_id
from service_clock import move
from subscription import Subscription, register, request


def look(server, path="", **query):
    query = urllib.parse.urlencode(query)
    with Connection(server) as connection:
        return connection.send("GET", f"/_kinesisd/streams{path}" + (f"?{query}" if query else ""), {}, None)


def seen(server, path="", **query):
    answer = look(server, path, **query)
    assert answer.status == 200, answer
    return answer.json()


def records(server, name, **query):
    return seen(server, f"/{name}/records", **query)["records"]


def test_streams_of_all_worlds_are_listed_page_by_page(start):
    server = start("--transition-ms", "0")
    for world in ({}, {"access_key": "123456789012"}, {"region": "eu-west-1"}):
        for name in ("a", "b"):
            server.ok("CreateStream", {"StreamName": name, "ShardCount": 2}, **world)
    put(server, "a", "four", key="k")
    streams = seen(server)["streams"]
    assert [(s["account"], s["region"], s["name"]) for s in streams] == [
        (ACCOUNT, "eu-west-1", "a"), (ACCOUNT, "eu-west-1", "b"), (ACCOUNT, "us-east-1", "a"),
        (ACCOUNT, "us-east-1", "b"), ("123456789012", "us-east-1", "a"), ("123456789012", "us-east-1", "b")]
    assert {k: v for k, v in streams[2].items() if k != "created"} == {
        "name": "a", "account": ACCOUNT, "region": "us-east-1", "arn": arn("a"), "status": "ACTIVE",
        "mode": "PROVISIONED", "retention_hours": 24, "max_record_kib": 1024, "open_shards": 2, "records": 1,
        "bytes": 5, "consumers": 0}
    assert len(seen(server, account="123456789012")["streams"]) == 2
    assert len(seen(server, region="eu-west-1")["streams"]) == 2
    paged, more = [], {}
    while more is not None:
        page = seen(server, limit=4, **more)
        paged += page["streams"]
        more = {"next": page["next"]} if "next" in page else None
    assert paged == streams


def test_times_are_told_in_one_form(start):
    server = start("--start-time", "2026-01-31T09:30:00.25Z", "--clock", "frozen", "--transition-ms", "0")
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    put(server, "s", "a")
    with Connection(server) as connection:
        saved = connection.send("PUT", "/_kinesisd/snapshots/x", {"Content-Type": "application/json"}, b"").json()
        clock = connection.send("GET", "/_kinesisd/clock", {}, None).json()
    told = {saved["saved"], clock["now"], seen(server)["streams"][0]["created"], seen(server, "/s")["created"],
            seen(server, "/s")["shards"][0]["newest"], records(server, "s")[0]["arrived"]}
    # Streams are created at whole seconds, as on AWS.
    assert told == {"2026-01-31T09:30:00.000Z", "2026-01-31T09:30:00.250Z"}


def test_looking_ends_no_state(start):
    # While time stands still a state ends when it is observed, and by nothing else.
    server = start("--transition-ms", "auto", "--clock", "frozen")
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    assert seen(server, "/s")["status"] == seen(server)["streams"][0]["status"] == "CREATING"
    server.ok("DescribeStreamSummary", {"StreamName": "s"})
    assert seen(server, "/s")["status"] == "ACTIVE"


def test_a_stream_is_shown_with_shards_and_consumers(server, name):
    create_stream(server, name, shards=2)
    consumer = register(server, name)
    put(server, name, "abc", ExplicitHashKey="0")
    server.ok("SplitShard", {"StreamName": name, "ShardToSplit": shard_id(0), "NewStartingHashKey": "10"})
    server.ok("DescribeStreamSummary", {"StreamName": name})
    with Subscription(server, request(consumer, shard=0)) as subscription:
        assert subscription.opened().records(1)[0] == [b"abc"]
        shown = seen(server, f"/{name}")
    assert [(shard["id"], shard["open"], shard["records"]) for shard in shown["shards"]] == [
        (shard_id(0), False, 1), (shard_id(1), True, 0), (shard_id(2), True, 0), (shard_id(3), True, 0)]
    first, third = shown["shards"][0], shown["shards"][2]
    assert (first["bytes"], third["parent"], third["starting_hash_key"]) == (4, shard_id(0), "0")
    assert first["ending_sequence_number"] > first["starting_sequence_number"]
    assert [one["name"] for one in shown["consumers"]] == ["reader"]
    page = seen(server, f"/{name}", limit=2)
    assert [shard["id"] for shard in page["shards"]] == [shard_id(0), shard_id(1)]
    assert [shard["id"] for shard in seen(server, f"/{name}", **{"from": page["next"]})["shards"]] == [
        shard_id(2), shard_id(3)]


def test_a_stream_that_is_elsewhere_is_said_to_be(start):
    server = start()
    create_stream(server, "s")
    for path in ("/s", "/s/records"):
        answer = look(server, path, region="eu-west-1")
        assert (answer.status, answer.json()) == (404, {
            "error": f"There is no stream s for account {ACCOUNT} in eu-west-1; one of this name exists for "
                     f"account {ACCOUNT} in us-east-1."})
        answer = look(server, path.replace("s", "t", 1), account="123456789012")
        assert answer.json() == {"error": "There is no stream t for account 123456789012 in us-east-1."}


@pytest.mark.parametrize("memory", [256, 8])
def test_records_are_read_page_by_page_from_memory_and_disk(start, memory):
    server = start("--limits", "off", "--memory-mb", memory)
    create_stream(server, "s")
    numbers = [put(server, "s", f"{i} " + "x" * 100_000)["SequenceNumber"] for i in range(120)]
    got, at = [], "trim"
    while True:
        page = seen(server, "/s/records", limit=50, format="text", **{"from": at})
        if not page["records"]:
            break
        assert len(page["records"]) <= 50
        got += page["records"]
        at = page["next"]
    assert [record["sequence_number"] for record in got] == numbers
    assert [record["text"].split()[0] for record in got] == [str(i) for i in range(120)]
    assert page["millis_behind_latest"] == 0
    # The place at the end is good for what comes later.
    put(server, "s", "later")
    assert [record["text"] for record in records(server, "s", format="text", **{"from": at})] == ["later"]


def test_a_page_from_after_the_last_record_goes_on_behind_it(start):
    server = start()
    create_stream(server, "s")
    put(server, "s", "before")
    move(server, advance="1s")
    page = seen(server, "/s/records", **{"from": "2090-01-01"})
    assert page["records"] == []
    put(server, "s", "later")
    assert [record["text"] for record in records(server, "s", format="text", **{"from": page["next"]})] == ["later"]


def test_where_to_begin(server, name):
    create_stream(server, name)
    numbers = [put(server, name, f"{i}")["SequenceNumber"] for i in range(3)]
    shown = records(server, name)
    assert [record["sequence_number"] for record in shown] == numbers
    assert base64.b64decode(shown[0]["data"]) == b"0"
    assert len(records(server, name, **{"from": numbers[1]})) == 2
    assert records(server, name, **{"from": "latest"}) == []
    assert len(records(server, name, **{"from": "2020-01-31T09:30:00Z"})) == 3
    arrived = datetime.datetime.fromisoformat(shown[2]["arrived"].replace("Z", "+00:00")).timestamp()
    assert len(records(server, name, **{"from": f"{arrived + 1:.3f}"})) == 0
    assert shown[2] in records(server, name, **{"from": shown[2]["arrived"]})


@pytest.mark.parametrize("data, text, value", [
    (b'{"a": [1, 2.50, null]}', '{"a": [1, 2.50, null]}', {"a": [1, 2.5, None]}),
    (b"plain \x00 \xc3\xa9", "plain \x00 \xe9", None),
    (b"\xff\xfe", None, None),
    (b"12345678901234567890123", "12345678901234567890123", 12345678901234567890123),
    (b"", "", None),
    (b'"\xff"', None, None),
    (b'{"a":1}{"b":2}', '{"a":1}{"b":2}', None),
    (b"[" * 100 + b"]" * 100, "[" * 100 + "]" * 100, None),
])
def test_formats(server, name, data, text, value):
    create_stream(server, name)
    put(server, name, data, key="schl\xfcssel")
    assert records(server, name, format="text")[0]["text"] == text
    shown = records(server, name, format="json")[0]
    assert (shown["json"], shown["partition_key"]) == (value, "schl\xfcssel")
    assert base64.b64decode(records(server, name)[0]["data"]) == data


@pytest.mark.parametrize("query, sentence", [
    ({"shards": "0"}, "The query has shards, which is not known here; there are account, region, shard, from, limit, "
                      "format, deaggregate."),
    ({}, "The stream has 2 shards; name one, as in ?shard=shardId-000000000000."),
    ({"shard": "7"}, "The stream has no shard 7; its first is shardId-000000000000."),
    ({"shard": "0", "limit": "0"}, "limit=0 has no sense; choose a number from 1 to 10000."),
    ({"shard": "0", "limit": "1e3"}, "limit=1e3 has no sense; choose a number from 1 to 10000."),
    ({"shard": "0", "format": "xml"}, "format=xml has no sense; choose one of base64, text, json."),
    ({"shard": "0", "deaggregate": "1"}, "deaggregate=1 has no sense; choose one of false, true."),
    ({"shard": "0", "from": "now"}, "from=now has no sense; choose trim, latest, a sequence number, a time such as "
                                    "2026-01-31T09:30:00Z or how long ago, such as 5m."),
])
def test_questions_without_sense(server, name, query, sentence):
    create_stream(server, name, shards=2)
    answer = look(server, f"/{name}/records", **query)
    assert (answer.status, answer.json()) == (400, {"error": sentence})


def test_looking_is_not_charged(start):
    server = start("--limits", "data")
    create_stream(server, "s")
    put(server, "s", "a")
    for _ in range(20):
        assert len(records(server, "s")) == 1
    assert server.call("GetShardIterator", {"StreamName": "s", "ShardId": "0",
                                            "ShardIteratorType": "LATEST"}).status == 200


# The packing of the Kinesis Producer Library, written from its description.

def varint(number):
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def aggregate(keys, hash_keys, user_records):
    message = b"".join(field(1, key.encode()) for key in keys)
    message += b"".join(field(2, key.encode()) for key in hash_keys)
    for key, hash_key, data, tags in user_records:
        packed = field(1, key) + (field(2, hash_key) if hash_key is not None else b"") + field(3, data)
        packed += b"".join(field(4, field(1, k.encode()) + field(2, v.encode())) for k, v in tags)
        message += field(3, packed)
    return b"\xf3\x89\x9a\xc2" + message + hashlib.md5(message).digest()


def test_aggregates_are_taken_apart(server, name):
    create_stream(server, name)
    packed = aggregate(["a", "b"], ["123"], [(1, None, b'{"n":1}', []), (0, 0, b"two", [("t", "v")])])
    number = put(server, name, packed, key="ignored")["SequenceNumber"]
    put(server, name, "plain", key="k")
    broken = packed[:-1] + bytes([packed[-1] ^ 1])
    put(server, name, broken, key="k")
    first, second, plain, whole = records(server, name, format="text")
    arrived = first.pop("arrived")
    assert first == {"sequence_number": number, "sub_sequence_number": 0, "partition_key": "b", "text": '{"n":1}'}
    assert second == {"sequence_number": number, "arrived": arrived, "sub_sequence_number": 1, "partition_key": "a",
                      "explicit_hash_key": "123", "tags": [{"key": "t", "value": "v"}], "text": "two"}
    assert (plain["text"], plain["partition_key"]) == ("plain", "k")
    assert whole["text"] is None
    assert records(server, name, format="json")[0]["json"] == {"n": 1}
    untouched = records(server, name, deaggregate="false")
    assert [base64.b64decode(record["data"]) for record in untouched] == [packed, b"plain", broken]


def test_an_aggregate_of_many_records_does_not_make_a_page_without_end(server, name):
    create_stream(server, name, MaxRecordSizeInKiB=1024)
    many = aggregate(["k" * 256], [], [(0, None, b"", [])] * 90_000)
    for _ in range(3):
        put(server, name, many)
    page = seen(server, f"/{name}/records")
    assert len(page["records"]) in (90_000, 180_000)
    rest = seen(server, f"/{name}/records", **{"from": page["next"]})
    numbers = {record["sequence_number"] for record in page["records"] + rest["records"]}
    assert len(numbers) >= 2
