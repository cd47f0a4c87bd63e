"""`kinesisd put` and `kinesisd tail` against a running server."""

import base64
import json
import os
import signal
import subprocess
import threading
import time

import pytest

from kinesisd import EXECUTABLE, PATIENCE, Connection, WAIT_S, b64, create_stream, datas, put, read_all
from test_commands import run
from test_inspection import aggregate
from test_restart import check_refused


def own(server, method, path, body):
    with Connection(server) as connection:
        answer = connection.send(method, path, {"Content-Type": "application/json"}, json.dumps(body).encode())
    assert answer.status == 200, answer


class Tail:
    """A running `kinesisd tail`; begun once it says that it follows."""

    def __init__(self, server, *arguments, env=None):
        self.process = subprocess.Popen(
            [EXECUTABLE, "tail", *arguments, "--endpoint", server.url], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})
        self.timer = threading.Timer(WAIT_S, self.process.kill)
        self.timer.start()
        self.said = self.process.stderr.readline()
        assert self.said.startswith("Following "), self.said

    def lines(self, count):
        return [self.process.stdout.readline().rstrip("\n") for _ in range(count)]

    def end(self, sent=signal.SIGTERM):
        self.process.send_signal(sent)
        rest, said = self.process.communicate()
        self.timer.cancel()
        assert (self.process.returncode, said) == (0, "")
        return rest


def pour(server, stream, text, *flags):
    done = subprocess.run([EXECUTABLE, "put", stream, *flags, "--endpoint", server.url], input=text, text=True,
                          capture_output=True, timeout=WAIT_S, check=False)
    return done.returncode, done.stderr


def tail_all(server, stream, *flags):
    code, said, printed = run("tail", stream, "--from", "trim", "--no-follow", *flags, "--endpoint", server.url)
    assert (code, said) == (0, "")
    return printed.splitlines()


def reshard(server, stream, operation, **members):
    server.ok(operation, {"StreamName": stream, **members})
    while server.ok("DescribeStreamSummary", {"StreamName": stream})[
            "StreamDescriptionSummary"]["StreamStatus"] != "ACTIVE":
        pass


def test_put_of_arguments(server, name):
    create_stream(server, name)
    code, said, printed = run("put", name, "--data", "one", "--data", "two", "--key", "k",
                              "--endpoint", server.url)
    assert (code, said, printed) == (0, f"2 records put into {name}.", "")
    records = read_all(server, name)
    assert datas(records) == [b"one", b"two"]
    assert [record["PartitionKey"] for record in records] == ["k", "k"]


def test_put_of_lines_in_batches(server, name):
    create_stream(server, name)
    lines = [f"line {i}" for i in range(1201)]
    assert pour(server, name, "\n".join(lines), "--key", "k") == (0, f"1201 records put into {name}.\n")
    assert datas(read_all(server, name)) == [line.encode() for line in lines]


def test_put_with_keys_and_base64(server, name):
    create_stream(server, name, shards=2)
    text = f"a\t{b64(b'1')}\nb\t{b64(bytes(range(256)))}\n"
    flags = ("--key-separator", "\t", "--base64", "--hash-key", "0")
    assert pour(server, name, text, *flags)[0] == 0
    records = read_all(server, name)
    assert [(r["PartitionKey"], base64.b64decode(r["Data"])) for r in records] == [
        ("a", b"1"), ("b", bytes(range(256)))]


def test_put_without_a_key_spreads_over_the_shards(server, name):
    create_stream(server, name, shards=4)
    assert pour(server, name, "x\n" * 200)[0] == 0
    assert all(len(read_all(server, name, shard=i)) > 10 for i in range(4))


def test_put_repeats_what_was_throttled(start, name):
    server = start("--limits", "writes")
    create_stream(server, name)
    lines = [f"{i:04}" + "x" * 4000 for i in range(400)]  # 1.6 MB where 1 MiB/s may be written
    assert pour(server, name, "\n".join(lines), "--key", "k") == (0, f"400 records put into {name}.\n")
    found = [data.decode()[:4] for data in datas(read_all(server, name))]
    assert sorted(found) == [f"{i:04}" for i in range(400)]


def test_put_that_cannot_be(server, name):
    code, said, _ = run("put", name, "--data", "x", "--endpoint", server.url)
    assert code == 1
    assert said.endswith(f"ResourceNotFoundException: Stream {name} under account 000000000000 not found.")
    create_stream(server, name)
    check_refused(run("put", "--data", "x"), "STREAM", "kinesisd put --help")
    check_refused(run("put", name, "--key", "a", "--key-separator", "b"), "--key-separator")
    check_refused(run("put", name, "--endpoint", "nowhere"), "nowhere")
    code, said = pour(server, name, "a=1\nb\n", "--key-separator", "=")
    assert code == 2 and "b" in said
    assert datas(read_all(server, name)) == [b"1"]


