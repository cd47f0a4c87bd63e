"""Trouble on demand, seen as it goes over the wire."""

import http.client
import json
import socket
import ssl
import subprocess
import time

import pytest

import faults
import kinesisd
from h2_client import Http2
from service_clock import move
from subscription import Subscription, register, request


@pytest.fixture
def troubled(start, name):
    """A server of the test's own with a stream of two shards."""
    server = start("--limits", "off")
    kinesisd.create_stream(server, name, shards=2)
    return server


LOW, HIGH = "0", str(2**127)  # hash keys of the two shards


def records(*keys):
    return [{"Data": kinesisd.b64(f"{i}"), "PartitionKey": "k", "ExplicitHashKey": key}
            for i, key in enumerate(keys)]


def test_rules_are_added_listed_replaced_and_removed(troubled, name):
    slow = {"id": "slow", "operation": "GetRecords", "stream": name, "latency": "5ms"}
    assert faults.add(troubled, slow, {"throttle": True, "count": 1}) == ["slow", "1"]
    assert faults.call(troubled, "POST", {"operation": "ListStreams", "reset": "before"}).json() == {"ids": ["2"]}
    troubled.call("PutRecord", {"StreamName": name, "Data": "YQ==", "PartitionKey": "k"})
    troubled.ok("PutRecord", {"StreamName": name, "Data": "YQ==", "PartitionKey": "k"})
    assert faults.listed(troubled) == [
        {"id": "slow", "hits": 0, "matched": 0, "rule": slow},
        {"id": "1", "hits": 1, "matched": 2, "rule": {"throttle": True, "count": 1}},
        {"id": "2", "hits": 0, "matched": 0, "rule": {"operation": "ListStreams", "reset": "before"}}]
    assert faults.call(troubled, "GET", path=faults.PATH + "/slow").json()["rule"] == slow
    assert faults.call(troubled, "POST", path=faults.PATH + "/reset").status == 200
    assert set(faults.hits(troubled).values()) == {0}
    assert faults.call(troubled, "DELETE", path=faults.PATH + "/2").status == 200
    gone = faults.call(troubled, "DELETE", path=faults.PATH + "/2")
    assert (gone.status, gone.json()["error"]) == (
        404, 'There is no rule "2"; GET /_kinesisd/faults lists the rules.')
    assert faults.call(troubled, "PUT", [{"throttle": True}]).json() == {"ids": ["3"]}
    assert list(faults.hits(troubled)) == ["3"]
    assert faults.call(troubled, "DELETE").status == 200
    assert faults.listed(troubled) == []


def test_what_is_listed_can_be_put_back_as_it_is(troubled, name):
    faults.add(troubled, {"id": "slow", "operation": "GetRecords", "stream": name, "latency": "5ms"},
               {"throttle": True, "count": 1}, {"operation": "PutRecords", "records": {"share": 0.5}})
    troubled.call("PutRecord", {"StreamName": name, "Data": "YQ==", "PartitionKey": "k"})
    before = faults.call(troubled, "GET")
    assert [rule["hits"] for rule in before.json()["rules"]] == [0, 1, 0]
    with kinesisd.Connection(troubled) as connection:
        put = connection.send("PUT", faults.PATH, {"Content-Type": "application/json"}, before.body)
    assert (put.status, put.json()) == (200, {"ids": ["slow", "1", "2"]})
    after = faults.listed(troubled)
    assert after == [{**rule, "hits": 0, "matched": 0} for rule in before.json()["rules"]]
    # So can one rule alone, and a list of none.
    one = faults.call(troubled, "GET", path=faults.PATH + "/slow").json()
    assert faults.call(troubled, "PUT", one).json() == {"ids": ["slow"]}
    assert faults.listed(troubled) == after[:1]
    faults.call(troubled, "DELETE")
    assert faults.call(troubled, "PUT", faults.call(troubled, "GET").json()).json() == {"ids": []}
    # What follows gets an id nobody has.
    assert faults.call(troubled, "PUT", before.json()).status == 200
    [new] = faults.add(troubled, {"throttle": True})
    assert new not in ("slow", "1", "2")
    refused = faults.call(troubled, "PUT", {"rules": [{"id": "x", "rul": {"throttle": True}}]})
    assert refused.status == 400


