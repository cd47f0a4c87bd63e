"""`serve --capture FILE` and `kinesisd replay FILE`."""

import base64
import collections
import json
import stat
import threading
import time

import pytest

import faults
from kinesisd import WAIT_S, Connection, b64, create_stream, datas, headers_for, put, read_all
from test_commands import run
from test_restart import check_refused, refusal


def lines_of(file, count):
    """The lines of a capture once there are so many; one that has no end yet is still being written."""
    deadline = time.monotonic() + WAIT_S
    while True:
        *lines, _ = file.read_text().split("\n") if file.exists() else [""]
        if len(lines) >= count:
            assert len(lines) == count, lines
            return [json.loads(line) for line in lines]
        assert time.monotonic() < deadline, lines
        time.sleep(0.02)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "writes.ndjson"


def replay(server, file, *flags):
    code, said, printed = run("replay", file, "--pace", "max", *flags, "--endpoint", server.url)
    assert printed == ""
    return code, said


def test_only_its_owner_may_read_the_file(start, file):
    file.write_text("")
    for mode in (None, 0o644):
        if mode:
            file.chmod(mode)
        else:
            file.unlink()
        server = start("--capture", file)
        create_stream(server, f"mode-{mode}")
        lines_of(file, 2 if mode else 1)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        server.stop()


def test_what_is_captured(start, file):
    server = start("--capture", file)
    create_stream(server, "s", shards=2)
    one = put(server, "s", "one", key="k", ExplicitHashKey="0")
    server.call("PutRecord", {"StreamName": "missing", "Data": "", "PartitionKey": "k"})
    many = server.ok("PutRecords", {"StreamName": "s", "Records": [
        {"Data": b64(b"\xff\x00"), "PartitionKey": "ä"}, {"Data": "", "PartitionKey": "b"}]})["Records"]
    read_all(server, "s")
    server.ok("AddTagsToStream", {"StreamName": "s", "Tags": {"a": "b"}})
    lines = lines_of(file, 5)
    common = {"account": "000000000000", "region": "us-east-1", "stream": "s"}
    times = [line.pop("time") for line in lines]
    assert times == sorted(times) and all(at.endswith("Z") for at in times)
    assert lines == [
        {**common, "operation": "CreateStream", "request": {"StreamName": "s", "ShardCount": 2}},
        {**common, "operation": "PutRecord", "partitionKey": "k", "explicitHashKey": "0", "data": b64("one"),
         "shard": one["ShardId"], "sequenceNumber": one["SequenceNumber"]},
        {**common, "operation": "PutRecords", "partitionKey": "ä", "data": b64(b"\xff\x00"),
         "shard": many[0]["ShardId"], "sequenceNumber": many[0]["SequenceNumber"]},
        {**common, "operation": "PutRecords", "partitionKey": "b", "data": "",
         "shard": many[1]["ShardId"], "sequenceNumber": many[1]["SequenceNumber"]},
        {**common, "operation": "AddTagsToStream", "request": {"StreamName": "s", "Tags": {"a": "b"}}},
    ]


def test_only_what_was_stored_is_captured(start, file):
    server = start("--capture", file, "--limits", "writes")
    create_stream(server, "s")
    big = {"Data": b64("x" * 600_000), "PartitionKey": "k"}
    answer = server.ok("PutRecords", {"StreamName": "s", "Records": [big, big, big]})
    stored = [record["SequenceNumber"] for record in answer["Records"] if "SequenceNumber" in record]
    assert 0 < len(stored) < 3
    assert [line["sequenceNumber"] for line in lines_of(file, 1 + len(stored))[1:]] == stored