def test_tail_formats(server, name):
    create_stream(server, name)
    put(server, name, "first\nline", key="a b")
    put(server, name, b"\xff\x00")
    text = tail_all(server, name)
    assert [line.split(" ", 1)[1] for line in text] == [
        "shardId-000000000000 a b first\\nline", "shardId-000000000000 k base64:/wA="]
    one, two = map(json.loads, tail_all(server, name, "--format", "json"))
    record = read_all(server, name)[0]
    assert one == {"time": one["time"], "shard": "shardId-000000000000", "partitionKey": "a b",
                   "sequenceNumber": record["SequenceNumber"], "data": b64("first\nline"),
                   "text": "first\nline"}
    assert "text" not in two and base64.b64decode(two["data"]) == b"\xff\x00"
    done = subprocess.run([EXECUTABLE, "tail", name, "--from", "trim", "--count", "2", "--format", "raw", "--quiet",
                           "--endpoint", server.url], capture_output=True, timeout=WAIT_S, check=True)
    assert (done.stdout, done.stderr) == (b"first\nline\n\xff\x00\n", b"")


def test_tail_takes_aggregates_apart(server, name):
    create_stream(server, name)
    packed = aggregate(["a", "b"], [], [(0, None, b"one", []), (1, None, b"two", [])])
    put(server, name, packed)
    put(server, name, "plain")
    assert [line.split(" ", 2)[2] for line in tail_all(server, name)] == ["a one", "b two", "k plain"]
    two = json.loads(tail_all(server, name, "--format", "json")[1])
    assert (two["partitionKey"], two["text"], two["subSequenceNumber"]) == ("b", "two", 1)
    whole = json.loads(tail_all(server, name, "--format", "json", "--no-deaggregate")[0])
    assert base64.b64decode(whole["data"]) == packed and "subSequenceNumber" not in whole
    assert len(tail_all(server, name, "--count", "1")) == 1


def test_tail_from_latest_and_from_a_time(server, name):
    create_stream(server, name)
    put(server, name, "before")
    tail = Tail(server, name, "--format", "raw")
    put(server, name, "after")
    assert tail.lines(1) == ["after"]
    assert tail.end(signal.SIGINT) == ""
    second = json.loads(tail_all(server, name, "--format", "json")[1])["time"]
    code, said, printed = run("tail", name, "--from", second, "--no-follow", "--format", "raw",
                              "--endpoint", server.url)
    assert (code, said) == (0, "") and printed.splitlines()[-1] == "after"
    assert run("tail", name, "--no-follow", "--endpoint", server.url) == (0, "", "")


@pytest.mark.parametrize("where", ["TRIM_HORIZON", "trim-horizon", "Trim", "5m", "1 hour"])
def test_tail_from_aws_words_and_from_so_long_ago(server, name, where):
    create_stream(server, name)
    put(server, name, "before")
    assert run("tail", name, "--from", where, "--no-follow", "--format", "raw", "--endpoint", server.url) == (
        0, "", "before\n")
    assert run("tail", name, "--from", "LATEST", "--no-follow", "--endpoint", server.url) == (0, "", "")


def test_tail_reckons_on_the_clock_of_the_service(start, name):
    server = start("--start-time", "2020-01-31T12:00:00Z", "--clock", "frozen")
    create_stream(server, name)
    put(server, name, "long ago")
    own(server, "PUT", "/_kinesisd/clock", {"advance": "10m"})
    put(server, name, "now")
    for where, expected in (("5m", ["now"]), ("15m", ["long ago", "now"])):
        code, said, printed = run("tail", name, "--from", where, "--no-follow", "--format", "raw",
                                  "--endpoint", server.url)
        assert (code, said, printed.splitlines()) == (0, "", expected)


def test_put_repeats_the_error_it_got(start, name):
    server = start()
    create_stream(server, name)
    own(server, "POST", "/_kinesisd/faults", {"operation": "PutRecords", "records": {
        "indexes": [0], "type": "InternalFailure", "message": "Internal service failure."}})
    code, said, _ = run("put", name, "--data", "one", "--endpoint", server.url)
    assert (code, said) == (1, f"0 records put into {name}.\nInternalFailure: Internal service failure.")


@pytest.mark.parametrize("command", [["put", "s", "--data", "x"], ["tail", "s"], ["replay", "FILE"],
                                     ["aws", "kinesis", "list-streams"], ["aws", "sts", "get-caller-identity"]])
def test_a_server_without_tls_is_told_at_once(start, tmp_path, command):
    capture = tmp_path / "capture"
    server = start("--tls", "off", "--capture", capture)
    create_stream(server, "s")
    put(server, "s", "x")
    command = [str(capture) if word == "FILE" else word for word in command]
    flag = "--endpoint-url" if command[0] == "aws" else "--endpoint"
    begun = time.monotonic()
    code, said, _ = run(*command, flag, f"https://127.0.0.1:{server.port}")
    assert said.splitlines()[-1] == f"https://127.0.0.1:{server.port} speaks no TLS; use http://127.0.0.1:{server.port}."
    assert code == (255 if command[0] == "aws" else 1) and time.monotonic() - begun < 2 * PATIENCE


