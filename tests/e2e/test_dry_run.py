"""Calls that only rehearse (DryRun). Marks in comments are the sections of the behaviour the rows come from."""

import pytest

from kinesisd import ACCOUNT, arn, b64, create_stream, iterator, put, read, read_all
from service_clock import move
from tables import ARGUMENT, NOT_FOUND, VALIDATION, missing, violations

EXISTING = "dry-run-existing"
SUCCEEDED = (400, "DryRunOperationException", "Request would have succeeded, but DryRun flag is set.")
BAD_NUMBER = "1234567890123456789012345678901234567890123456"
OPERATIONS = ["PutRecord", "PutRecords", "GetShardIterator", "GetRecords"]


@pytest.fixture(scope="module", autouse=True)
def existing(server):
    create_stream(server, EXISTING)


def request(server, operation, name, **members):
    entry = {"Data": b64("d"), "PartitionKey": "k"}
    made = {
        "PutRecord": lambda: {"StreamName": name, **entry},
        "PutRecords": lambda: {"StreamName": name, "Records": [entry, entry]},
        "GetShardIterator": lambda: {"StreamName": name, "ShardId": "0", "ShardIteratorType": "LATEST"},
        "GetRecords": lambda: {"ShardIterator": iterator(server, name)},
    }[operation]()
    return {**made, **members}


# C.24
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_call_that_would_succeed_says_so_and_does_nothing(server, name, operation):
    create_stream(server, name)
    first = put(server, name, "before")
    dry = request(server, operation, name, DryRun=True)
    for _ in range(3):
        assert server.call(operation, dry).error() == SUCCEEDED
    assert len(read_all(server, name)) == 1
    second = put(server, name, "after")
    assert second["ShardId"] == first["ShardId"]
    # As without the member.
    wet = server.ok(operation, {**dry, "DryRun": False})
    assert wet
    assert len(read_all(server, name)) == {"PutRecord": 3, "PutRecords": 4}.get(operation, 2)


def not_there(name):
    return 400, NOT_FOUND, f"Stream {name} under account {ACCOUNT} not found."


TOO_LONG = violations(("data", None, "Member must have length less than or equal to 1048576"))
NO_SHARD = f"Shard shardId-000000000007 in stream {EXISTING} under account {ACCOUNT} does not exist"


# C.24: otherwise the normal error.
@pytest.mark.parametrize("operation, members, expected", [
    ("PutRecord", {"Data": None}, (400, VALIDATION, violations(missing("data")))),
    ("PutRecord", {"StreamName": "absent"}, not_there("absent")),
    ("PutRecord", {"Data": b64(b"x" * (1 << 20))}, (400, VALIDATION, TOO_LONG)),
    ("PutRecord", {"ExplicitHashKey": str(2**128)},
     (400, ARGUMENT, "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified "
                     f"value was {2**128}")),
    ("PutRecord", {"SequenceNumberForOrdering": BAD_NUMBER},
     (400, ARGUMENT, f"ExclusiveMinimumSequenceNumber {BAD_NUMBER} used in PutRecord on stream {EXISTING} under account "
                     f"{ACCOUNT} is invalid.")),
    ("PutRecords", {"StreamName": "absent"}, not_there("absent")),
    ("PutRecords", {"Records": [{"Data": "", "PartitionKey": "k"}, {"Data": ""}]},
     (400, VALIDATION, violations(missing("records.2.member.partitionKey")))),
    ("GetShardIterator", {"ShardId": "7"}, (400, NOT_FOUND, NO_SHARD)),
    ("GetShardIterator", {"ShardIteratorType": "AT_SEQUENCE_NUMBER"}, None),
    ("GetRecords", {"ShardIterator": "x"}, (400, ARGUMENT, "Invalid ShardIterator.")),
    ("GetRecords", {"StreamARN": arn("other")}, (400, ARGUMENT, "Invalid ShardIterator.")),
])
def test_a_call_that_would_fail_fails_the_same_way(server, operation, members, expected):
    made = request(server, operation, EXISTING, **members)
    wet = server.call(operation, made).error()
    dry = server.call(operation, {**made, "DryRun": True}).error()
    assert dry == wet
    assert expected is None or dry == expected


def test_keys_are_not_asked(server, name):
    key = f"alias/{name}"
    create_stream(server, name)
    server.ok("StartStreamEncryption", {"StreamName": name, "EncryptionType": "KMS", "KeyId": key})
    at = iterator(server, name)
    state(server, key, "disabled")
    try:
        for operation in ("PutRecord", "PutRecords"):
            assert server.call(operation, request(server, operation, name, DryRun=True)).error() == SUCCEEDED
        assert server.call("GetRecords", {"ShardIterator": at, "DryRun": True}).error() == SUCCEEDED
    finally:
        state(server, key, "enabled")
    assert read(server, at)["Records"] == []


def state(server, key, word):
    from test_encryption import set_state
    set_state(server, key, word)


# C.24, D.2
def test_one_dry_run_a_second_where_reads_are_limited(start):
    server = start("--limits", "data", "--clock", "frozen")
    create_stream(server, "s")
    create_stream(server, "t")
    dry = {"Data": "", "PartitionKey": "k", "DryRun": True}
    answers = [server.call("PutRecord", {"StreamName": "s", **dry}).error() for _ in range(10)]
    throttled = (400, "ThrottlingException", f"Rate exceeded for stream s under account {ACCOUNT}.")
    assert answers == [SUCCEEDED] + [throttled] * 9
    move(server, advance="1s")
    assert server.call("PutRecord", {"StreamName": "s", **dry}).error() == SUCCEEDED
    assert server.call("PutRecord", {"StreamName": "t", **dry}).error() == SUCCEEDED
    # The put itself is not limited by it.
    put(server, "s", "d")