def test_a_failure_that_is_late_on_demand_holds_up_no_other_write(start, file):
    server = start("--capture", file, "--limits", "off")
    create_stream(server, "s")
    faults.add(server, {"operation": "PutRecord", "count": 1, "throttle": True, "latency": "15m"})
    with Connection(server) as late:
        request = {"StreamName": "s", "Data": "", "PartitionKey": "k"}
        late.http.request("POST", "/", json.dumps(request), headers_for("PutRecord"))
        deadline = time.monotonic() + WAIT_S
        while not any(faults.hits(server).values()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        stored = put(server, "s", "one")["SequenceNumber"]
        assert lines_of(file, 2)[1]["sequenceNumber"] == stored


def test_the_order_of_each_shard(start, file):
    """Many writers on all threads; the file has each shard's records in the order of their numbers."""
    server = start("--capture", file, "--limits", "off", "--threads", "4")
    create_stream(server, "s", shards=3)

    def write(index):
        with Connection(server) as connection:
            for i in range(40):
                connection.ok("PutRecord", {"StreamName": "s", "Data": b64(f"{index} {i}"),
                                            "PartitionKey": f"{index} {i}"})

    threads = [threading.Thread(target=write, args=(i,)) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shards = collections.defaultdict(list)
    for line in lines_of(file, 481)[1:]:
        shards[line["shard"]].append(int(line["sequenceNumber"]))
    assert len(shards) == 3
    assert all(numbers == sorted(numbers) for numbers in shards.values())


def test_a_capture_is_appended_to_and_complete_at_the_end(start, file):
    for turn in range(2):
        server = start("--capture", file)
        create_stream(server, "s")
        put(server, "s", str(turn))
        server.stop()
        assert len(lines_of(file, 2 * turn + 2)) == 2 * turn + 2


def test_a_file_that_cannot_be_written(tmp_path, start):
    check_refused(refusal("--listen", "127.0.0.1:0", "--capture", tmp_path / "no" / "file"), "--capture", "no/file")
    server = start()
    unused = tmp_path / "unused"
    check_refused(refusal("--listen", f"127.0.0.1:{server.port}", "--capture", unused), server.port)
    assert not unused.exists()


def test_a_disk_that_fails_stops_no_write(start):
    server = start("--capture", "/dev/full")
    create_stream(server, "s")
    put(server, "s", "x")
    assert "/dev/full" in server.wait_for_line("--capture /dev/full: No space left on device")
    put(server, "s", "y")
    assert datas(read_all(server, "s")) == [b"x", b"y"]


def test_replay_stands_alone(start, file):
    first = start("--capture", file, "--limits", "off")
    create_stream(first, "a", shards=3)
    create_stream(first, "b")
    sent = collections.defaultdict(list)
    for i in range(300):
        sent[f"k{i % 7}"].append(f"{i}".encode())
        put(first, "a", f"{i}", key=f"k{i % 7}")
    put(first, "b", b"\xff", ExplicitHashKey="5")
    first.stop()
    second = start("--limits", "off")
    code, said = replay(second, file)
    assert code == 0 and said.startswith("301 records put into 2 streams in ")
    assert said.endswith("; 2 calls repeated.")
    found = collections.defaultdict(list)
    for shard in range(3):
        for record in read_all(second, "a", shard=shard):
            found[record["PartitionKey"]].append(base64.b64decode(record["Data"]))
    assert found == sent
    assert datas(read_all(second, "b")) == [b"\xff"]


def test_replay_into_other_streams(start, file):
    server = start("--capture", file)
    create_stream(server, "a")
    create_stream(server, "b")
    put(server, "a", "1")
    put(server, "b", "2")
    server.stop()
    server = start()
    create_stream(server, "there")
    assert replay(server, file, "--stream", "a=there", "--stream", "b=new")[0] == 0
    assert server.ok("ListStreams", {})["StreamNames"] == ["new", "there"]
    assert (datas(read_all(server, "there")), datas(read_all(server, "new"))) == ([b"1"], [b"2"])
    assert replay(server, file, "--stream", "there", "--no-create")[0] == 0
    assert datas(read_all(server, "there")) == [b"1", b"1", b"2"]


def test_replay_of_changes(start, file):
    server = start("--capture", file)
    create_stream(server, "s")
    server.ok("SplitShard", {"StreamName": "s", "ShardToSplit": "shardId-000000000000",
                             "NewStartingHashKey": str(2**127)})
    while server.ok("DescribeStreamSummary", {"StreamName": "s"})[
            "StreamDescriptionSummary"]["StreamStatus"] != "ACTIVE":
        pass
    put(server, "s", "x", ExplicitHashKey="0")
    server.ok("DeleteStream", {"StreamName": "s"})
    server.stop()
    plain, changed = start(), start()
    assert replay(plain, file)[1].endswith("; 1 call repeated; 2 calls passed over.")
    assert replay(changed, file, "--changes")[1].endswith("; 2 calls repeated; 1 call passed over.")
    assert datas(read_all(plain, "s")) == [b"x"]
    assert datas(read_all(changed, "s", shard=1)) == [b"x"]


def captured(stream, data, at):
    return json.dumps({"time": at, "operation": "PutRecord", "stream": stream, "partitionKey": "k",
                       "data": b64(data)}) + "\n"


def test_the_pace_of_a_replay(server, file, name):
    create_stream(server, name)
    file.write_text(captured(name, "a", "2026-01-01T00:00:00.000Z") + captured(name, "b", "2026-01-01T00:05:00.000Z"))
    began, began_at = time.monotonic(), time.time()
    assert run("replay", file, "--pace", "1000", "--endpoint", server.url)[0] == 0
    took = time.monotonic() - began
    assert took >= 0.3
    # The second is put 0.3 s after the beginning, however long the first took: slow machines are not waited for.
    a, b = [record["ApproximateArrivalTimestamp"] for record in read_all(server, name)]
    assert began_at + 0.299 <= b and 0 <= b - a <= took + 0.001


@pytest.mark.parametrize("text, code, said", [
    ("{}\n", 1, "line 1 has no time; it is not of a capture."),
    ("x\n", 1, "line 1 is not JSON; it is not of a capture."),
    ('{"time":"then","operation":"PutRecord"}\n', 1, "line 1 has a time that is none"),
    ('{"time":"2026-01-01","operation":"PutRecord"}\n', 1, "line 1 has no stream"),
    ('{"time":"2026-01-01","operation":"PutRecord","stream":"s","data":"?"}\n', 1, "data that is not base64"),
    ('{"time":"2026', 0, "line 1 is cut off and left out."),
    ('{"time":"2026-01-01","operation":"PutRecord","stream":"no-such","partitionKey":"k","data":""}\n', 1,
     "ResourceNotFoundException: "),
])
def test_what_is_no_capture(server, file, text, code, said):
    file.write_text(text)
    gave, spoke = replay(server, file)
    assert gave == code and said in spoke
    assert "0 records put into 0 streams" in spoke


def test_a_replay_that_cannot_be(server, file):
    check_refused(run("replay", file), str(file), "cannot be read")
    check_refused(run("replay", file.parent), str(file.parent), "cannot be read; name a capture.")
    file.write_text("")
    check_refused(run("replay", file, "--pace", "slow"), "--pace")
    check_refused(run("replay"), "FILE")
