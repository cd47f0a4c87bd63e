"""A bit that flipped in a stored text never becomes invalid UTF-8 in an answer."""

import contextlib
import sqlite3
import subprocess

import pytest

from kinesisd import ACCOUNT, EXECUTABLE, WAIT_S, Connection, create_stream, datas, iterator, put, read
from subscription import Subscription, register, request

TEXTS = [("streams", "name"), ("streams", "account"), ("streams", "region"), ("streams", "key_id"),
         ("streams", "policy"), ("tags", "tag"), ("tags", "value"), ("consumers", "name"), ("consumers", "policy"),
         ("consumer_tags", "tag"), ("consumer_tags", "value"), ("accounts", "account"), ("accounts", "region"),
         ("keys", "key")]


def alter(path, statement, *values):
    with sqlite3.connect(path) as database:
        assert database.execute(statement, values).rowcount == 1
    database.close()


def three_records(start, path):
    """The numbers of three records of the stream `s`, in the file of a server that has ended."""
    server = start("--db", path)
    create_stream(server, "s")
    numbers = [put(server, "s", data, key="schlüssel")["SequenceNumber"] for data in ("a", "b", "c")]
    server.stop()
    alter(path, "UPDATE records SET partition_key = CAST(x'736368ff' AS TEXT) WHERE data = ?", b"b")
    return numbers


def sentence(number):
    return (f"the partition key of record {number} in shardId-000000000000 of stream s (account {ACCOUNT} in us-east-1) "
            "is damaged in the database: it is no UTF-8; restore a copy of the database, or read on behind it with "
            "AFTER_SEQUENCE_NUMBER and its number")


def test_a_damaged_partition_key_is_an_error_that_the_log_explains(start, tmp_path):
    path = tmp_path / "data.db"
    _, number, _ = three_records(start, path)
    server = start("--db", path)
    answer = server.call("GetRecords", {"ShardIterator": iterator(server, "s")})
    assert (answer.status, answer.json()["__type"]) == (500, "InternalFailure")
    assert server.wait_for_line("is damaged in").endswith(f"error Kinesis_20131202.GetRecords failed: {sentence(number)}")
    # What stands before it can be read, and what stands behind it.
    assert datas(read(server, iterator(server, "s"), Limit=1)["Records"]) == [b"a"]
    behind = iterator(server, "s", "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=number)
    assert datas(read(server, behind)["Records"]) == [b"c"]
    with Connection(server) as connection:
        assert connection.send("GET", "/_kinesisd/streams/s/records", {}, None).status == 500
    put(server, "s", "d")
    server.stop()


def test_a_subscription_ends_with_the_error(start, tmp_path):
    path = tmp_path / "data.db"
    _, number, _ = three_records(start, path)
    server = start("--db", path, "--transition-ms", "0")
    consumer = register(server, "s", "c")
    with contextlib.closing(Subscription(server, request(consumer))) as subscription:
        subscription.opened()
        told = subscription.next()
        assert (told.kind, told.type) == ("exception", "InternalFailureException")
        assert subscription.next() is None
    assert server.wait_for_line("A subscription to s failed").endswith(sentence(number))


@pytest.mark.parametrize("table, column", TEXTS)
def test_a_damaged_text_of_a_stream_stops_the_start(start, tmp_path, table, column):
    path = tmp_path / "data.db"
    server = start("--db", path, "--transition-ms", "0")
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1, "Tags": {"t": "v"}})
    arn = server.ok("DescribeStreamSummary", {"StreamName": "s"})["StreamDescriptionSummary"]["StreamARN"]
    consumer = server.ok("RegisterStreamConsumer", {"StreamARN": arn, "ConsumerName": "c", "Tags": {"t": "v"}})
    server.ok("StartStreamEncryption", {"StreamName": "s", "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"})
    server.ok("UpdateAccountSettings", {"MinimumThroughputBillingCommitment": {"Status": "ENABLED"}})
    with Connection(server) as connection:
        assert connection.send("PUT", "/_kinesisd/kms/k", {"Content-Type": "application/json"},
                               b'{"state":"disabled"}').status == 200
    assert consumer["Consumer"]["ConsumerName"] == "c"
    server.stop()
    alter(path, f"UPDATE {table} SET {column} = CAST(x'73ff' AS TEXT)")
    done = subprocess.run([EXECUTABLE, "--listen", "127.0.0.1:0", "--db", path], capture_output=True, text=True,
                          check=False, timeout=WAIT_S)
    assert done.returncode == 2
    assert f"{table}.{column} has the text x'73FF', which is no UTF-8" in done.stderr
    # It was refused, not changed: mended by hand, it opens.
    alter(path, f"UPDATE {table} SET {column} = 's'" if column == "name" else f"UPDATE {table} SET {column} = ''")
    start("--db", path).stop()