def test_a_server_that_is_not_trusted_is_told_at_once(start, tmp_path):
    server = start()
    bundle = tmp_path / "none.pem"
    bundle.write_text("")
    begun = time.monotonic()
    assert run("tail", "s", "--endpoint", f"https://127.0.0.1:{server.port}", "--ca-bundle", str(bundle)) == (
        1, f"{bundle} is no file of certificates.", "")
    assert time.monotonic() - begun < 2 * PATIENCE


def test_tail_follows_splits_merges_and_a_rescale(server, name):
    create_stream(server, name)
    tail = Tail(server, name, "--format", "raw")
    sent = []

    def put_some():
        for i in range(8):
            sent.append(f"{len(sent)}")
            put(server, name, sent[-1], ExplicitHashKey=str((i * 2**128 // 8)))

    put_some()
    reshard(server, name, "SplitShard", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127))
    put_some()
    reshard(server, name, "MergeShards", ShardToMerge="shardId-000000000001",
            AdjacentShardToMerge="shardId-000000000002")
    put_some()
    reshard(server, name, "UpdateShardCount", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    put_some()
    lines = tail.lines(len(sent))
    assert sorted(lines, key=int) == sent
    generations = [int(line) // 8 for line in lines]
    assert generations == sorted(generations)  # parents before their children
    assert tail.end() == ""
    again = [line.split()[-1] for line in tail_all(server, name)]
    assert sorted(again, key=int) == sent
    assert [int(line) // 8 for line in again] == generations


def test_tail_ends_with_its_reader(server, name):
    create_stream(server, name)
    tail = Tail(server, name)
    tail.process.stdout.close()
    assert tail.process.wait(WAIT_S) == 0
    tail.timer.cancel()
    tail.process.stderr.close()


def test_tail_that_cannot_be(server, name):
    assert run("tail", name, "--from", "then") == (
        2, "--from then: choose latest, trim, a time such as 2026-01-31T09:30:00Z or how long ago, such as 5m.", "")
    check_refused(run("tail", name, "--format", "xml"), "--format")
    check_refused(run("tail", name, "--count", "0"), "--count 0")
    code, said, _ = run("tail", name, "--endpoint", server.url)
    assert code == 1 and said.startswith("ResourceNotFoundException: ")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("how", ["own ca", "bundle", "variable"])
def test_over_tls(start, tmp_path, how, host):
    server = start("--db", tmp_path / "db", "--tls", "only")
    bundle = str(tmp_path / "db-ca.pem")
    flags = ["--ca-bundle", bundle] if how == "bundle" else []
    code, said, _ = run("tail", "s", "--endpoint", f"https://{host}:{server.port}", *flags,
                        env={"AWS_CA_BUNDLE": bundle} if how == "variable" else {})
    assert (code, said) == (1, "ResourceNotFoundException: Stream s under account 000000000000 not found.")


def test_over_tls_with_a_stranger(start, server, tmp_path):
    start("--db", tmp_path / "other").stop()
    stranger = start("--tls-cert", tmp_path / "other-ca.pem", "--tls-key", tmp_path / "other-ca.key")
    endpoint = f"https://127.0.0.1:{stranger.port}"
    code, said, _ = run("tail", "s", "--endpoint", endpoint)
    assert code == 1 and " is not trusted: " in said and said.endswith("--ca-bundle.")
    # Health is no secret, and asked without a certificate on this machine.
    assert run("health", "--endpoint", endpoint)[0] == 0


def test_credentials_sign(start, tmp_path):
    keys = tmp_path / "credentials"
    keys.write_text("[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret/+=\n"
                    "[other]\naws_access_key_id = 222222222222\naws_secret_access_key = s2\n"
                    "aws_session_token = token==\n")
    config = tmp_path / "config"
    config.write_text("[profile other]\nregion = eu-west-1\n")
    server = start("--credentials", keys)
    files = {"AWS_SHARED_CREDENTIALS_FILE": str(keys), "AWS_CONFIG_FILE": str(config),
             "AWS_ACCESS_KEY_ID": "", "AWS_PROFILE": "", "AWS_REGION": "", "AWS_DEFAULT_REGION": ""}

    def said(*flags, **variables):
        return run("tail", "s", "--endpoint", server.url, *flags, env={**files, **variables})[1]

    assert said() == "ResourceNotFoundException: Stream s under account 000000000000 not found."
    assert said(AWS_PROFILE="other") == "ResourceNotFoundException: Stream s under account 222222222222 not found."
    assert said("--profile", "other", AWS_ACCESS_KEY_ID="x").endswith("account 222222222222 not found.")
    assert "in eu-west-1" not in said("--profile", "other")
    assert said(AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="wrong").startswith(
        "InvalidSignatureException: ")
    assert said(AWS_ACCESS_KEY_ID="unknown", AWS_SECRET_ACCESS_KEY="s").startswith("UnrecognizedClientException: ")
    assert said("--profile", "missing").startswith("There is no profile missing ")
