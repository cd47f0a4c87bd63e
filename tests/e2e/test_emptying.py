"""One stream emptied, or taken away, without waiting: DELETE /_kinesisd/streams/NAME/records, and reset of a stream."""

import contextlib
import resource
import signal
import sqlite3

import pytest

from kinesisd import WAIT_S, Connection, create_stream, datas, iterator, put, read, read_all
from subscription import Subscription, register, request
from test_disk_full import limit_files, small_files
from test_snapshots import database, done, names  # noqa: F401

JSON = {"Content-Type": "application/json"}


def empty(server, name, query=""):
    with Connection(server) as connection:
        return connection.send("DELETE", f"/_kinesisd/streams/{name}/records{query}", {}, None)


def test_a_stream_is_emptied(start, database):
    server = start(*database)
    create_stream(server, "s", shards=2, Tags={"t": "v"})
    create_stream(server, "other")
    put(server, "other", "stays")
    low, high = "0", str(2 ** 127)
    numbers = [put(server, "s", "old", ExplicitHashKey=key)["SequenceNumber"] for key in (low, high, low)]
    at = [iterator(server, "s", shard=shard) for shard in (0, 1)]
    latest = iterator(server, "s", "LATEST")
    middle = iterator(server, "s", "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[0])
    answer = empty(server, "s")
    assert (answer.status, answer.json()) == (200, {"records": 3})
    assert [read_all(server, "s", shard=shard) for shard in (0, 1)] == [[], []]
    # Everything else is as it was.
    assert datas(read_all(server, "other")) == [b"stays"]
    assert server.ok("ListTagsForStream", {"StreamName": "s"})["Tags"] == [{"Key": "t", "Value": "v"}]
    assert len(server.ok("ListShards", {"StreamName": "s"})["Shards"]) == 2
    # Iterators go on at the end, and no number is given twice.
    new = put(server, "s", "new", ExplicitHashKey=low)["SequenceNumber"]
    assert int(new) > max(int(numbers[0]), int(numbers[2]))
    for one in (at[0], latest, middle, iterator(server, "s", "AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[2])):
        page = read(server, one)
        assert (datas(page["Records"]), page["MillisBehindLatest"]) == ([b"new"], 0)
    assert read(server, at[1])["Records"] == []
    assert empty(server, "s").json() == {"records": 1}
    assert empty(server, "s").json() == {"records": 0}


@pytest.mark.parametrize("killed", [False, True])
def test_it_stays_empty_and_numbers_go_on_after_a_restart(start, tmp_path, killed):
    path = tmp_path / "data.db"
    server = start("--db", path)
    create_stream(server, "s")
    old = [put(server, "s", str(i))["SequenceNumber"] for i in range(100)]
    at = iterator(server, "s")
    assert empty(server, "s").json() == {"records": 100}
    if killed:
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(WAIT_S)
    else:
        server.stop()
    server = start("--db", path)
    assert read_all(server, "s") == []
    new = put(server, "s", "new")["SequenceNumber"]
    assert int(new) > max(map(int, old))
    assert datas(read(server, at)["Records"]) == [b"new"]
    server.stop()
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT count(*) FROM record_list WHERE stream = 's'").fetchone() == (1,)
    file.close()


def test_a_snapshot_keeps_what_it_holds(start, database):
    server = start(*database)
    create_stream(server, "s")
    put(server, "s", "a")
    done(server, "PUT", "snapshots/x")
    put(server, "s", "b")
    assert empty(server, "s").json() == {"records": 2}
    put(server, "s", "c")
    done(server, "POST", "snapshots/x")
    assert datas(read_all(server, "s")) == [b"a"]
    done(server, "DELETE", "snapshots/x")
    put(server, "s", "d")
    assert datas(read_all(server, "s")) == [b"a", b"d"]


def test_shards_that_have_ended_still_lead_to_their_children(start):
    server = start("--transition-ms", "0")
    create_stream(server, "s")
    put(server, "s", "old")
    server.ok("SplitShard", {"StreamName": "s", "ShardToSplit": "shardId-000000000000",
                             "NewStartingHashKey": str(2 ** 127)})
    at = iterator(server, "s")
    assert empty(server, "s").json() == {"records": 1}
    page = read(server, at)
    assert (page["Records"], page.get("NextShardIterator")) == ([], None)
    assert [child["ShardId"][-1] for child in page["ChildShards"]] == ["1", "2"]


def test_subscriptions_end_and_can_be_opened_anew(start):
    server = start("--transition-ms", "0")
    create_stream(server, "s")
    put(server, "s", "old")
    consumer = register(server, "s", "c")
    with contextlib.closing(Subscription(server, request(consumer))) as subscription:
        subscription.opened()
        event = subscription.event()
        assert datas(event["Records"]) == [b"old"]
        assert empty(server, "s").status == 200
        assert subscription.news() is None
    go_on = request(consumer, "AFTER_SEQUENCE_NUMBER", SequenceNumber=event["ContinuationSequenceNumber"])
    put(server, "s", "new")
    with contextlib.closing(Subscription(server, go_on)) as subscription:
        subscription.opened()
        assert datas(subscription.news().payload["Records"]) == [b"new"]
    assert server.ok("DescribeStreamConsumer", {"ConsumerARN": consumer})[
        "ConsumerDescription"]["ConsumerStatus"] == "ACTIVE"


def test_worlds_and_names_that_are_not_there(start):
    server = start("--transition-ms", "0")
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1}, region="eu-west-1")
    answer = empty(server, "s")
    assert (answer.status, answer.json()) == (404, {
        "error": "There is no stream s for account 000000000000 in us-east-1; one of this name exists for account "
                 "000000000000 in eu-west-1."})
    assert empty(server, "s", "?region=eu-west-1").json() == {"records": 0}
    with Connection(server) as connection:
        refused = connection.send("DELETE", "/_kinesisd/streams/s", {}, None)
    assert (refused.status, refused.json()) == (405, {
        "error": 'To empty the stream, DELETE /_kinesisd/streams/s/records; to take it away at once, POST {"stream": '
                 '"s"} to /_kinesisd/reset.'})


def test_what_cannot_be_written_changes_nothing(start, tmp_path):
    server = start("--db", tmp_path / "data.db", preexec_fn=small_files)
    create_stream(server, "s")
    put(server, "s", "a")
    limit_files(server.pid, 1)
    answer = empty(server, "s")
    assert (answer.status, answer.json()) == (500, {
        "error": "The change could not be written to the database; see the log for the reason."})
    limit_files(server.pid, resource.RLIM_INFINITY)
    assert datas(read_all(server, "s")) == [b"a"]
    assert empty(server, "s").json() == {"records": 1}


def test_one_stream_is_taken_away_at_once(start, database):
    server = start("--transition-ms", "60000", *database)
    for world in ({}, {"region": "eu-west-1"}):
        for name in ("orders", "clicks"):
            server.ok("CreateStream", {"StreamName": name, "ShardCount": 1}, **world)
    assert done(server, "POST", "reset", b'{"stream": "orders", "region": "us-east-1"}') == {"streams": 1}
    assert names(server) == ["clicks"]
    server.ok("CreateStream", {"StreamName": "orders", "ShardCount": 2})  # the name is free
    assert done(server, "POST", "reset", b'{"stream": "orders"}') == {"streams": 2}
    assert done(server, "POST", "reset", b'{"stream": "orders"}') == {"streams": 0}
    assert names(server) == names(server, region="eu-west-1") == ["clicks"]
    assert done(server, "POST", "reset") == {"streams": 2}


def test_a_stream_alone_takes_no_commitment_along(start):
    server = start("--transition-ms", "0")
    server.ok("UpdateAccountSettings", {"MinimumThroughputBillingCommitment": {"Status": "ENABLED"}})
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    assert done(server, "POST", "reset", b'{"stream": "s"}') == {"streams": 1}
    settings = server.ok("DescribeAccountSettings", {})
    assert settings["MinimumThroughputBillingCommitment"]["Status"] == "ENABLED"
