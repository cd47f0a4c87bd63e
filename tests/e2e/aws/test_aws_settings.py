"""Monitoring, encryption, record size and mode of a stream; what an account says of itself."""

import pytest

from target import follow, iterator_of, refused, summary_of, wait_active

METRICS = ["IncomingBytes", "IncomingRecords", "OutgoingBytes", "OutgoingRecords",
           "WriteProvisionedThroughputExceeded", "ReadProvisionedThroughputExceeded",
           "IteratorAgeMilliseconds"]
KEY = "alias/aws/kinesis"


@pytest.fixture(scope="module")
def stream(make_shared_stream):
    return make_shared_stream()


# C.16
def test_enhanced_monitoring(kinesis, stream):
    def change(call, *metrics):
        answer = call(StreamName=stream.name, ShardLevelMetrics=list(metrics))
        assert (answer["StreamName"], answer["StreamARN"]) == stream
        wait_active(kinesis, stream.name)
        [shown] = summary_of(kinesis, stream.name)["EnhancedMonitoring"]
        assert sorted(shown["ShardLevelMetrics"]) == sorted(answer["DesiredShardLevelMetrics"])
        return sorted(answer["CurrentShardLevelMetrics"]), sorted(answer["DesiredShardLevelMetrics"])

    enable, disable = kinesis.enable_enhanced_monitoring, kinesis.disable_enhanced_monitoring
    two = ["IncomingBytes", "OutgoingBytes"]
    assert change(enable, *two) == ([], two)
    assert change(enable, "OutgoingBytes", "IncomingRecords") == (two, sorted([*two, "IncomingRecords"]))
    assert change(disable, *two) == (sorted([*two, "IncomingRecords"]), ["IncomingRecords"])
    assert change(enable, "ALL") == (["IncomingRecords"], sorted(METRICS))
    assert change(disable, "ALL") == (sorted(METRICS), [])


# C.15
def test_encryption(kinesis, stream):
    def put(data):
        return kinesis.put_record(StreamName=stream.name, PartitionKey="k", Data=data)

    def shown():
        summary = summary_of(kinesis, stream.name)
        return summary["EncryptionType"], summary.get("KeyId")

    plain = put(b"plain")
    assert shown() == ("NONE", None) and "EncryptionType" not in plain
    kinesis.start_stream_encryption(StreamName=stream.name, EncryptionType="KMS", KeyId=KEY)
    wait_active(kinesis, stream.name)
    assert shown() == ("KMS", KEY)
    assert put(b"secret")["EncryptionType"] == "KMS"
    batch = kinesis.put_records(StreamName=stream.name, Records=[{"PartitionKey": "k", "Data": b"batch"}])
    assert batch["EncryptionType"] == "KMS"
    kinesis.stop_stream_encryption(StreamName=stream.name, EncryptionType="KMS", KeyId=KEY)
    wait_active(kinesis, stream.name)
    assert shown() == ("NONE", None)
    assert "EncryptionType" not in put(b"again")
    records = follow(kinesis, iterator_of(kinesis, stream.name, plain["ShardId"], "AT_SEQUENCE_NUMBER",
                                          StartingSequenceNumber=plain["SequenceNumber"]), 4)
    # Records keep what they were written with.
    assert [(record["Data"], record.get("EncryptionType", "NONE")) for record in records] == [
        (b"plain", "NONE"), (b"secret", "KMS"), (b"batch", "KMS"), (b"again", "NONE")]


# C.23
def test_record_size(kinesis, stream):
    large = {"StreamName": stream.name, "PartitionKey": "k", "Data": b"x" * (1024 * 1024 + 1)}
    refused("ValidationException", None, kinesis.put_record, **large)
    for size in (2048, 1024):
        kinesis.update_max_record_size(StreamARN=stream.arn, MaxRecordSizeInKiB=size)
        wait_active(kinesis, stream.name)
        assert summary_of(kinesis, stream.name)["MaxRecordSizeInKiB"] == size
        if size == 2048:
            assert kinesis.put_record(**large)["ShardId"] == "shardId-000000000000"
    refused("ValidationException", None, kinesis.update_max_record_size, StreamARN=stream.arn,
            MaxRecordSizeInKiB=1023)


# C.4, C.21: the shards stay as they are, whatever the mode.
def test_on_demand(kinesis, make_stream):
    stream = make_stream(None, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    summary = summary_of(kinesis, stream.name)
    assert (summary["StreamModeDetails"], summary["OpenShardCount"]) == ({"StreamMode": "ON_DEMAND"}, 4)
    refused("ValidationException", None, kinesis.update_shard_count, StreamName=stream.name,
            TargetShardCount=8, ScalingType="UNIFORM_SCALING")
    for mode in ("PROVISIONED", "ON_DEMAND"):  # as often as AWS allows in a day
        kinesis.update_stream_mode(StreamARN=stream.arn, StreamModeDetails={"StreamMode": mode})
        wait_active(kinesis, stream.name)
        summary = summary_of(kinesis, stream.name)
        assert (summary["StreamModeDetails"], summary["OpenShardCount"]) == ({"StreamMode": mode}, 4)


def test_limits_of_the_account(kinesis, stream):
    before = kinesis.describe_limits()
    assert before["ShardLimit"] >= before["OpenShardCount"] >= 1
    assert before["OnDemandStreamCountLimit"] >= before["OnDemandStreamCount"] >= 0


# C.22
def test_settings_of_the_account(kinesis):
    commitment = kinesis.describe_account_settings()["MinimumThroughputBillingCommitment"]
    assert commitment["Status"] in ("ENABLED", "DISABLED", "ENABLED_UNTIL_EARLIEST_ALLOWED_END")
    if commitment["Status"] != "DISABLED":
        assert commitment["StartedAt"] < commitment["EarliestAllowedEndAt"]
