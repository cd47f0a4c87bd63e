"""The service's time as it is read, moved, begun and kept."""

import datetime
import re
import resource
import time

import pytest

import kinesisd
from kinesisd import Connection, create_stream, iterator, put, read_all
from service_clock import ask, boto, move, read
from test_disk_full import limit_files, small_files
from test_restart import check_refused, refusal

HOUR_MS = 3_600_000
SOON_MS = kinesisd.WAIT_S * 1000  # what a call may take, and a start
BIRTHDAY = "2020-02-29T12:00:00.000Z"
BIRTHDAY_MS = 1_582_977_600_000


def ms_of(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


@pytest.fixture(scope="module")
def moved():
    """A server whose time tests move as they like."""
    with kinesisd.Server("--limits", "off") as running:
        yield running


def test_time_is_the_walls_until_it_is_moved(start):
    server = start()
    before, state, after = time.time(), read(server), time.time()
    assert before * 1000 - 2 <= state["now_ms"] <= after * 1000 + 2
    assert ms_of(state["now"]) == state["now_ms"]
    assert abs(state["offset_ms"]) <= 2 and state["frozen"] is False


@pytest.mark.parametrize("change, ms", [
    ({"advance": "25h"}, 25 * HOUR_MS),
    ({"advance": "1 minute"}, 60_000),
    ({"advance": 1500}, 1500),
    ({"advance_ms": 5000}, 5000),
    ({"advance_ms": "5s"}, 5000),
    ({"advance": "0s"}, 0),
])
def test_time_jumps_by_a_duration(moved, change, ms):
    before = read(moved)
    answer = ask(moved, change, "POST")
    assert answer.status == 200
    state = answer.json()
    assert ms <= state["now_ms"] - before["now_ms"] < ms + SOON_MS
    assert ms - 2 <= state["offset_ms"] - before["offset_ms"] <= ms + 2
    assert read(moved)["now_ms"] >= state["now_ms"]


def test_time_is_frozen_moved_and_resumed(moved):
    frozen = move(moved, freeze=True)
    assert frozen["frozen"] is True
    assert read(moved)["now_ms"] == frozen["now_ms"]
    later = move(moved, advance="1h")
    assert later["now_ms"] == frozen["now_ms"] + HOUR_MS and later["frozen"] is True
    assert read(moved)["now"] == later["now"]
    assert move(moved, freeze=True)["now"] == later["now"]
    at = later["now_ms"] + 2 * HOUR_MS + 1
    instant = datetime.datetime.fromtimestamp(at / 1000, datetime.timezone.utc).isoformat()
    assert move(moved, set=instant)["now_ms"] == at
    resumed = move(moved, resume=True)
    assert resumed["now_ms"] == at and resumed["frozen"] is False
    moment = read(moved)["now_ms"]
    assert at <= moment < at + SOON_MS
    both = move(moved, advance="1h", freeze=True)
    assert both["frozen"] is True and moment + HOUR_MS <= both["now_ms"] == read(moved)["now_ms"]
    assert move(moved, advance="1s", resume=True)["frozen"] is False
    assert move(moved, resume=True)["frozen"] is False


@pytest.mark.parametrize("why, body, words", [
    ("nothing to do", b"{}", ["The body says nothing of time", '{"advance": "25h"}']),
    ("an unknown key", b'{"forward": 1}', ["forward"]),
    ("two jumps", b'{"advance": "1h", "set": "2126-01-01"}', ["set", "advance", "one of them"]),
    ("both at once", b'{"freeze": true, "resume": true}', ["resume", "freeze"]),
    ("no duration", b'{"advance": "soon"}', ["advance", '"25h"']),
    ("backwards", b'{"advance_ms": -1}', ["advance_ms"]),
    ("a negative duration", b'{"advance": "-1h"}', ["advance"]),
    ("no time", b'{"set": "tomorrow"}', ["set", "2026-01-31T12:00:00Z"]),
    ("a time that was", b'{"set": "2020-02-29"}', ["Time does not go backwards", "2020-02-29T00:00:00.000Z"]),
    ("too far at once", b'{"advance": "40000 days"}', ["advance"]),
    ("too far in all", b'{"set": "2999-01-01"}', ["2999-01-01T00:00:00.000Z is too far ahead"]),
    ("a false freeze", b'{"freeze": false}', ["freeze", "true"]),
    ("a text", b'{"freeze": "yes"}', ["freeze"]),
    ("no JSON", b"25h", []),
], ids=lambda value: value if isinstance(value, str) else "")
def test_nonsense_is_refused_with_a_sentence(moved, why, body, words):
    before = read(moved)
    answer = ask(moved, body)
    assert answer.status == 400, answer
    sentence = answer.json()["error"]
    assert sentence.endswith(".") and all(word in sentence for word in words), sentence
    assert abs(read(moved)["offset_ms"] - before["offset_ms"]) <= 2


def test_only_tools_move_time(moved):
    with Connection(moved) as connection:
        answer = connection.send("PUT", "/_kinesisd/clock", {}, b'{"advance": "1s"}')
    assert answer.status == 415


@pytest.mark.parametrize("given", [BIRTHDAY, "2020-02-29T13:30:00+01:30", "2020-02-29 12:00:00z"])
def test_time_begins_where_it_is_told_to(start, given):
    server = start("--start-time", given)
    state = read(server)
    assert 0 <= state["now_ms"] - BIRTHDAY_MS < SOON_MS
    created = create_stream(server, "s")["StreamCreationTimestamp"]
    assert 0 <= created - BIRTHDAY_MS / 1000 < 2 * SOON_MS / 1000


def test_a_frozen_clock_gives_equal_times_of_arrival(start):
    server = start("--start-time", BIRTHDAY, "--clock", "frozen")
    create_stream(server, "s")
    for data in "abc":
        put(server, "s", data)
    kinesis = boto(server)
    at = kinesis.get_shard_iterator(StreamName="s", ShardId="0", ShardIteratorType="TRIM_HORIZON")
    page = kinesis.get_records(ShardIterator=at["ShardIterator"])
    arrived = {record["ApproximateArrivalTimestamp"] for record in page["Records"]}
    assert {moment.timestamp() for moment in arrived} == {BIRTHDAY_MS / 1000}
    assert [record["Data"] for record in page["Records"]] == [b"a", b"b", b"c"]


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_an_offset_outlives_the_process(start, tmp_path, end):
    flags = ("--db", tmp_path / "data.db")
    server = start(*flags)
    moved = move(server, advance="25h")
    getattr(server, end)()
    state = read(start(*flags))
    assert abs(state["offset_ms"] - moved["offset_ms"]) <= 2
    assert state["now_ms"] >= moved["now_ms"] and state["frozen"] is False


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_time_stays_frozen_over_a_restart_until_it_is_resumed(start, tmp_path, end):
    flags = ("--db", tmp_path / "data.db")
    server = start(*flags, "--start-time", BIRTHDAY, "--clock", "frozen")
    assert read(server)["now_ms"] == BIRTHDAY_MS
    moved = move(server, advance="1h")
    getattr(server, end)()
    server = start(*flags)
    state = read(server)
    assert (state["now_ms"], state["now"], state["frozen"]) == (moved["now_ms"], moved["now"], True)
    server.stop()
    state = read(start(*flags, "--clock", "running"))
    assert moved["now_ms"] <= state["now_ms"] < moved["now_ms"] + 2 * SOON_MS
    assert state["frozen"] is False


def test_a_start_that_was_told_is_kept_without_any_change(start, tmp_path):
    flags = ("--db", tmp_path / "data.db")
    server = start(*flags, "--start-time", BIRTHDAY)
    create_stream(server, "s")
    server.kill()
    state = read(start(*flags))
    assert 0 <= state["now_ms"] - BIRTHDAY_MS < 60_000 * kinesisd.PATIENCE


@pytest.mark.parametrize("asked", ["2029-12-31", "2030-02-01"])
def test_a_database_goes_on_from_its_own_time_whatever_start_is_told(start, tmp_path, asked):
    flags = ("--db", tmp_path / "data.db")
    server = start(*flags, "--start-time", "2030-01-01", "--clock", "frozen")
    assert "--start-time" not in server.text()
    create_stream(server, "s")
    put(server, "s", "a")
    move(server, advance="1h")
    server.stop()
    server = start(*flags, "--start-time", asked, "--clock", "frozen")
    assert read(server)["now"] == "2030-01-01T01:00:00.000Z"
    server.wait_for_line(re.escape(
        f"--start-time {asked}T00:00:00.000Z is for a new database; the time of this one goes on from "
        "2030-01-01T01:00:00.000Z, and /_kinesisd/clock moves it."))
    assert [record["PartitionKey"] for record in read_all(server, "s")] == ["k"]


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_the_same_flags_start_a_kept_database_again(start, tmp_path, end):
    flags = ("--db", tmp_path / "data.db", "--start-time", BIRTHDAY)
    server = start(*flags)
    create_stream(server, "s")
    put(server, "s", "a")
    before = move(server, advance="1h")
    getattr(server, end)()
    server = start(*flags)
    assert 0 <= read(server)["now_ms"] - before["now_ms"] < 60_000 * kinesisd.PATIENCE
    put(server, "s", "b")
    assert [record["Data"] for record in read_all(server, "s")] == [kinesisd.b64("a"), kinesisd.b64("b")]


def test_a_database_that_has_kept_nothing_is_new(start, tmp_path):
    flags = ("--db", tmp_path / "data.db")
    start(*flags).stop()
    assert 0 <= read(start(*flags, "--start-time", BIRTHDAY))["now_ms"] - BIRTHDAY_MS < 60_000


@pytest.mark.parametrize("flags, words", [
    (["--start-time", "1999-12-31"], ["--start-time", "from 2000 on"]),
    (["--start-time", "yesterday"], ["--start-time", "2026-01-31T12:00:00Z"]),
    (["--start-time", "2026-02-29"], ["--start-time"]),
    (["--start-time", "2200-01-01"], ["2200-01-01T00:00:00.000Z is too far ahead", "--start-time"]),
    (["--clock", "stopped"], ["--clock", "running or frozen"]),
    (["--seed", "-1"], ["--seed", "0 to 9223372036854775807"]),
    (["--seed", "a"], ["--seed"]),
])
def test_what_no_clock_can_begin_with_is_refused(flags, words):
    check_refused(refusal("--listen", "127.0.0.1:0", *flags), *words)


def test_a_jump_that_cannot_be_kept_does_not_happen(start, tmp_path):
    server = start("--db", tmp_path / "data.db", preexec_fn=small_files)
    create_stream(server, "s")
    limit_files(server.pid, 1)
    before = read(server)
    answer = ask(server, {"advance": "25h", "freeze": True})
    assert answer.status == 500 and "could not be written" in answer.json()["error"]
    after = read(server)
    assert after["frozen"] is False and abs(after["offset_ms"] - before["offset_ms"]) <= 2
    limit_files(server.pid, resource.RLIM_INFINITY)
    assert move(server, advance="25h")["offset_ms"] - after["offset_ms"] >= 25 * HOUR_MS - 2


def drive(server):
    """What one client sees that is random or follows from time."""
    seen = []
    with Connection(server) as connection:
        for operation, request in [
                ("CreateStream", {"StreamName": "s", "ShardCount": 2}),
                ("DescribeStream", {"StreamName": "s"}),
                ("PutRecord", {"StreamName": "s", "Data": kinesisd.b64("a"), "PartitionKey": "k"}),
                ("PutRecords", {"StreamName": "s", "Records": [
                    {"Data": kinesisd.b64(str(i)), "PartitionKey": str(i)} for i in range(20)]}),
                ("GetShardIterator", {"StreamName": "s", "ShardId": "0", "ShardIteratorType": "LATEST"}),
                ("ListShards", {"StreamName": "s", "MaxResults": 1}),
                ("ListShards", {"StreamName": "nothing"})]:
            answer = connection.call(operation, request)
            seen.append((answer.headers["x-amzn-RequestId"], answer.headers["x-amz-id-2"], answer.body))
        at = kinesisd.iterator(connection, "s")
        seen.append((at, kinesisd.read(connection, at)))
    return seen


def numbers(server, name):
    """All sequence numbers of a stream that is made, filled, split, merged and filled again."""
    create_stream(server, name, shards=2)
    placed = []
    for _ in range(2):
        placed += [put(server, name, str(i), key=str(i)) for i in range(10)]
        listed = server.ok("ListShards", {"StreamName": name})["Shards"]
        still_open = [one for one in listed if "EndingSequenceNumber" not in one["SequenceNumberRange"]]
        lower, upper = (int(still_open[0]["HashKeyRange"][f"{end}HashKey"]) for end in ("Starting", "Ending"))
        server.ok("SplitShard", {"StreamName": name, "ShardToSplit": still_open[0]["ShardId"],
                                 "NewStartingHashKey": str((lower + upper) // 2)})
        server.ok("DescribeStreamSummary", {"StreamName": name})
    server.ok("MergeShards", {"StreamName": name, "ShardToMerge": "shardId-000000000003",
                              "AdjacentShardToMerge": "shardId-000000000004"})
    server.ok("DescribeStreamSummary", {"StreamName": name})
    placed.append(put(server, name, "last", key="0"))
    shards = server.ok("ListShards", {"StreamName": name})["Shards"]
    ranges = {one["ShardId"]: one["SequenceNumberRange"] for one in shards}
    for one in shards:
        for parent in (one.get("ParentShardId"), one.get("AdjacentParentShardId")):
            if parent is not None:
                assert int(ranges[parent]["EndingSequenceNumber"]) < int(
                    ranges[one["ShardId"]]["StartingSequenceNumber"])
    read_again = [[record["SequenceNumber"] for record in read_all(server, name, shard=int(one["ShardId"][-3:]))]
                  for one in shards]
    assert all(one == sorted(one, key=int) for one in read_again)
    return placed, ranges, read_again


def test_with_a_seed_sequence_numbers_are_the_same_whatever_the_time(start):
    flags = ("--seed", 7, "--limits", "off", "--transition-ms", "0")
    first = numbers(start(*flags), "s")
    later = start(*flags)
    move(later, advance="1h")
    assert numbers(later, "s") == first
    assert numbers(start(*flags[2:]), "s") != first


def test_a_stream_made_anew_has_other_numbers(start):
    server = start("--seed", 7, "--transition-ms", "0")
    create_stream(server, "s")
    before = put(server, "s", "a")["SequenceNumber"]
    server.ok("DeleteStream", {"StreamName": "s"})
    create_stream(server, "s")
    assert int(put(server, "s", "a")["SequenceNumber"]) > int(before)
    refused = server.call("GetShardIterator", {
        "StreamName": "s", "ShardId": "0", "ShardIteratorType": "AT_SEQUENCE_NUMBER",
        "StartingSequenceNumber": before})
    assert refused.error()[1] == "InvalidArgumentException"


@pytest.mark.parametrize("again", [("--seed", 7), ()], ids=["with the seed", "without it"])
def test_numbers_go_on_over_a_restart(start, tmp_path, again):
    flags = ("--db", tmp_path / "data.db", "--transition-ms", "0")
    server = start("--seed", 7, *flags)
    create_stream(server, "s")
    before = [put(server, "s", str(i))["SequenceNumber"] for i in range(3)]
    server.kill()
    server = start(*again, *flags)
    after = put(server, "s", "3")["SequenceNumber"]
    found = [record["SequenceNumber"] for record in read_all(server, "s")]
    assert found == [*before, after] == sorted(found, key=int)
    at = iterator(server, "s", kind="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=before[-1])
    assert [record["SequenceNumber"] for record in kinesisd.read(server, at)["Records"]] == [after]
    ordered = put(server, "s", "4", SequenceNumberForOrdering=after)["SequenceNumber"]
    assert int(ordered) > int(after)


def test_with_a_seed_and_a_frozen_clock_two_runs_give_the_same(start):
    flags = ("--seed", 7, "--start-time", BIRTHDAY, "--clock", "frozen")
    first = drive(start(*flags))
    assert len({request_id for request_id, *_ in first[:-1]}) == len(first) - 1
    assert drive(start(*flags)) == first
    other = drive(start("--seed", 8, *flags[2:]))
    assert all(one[0] != another[0] for one, another in zip(first, other))
