"""StartStreamEncryption, StopStreamEncryption, and what a key in a bad state does to puts and reads. Marks in
comments are the sections of the behaviour the rows come from."""

import json

import pytest

from kinesisd import ACCOUNT, Connection, arn, b64, create_stream, iterator, put, read, read_all
from tables import (ARGUMENT, IN_USE, NOT_FOUND, UNKNOWN, VALIDATION, Row, check, max_length, min_length,
                    missing, one_of, table, violations)

EXISTING = "encryption-existing"
KEY = "alias/aws/kinesis"
ABSENT = f"Stream absent under account {ACCOUNT} not found."


@pytest.fixture(scope="module", autouse=True)
def existing(server):
    create_stream(server, EXISTING)


def kms(name, key=KEY):
    return {"StreamName": name, "EncryptionType": "KMS", "KeyId": key}


def set_state(server, key, state):
    with Connection(server) as connection:
        answer = connection.send("PUT", f"/_kinesisd/kms/{key}", {"Content-Type": "application/json"},
                                 json.dumps({"state": state}))
    assert (answer.status, answer.json()) == (200, {"key": key, "state": state})


def described(server, name):
    stream = server.ok("DescribeStream", {"StreamName": name})["StreamDescription"]
    summary = server.ok("DescribeStreamSummary", {"StreamName": name})["StreamDescriptionSummary"]
    assert [stream.get(m) for m in ("EncryptionType", "KeyId")] == [
        summary.get(m) for m in ("EncryptionType", "KeyId")]
    return stream


# B.4, C.15
@pytest.mark.parametrize("operation", ["StartStreamEncryption", "StopStreamEncryption"])
@table(
    Row("nothing", {}, VALIDATION, violations(missing("encryptionType"), missing("keyId"))),
    Row("an unknown type", {**kms(EXISTING), "EncryptionType": "AES"}, VALIDATION,
        violations(one_of("encryptionType", "AES", "NONE", "KMS"))),
    Row("an empty key", kms(EXISTING, ""), VALIDATION, violations(min_length("keyId", "''", 1))),
    Row("a key too long", kms(EXISTING, "k" * 2049), VALIDATION,
        violations(max_length("keyId", f"'{'k' * 2049}'", 2048))),
    Row("no stream", {"EncryptionType": "KMS", "KeyId": KEY}, ARGUMENT, UNKNOWN),
    Row("an absent stream", kms("absent"), NOT_FOUND, ABSENT),
    Row("no encryption", {**kms(EXISTING), "EncryptionType": "NONE"}, ARGUMENT, UNKNOWN),
)
def test_encryption_errors(server, operation, row):
    check(server, operation, row)


@pytest.mark.parametrize("operation", ["StartStreamEncryption", "StopStreamEncryption"])
def test_encryption_needs_an_active_stream(start, operation):
    server = start("--transition-ms", 600_000)
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    assert server.call(operation, kms("s")).error() == (
        400, IN_USE, f"Stream s under account {ACCOUNT} not ACTIVE, instead in state CREATING")


# C.15, C.7, C.9
def test_an_encrypted_stream_says_so_everywhere(server, name):
    create_stream(server, name)
    entry = {"Data": b64("d"), "PartitionKey": "k"}
    assert "EncryptionType" not in put(server, name, "d")
    assert "EncryptionType" not in server.ok("PutRecords", {"StreamName": name, "Records": [entry]})
    answer = server.call("StartStreamEncryption", kms(name))
    assert (answer.status, answer.body) == (200, b"")
    stream = described(server, name)
    assert (stream["EncryptionType"], stream["KeyId"]) == ("KMS", KEY)
    assert put(server, name, "d")["EncryptionType"] == "KMS"
    many = server.ok("PutRecords", {"StreamName": name, "Records": [entry]})
    assert many["EncryptionType"] == "KMS"
    assert set(many["Records"][0]) == {"SequenceNumber", "ShardId"}
    wrong = server.call("StopStreamEncryption", kms(name, "alias/other"))
    assert wrong.error()[:2] == (400, ARGUMENT)
    answer = server.call("StopStreamEncryption", {"StreamARN": arn(name), "EncryptionType": "KMS",
                                                  "KeyId": f"arn:aws:kms:us-east-1:{ACCOUNT}:{KEY}"})
    assert (answer.status, answer.body) == (200, b"")
    stream = described(server, name)
    assert stream["EncryptionType"] == "NONE" and "KeyId" not in stream
    put(server, name, "d")
    # Records keep the type they were written with.
    assert [record.get("EncryptionType") for record in read_all(server, name)] == [
        None, None, "KMS", "KMS", None]


BAD = [
    ("disabled", "KMSDisabledException"),
    ("pending_deletion", "KMSInvalidStateException"),
    ("access_denied", "KMSAccessDeniedException"),
    ("not_found", "KMSNotFoundException"),
    ("opt_in_required", "KMSOptInRequired"),
    ("throttling", "KMSThrottlingException"),
]


# C.15: the texts are the key management service's.
@pytest.mark.parametrize("state, kind", BAD)
def test_a_bad_key_fails_puts_and_reads(server, name, state, kind):
    key = f"alias/{name}"
    create_stream(server, name)
    server.ok("StartStreamEncryption", kms(name, key))
    described(server, name)
    put(server, name, "d")
    at = iterator(server, name)
    set_state(server, key, state)
    entry = {"Data": b64("d"), "PartitionKey": "k"}
    for operation, request in [
            ("PutRecord", {"StreamName": name, **entry}),
            ("PutRecords", {"StreamName": name, "Records": [entry]}),
            ("GetRecords", {"ShardIterator": at}),
            ("StartStreamEncryption", kms(name, key))]:
        status, found, text = server.call(operation, request).error()
        assert (status, found) == (400, kind)
        assert key in text
        if state == "not_found":
            assert text == f"Key '{key}' does not exist"
    set_state(server, key, "enabled")
    put(server, name, "d")
    assert len(read(server, at)["Records"]) == 2


def test_keys_survive_a_restart(start, tmp_path):
    flags = "--db", tmp_path / "data.db", "--transition-ms", "0"
    server = start(*flags)
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    server.ok("StartStreamEncryption", kms("s"))
    put(server, "s", "d")
    set_state(server, KEY, "disabled")
    server.stop()
    server = start(*flags)
    assert described(server, "s")["KeyId"] == KEY
    answer = server.call("PutRecord", {"StreamName": "s", "Data": "", "PartitionKey": "k"})
    assert answer.error()[:2] == (400, "KMSDisabledException")
    set_state(server, KEY, "enabled")
    assert [record["EncryptionType"] for record in read_all(server, "s")] == ["KMS"]