def test_a_mistake_in_a_rule_changes_nothing(troubled):
    refused = faults.call(troubled, "POST", [{"throttle": True}, {"every": 0, "throttle": True}])
    assert (refused.status, refused.json()["error"]) == (
        400, "[1].every is 0; write a number from 1 to 9223372036854775807.")
    assert faults.listed(troubled) == []


def test_rules_of_a_file_hold_from_the_start(start, name, tmp_path):
    file = tmp_path / "faults.toml"
    file.write_text(f'[[rule]]\nid = "first"\noperation = "PutRecord"\nstream = "{name}"\ncount = 1\n'
                    'error = { type = "ValidationException", message = "no" }\n')
    server = start("--faults", file)
    kinesisd.create_stream(server, name)
    put = {"StreamName": name, "Data": "YQ==", "PartitionKey": "k"}
    assert server.call("PutRecord", put).error() == (400, "ValidationException", "no")
    server.ok("PutRecord", put)
    assert faults.hits(server) == {"first": 1}
    server.wait_for_line(r"fault rule first")


def test_a_mistake_in_the_file_ends_the_start_with_one_sentence(tmp_path):
    file = tmp_path / "faults.toml"
    file.write_text("[[rule]]\nthrottle = true\nevery = -1\n")
    done = subprocess.run([kinesisd.EXECUTABLE, "--listen", "127.0.0.1:0", "--faults", file, "--db", tmp_path / "db"],
                          capture_output=True, text=True, timeout=kinesisd.WAIT_S, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{file}, line 3: rule[0].every is -1; write a number from 1 to 9223372036854775807.\n"
    assert list(tmp_path.iterdir()) == [file]


def test_a_rule_for_a_shard_hits_only_the_puts_that_go_there(troubled, name):
    faults.add(troubled, {"shard": 1, "throttle": True})
    put = {"StreamName": name, "Data": "YQ==", "PartitionKey": "k"}
    troubled.ok("PutRecord", {**put, "ExplicitHashKey": LOW})
    refused = troubled.call("PutRecord", {**put, "ExplicitHashKey": HIGH})
    assert refused.error() == (
        400, "ProvisionedThroughputExceededException",
        f"Rate exceeded for shard shardId-000000000001 in stream {name} under account 000000000000.")
    kinesisd.read(troubled, kinesisd.iterator(troubled, name, shard=0))
    refused = troubled.call("GetRecords", {"ShardIterator": faulty_iterator(troubled, name)})
    assert refused.error()[1] == "ProvisionedThroughputExceededException"


def faulty_iterator(server, name):
    """One of shard 1, obtained although calls about it fail."""
    [rule] = faults.listed(server)
    faults.call(server, "DELETE")
    made = kinesisd.iterator(server, name, shard=1)
    faults.add(server, rule["rule"])
    return made


def test_failed_records_of_a_put_are_not_stored(troubled, name):
    faults.add(troubled, {"stream": name, "shard": 0, "records": {"indexes": [0, 3], "type": "InternalFailure"}})
    answer = troubled.ok("PutRecords", {"StreamName": name, "Records": records(LOW, LOW, HIGH, HIGH)})
    assert answer["FailedRecordCount"] == 1
    assert answer["Records"][0] == {"ErrorCode": "InternalFailure", "ErrorMessage": "Internal service failure."}
    assert all("SequenceNumber" in record for record in answer["Records"][1:])
    assert kinesisd.datas(kinesisd.read_all(troubled, name)) == [b"1"]
    assert kinesisd.datas(kinesisd.read_all(troubled, name, shard=1)) == [b"2", b"3"]


def test_an_error_after_the_commit_hides_what_was_done(troubled, name):
    faults.add(troubled, {"operation": "PutRecord", "error": {"type": "InternalFailure", "when": "after"}})
    refused = troubled.call("PutRecord", {"StreamName": name, "Data": "YQ==", "PartitionKey": "k",
                                          "ExplicitHashKey": LOW})
    assert refused.error() == (500, "InternalFailure", None)
    assert kinesisd.datas(kinesisd.read_all(troubled, name)) == [b"a"]


@pytest.mark.parametrize("when, stored", [("before", []), ("after", [b"a"])])
def test_a_connection_is_reset_before_or_after_the_commit(troubled, name, when, stored):
    faults.add(troubled, {"operation": "PutRecord", "reset": when})
    with pytest.raises(ConnectionResetError):
        troubled.call("PutRecord", {"StreamName": name, "Data": "YQ==", "PartitionKey": "k",
                                    "ExplicitHashKey": LOW})
    assert kinesisd.datas(kinesisd.read_all(troubled, name)) == stored


def test_a_reset_over_tls_is_a_reset(troubled):
    faults.add(troubled, {"operation": "ListStreams", "reset": "before"})
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(troubled.host, troubled.port, timeout=kinesisd.WAIT_S, context=context)
    connection.request("POST", "/", "{}", kinesisd.headers_for("ListStreams"))
    with pytest.raises(ConnectionResetError):
        connection.getresponse()
    connection.close()


def test_a_reset_over_http2_breaks_the_connection(troubled):
    faults.add(troubled, {"operation": "ListStreams", "reset": "before"})
    client = Http2(troubled)
    client.send("ListStreams", {})
    with pytest.raises(ConnectionResetError):
        while client.receive():
            pass


def test_a_bare_status_has_no_body(troubled):
    faults.add(troubled, {"error": {"status": 504}})
    answer = troubled.call("ListStreams", {})
    assert (answer.status, answer.body) == (504, b"")


def test_a_latency_delays_the_answer_and_nothing_else(troubled, name):
    faults.add(troubled, {"operation": "PutRecord", "latency": {"ms": 300, "spread": 50}})
    begin = time.monotonic()
    kinesisd.put(troubled, name, "a")
    assert time.monotonic() - begin >= 0.3


def test_the_end_of_the_server_waits_for_no_latency(start):
    server = start()
    faults.add(server, {"operation": "ListStreams", "latency": "10 minutes"})
    connection = socket.create_connection((server.host, server.port))
    headers = "".join(f"{k}: {v}\r\n" for k, v in kinesisd.headers_for("ListStreams").items())
    connection.sendall(f"POST / HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: 2\r\n\r\n{{}}".encode())
    deadline = time.monotonic() + kinesisd.WAIT_S
    while not any(faults.hits(server).values()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    begin = time.monotonic()
    server.stop()
    assert time.monotonic() - begin < kinesisd.SHUTDOWN_S
    connection.close()


def test_empty_and_short_pages_are_followed_by_the_rest(troubled, name):
    for text in "abcde":
        kinesisd.put(troubled, name, text, ExplicitHashKey=LOW)
    faults.add(troubled, {"page": {"records": 0}, "count": 2}, {"page": {"records": 2}, "skip": 2, "count": 1})
    at, pages = kinesisd.iterator(troubled, name), []
    for _ in range(4):
        page = kinesisd.read(troubled, at)
        pages.append((len(page["Records"]), page["MillisBehindLatest"] > 0))
        at = page["NextShardIterator"]
    assert pages == [(0, True), (0, True), (2, True), (3, False)]


def test_records_come_to_be_seen_late(troubled, name):
    faults.add(troubled, {"visible_after": "300ms"})
    move(troubled, freeze=True)
    kinesisd.put(troubled, name, "a", ExplicitHashKey=LOW)
    at = kinesisd.iterator(troubled, name)
    for advance in ("0s", "299ms"):
        move(troubled, advance=advance, freeze=True)
        page = kinesisd.read(troubled, at)
        at = page["NextShardIterator"]
        assert page["Records"] == []
    move(troubled, advance="1ms")
    assert kinesisd.datas(kinesisd.read(troubled, at)["Records"]) == [b"a"]


def test_a_subscriber_sees_records_late(troubled, name):
    consumer = register(troubled, name)
    faults.add(troubled, {"operation": "SubscribeToShard", "consumer": "reader", "visible_after": "300ms"})
    subscription = Subscription(troubled, request(consumer))
    subscription.opened()
    begin = time.monotonic()
    kinesisd.put(troubled, name, "a", ExplicitHashKey=LOW)
    assert subscription.records(1)[0] == [b"a"]
    assert time.monotonic() - begin >= 0.29
    subscription.http.close()


def test_a_subscription_breaks_off_after_so_many_events(troubled, name):
    consumer = register(troubled, name)
    faults.add(troubled, {"consumer": "reader", "shard": 0, "drop": {"events": 2}})
    subscription = Subscription(troubled, request(consumer))
    subscription.opened()
    for text in "ab":
        kinesisd.put(troubled, name, text, ExplicitHashKey=LOW)
        assert kinesisd.datas(subscription.event()["Records"]) == [text.encode()]
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        assert subscription.next() is not None
    subscription.http.close()


def test_a_subscription_ends_with_an_error(troubled, name):
    consumer = register(troubled, name)
    faults.add(troubled, {"drop": {"events": 1, "error": "InternalFailure"}})
    subscription = Subscription(troubled, request(consumer))
    subscription.opened()
    kinesisd.put(troubled, name, "a", ExplicitHashKey=LOW)
    subscription.event()
    message = subscription.next()
    assert (message.kind, message.type) == ("exception", "InternalFailureException")
    assert subscription.next() is None
    subscription.http.close()


def test_under_strict_no_record_is_lost_or_reordered(start, name):
    server = start("--strict", "on", "--limits", "off", "--seed", 1)
    kinesisd.create_stream(server, name, shards=4)
    numbers, written = [], []
    with kinesisd.Connection(server) as connection:
        for batch in range(20):
            made = connection.ok("PutRecords", {"StreamName": name, "Records": [
                {"Data": kinesisd.b64(f"{batch}-{i}"), "PartitionKey": "k", "ExplicitHashKey": LOW}
                for i in range(25)]})
            numbers += [int(record["SequenceNumber"]) for record in made["Records"]]
            written += [f"{batch}-{i}".encode() for i in range(25)]
        firsts = [len(kinesisd.read(connection, kinesisd.iterator(connection, name))["Records"]) for _ in range(40)]
        assert 0 in firsts and len(set(firsts)) > 2
        assert kinesisd.datas(kinesisd.read_all(connection, name)) == written
        assert numbers == sorted(numbers)
        orders = {tuple(shard["ShardId"] for shard in connection.ok("ListShards", {"StreamName": name})["Shards"])
                  for _ in range(40)}
        assert len(orders) > 1
        assert {tuple(sorted(order)) for order in orders} == {tuple(kinesisd.shard_id(i) for i in range(4))}
        described = connection.ok("DescribeStream", {"StreamName": name})["StreamDescription"]["Shards"]
        assert [shard["ShardId"] for shard in described] == [kinesisd.shard_id(i) for i in range(4)]


def test_rules_in_json_are_kept_as_they_were_given(troubled):
    rule = {"id": "a-rule", "stream": "ümläut *", "latency": {"ms": 1}}
    faults.add(troubled, rule)
    assert json.dumps(faults.listed(troubled)[0]["rule"]) == json.dumps(rule)
