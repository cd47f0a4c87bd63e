"""What Terraform and Pulumi call (G.5), call by call: create, a plan without differences, update, destroy."""

import time

import pytest

from kinesisd import ACCOUNT, WAIT_S, Connection, arn
from tables import LIMIT, NOT_FOUND

METRICS = ["IncomingBytes", "IteratorAgeMilliseconds"]
KEY = "alias/aws/kinesis"
# Without one of these in a summary there are differences for ever.
ALWAYS = {"StreamARN", "StreamStatus", "StreamModeDetails", "RetentionPeriodHours", "OpenShardCount",
          "EncryptionType", "MaxRecordSizeInKiB", "EnhancedMonitoring"}


class Tool:
    """Throttled calls are repeated, as the SDK does it; every other error is the end of an apply."""

    def __init__(self, connection, stream):
        self.connection, self.stream = connection, stream
        self.arn = arn(stream)

    def send(self, operation, request):
        deadline = time.monotonic() + WAIT_S
        while True:
            answer = self.connection.call(operation, request)
            throttled = answer.status == 400 and answer.error()[1] == LIMIT and (
                "Rate exceeded" in answer.error()[2])
            if not throttled:
                return answer
            assert time.monotonic() < deadline, answer
            time.sleep(0.05)

    def call(self, operation, **request):
        answer = self.send(operation, request)
        assert answer.status == 200, f"{operation} answered {answer}"
        return answer.json() if answer.body else {}

    def by_name(self, operation, **request):
        return self.call(operation, StreamName=self.stream, **request)

    def by_arn(self, operation, **request):
        return self.call(operation, StreamARN=self.arn, **request)

    def poll(self, operation, request, done):
        """The first answer that will do; None when what was asked for is not there."""
        deadline = time.monotonic() + WAIT_S
        while True:
            answer = self.send(operation, request)
            if answer.status != 200:
                assert answer.error()[:2] == (400, NOT_FOUND), answer
                return None
            if done(answer.json()):
                return answer.json()
            assert time.monotonic() < deadline, answer
            time.sleep(0.02)

    def wait(self):
        def active(answer):
            summary = answer["StreamDescriptionSummary"]
            assert summary.keys() >= ALWAYS, summary
            return summary["StreamStatus"] == "ACTIVE"

        found = self.poll("DescribeStreamSummary", {"StreamName": self.stream}, active)
        assert found, "the stream vanished"
        return found["StreamDescriptionSummary"]

    def plan(self):
        answer = self.connection.call("DescribeLimits", {})
        if answer.status != 200:  # one call a second; the tool goes on without
            assert answer.error() == (400, LIMIT, f"Rate exceeded for account {ACCOUNT}.")
            return
        limits = answer.json()
        assert limits["OpenShardCount"] < limits["ShardLimit"]
        assert limits["OnDemandStreamCount"] < limits["OnDemandStreamCountLimit"]

    def create(self, tags, shards=None, kib=None, hours=24):
        mode = "PROVISIONED" if shards else "ON_DEMAND"
        self.by_name("CreateStream", StreamModeDetails={"StreamMode": mode}, Tags=tags,
                     **({"ShardCount": shards} if shards else {}),
                     **({"MaxRecordSizeInKiB": kib} if kib else {}))
        self.wait()
        # Also when it is what the stream has.
        self.by_name("IncreaseStreamRetentionPeriod", RetentionPeriodHours=hours)
        self.wait()

    def read(self):
        """What a refresh stores."""
        summary = self.wait()
        assert (summary["StreamName"], summary["StreamARN"]) == (self.stream, self.arn)
        tags = self.by_name("ListTagsForStream")
        assert tags["HasMoreTags"] is False
        mode = summary["StreamModeDetails"]["StreamMode"]
        return {"mode": mode, "shards": summary["OpenShardCount"] if mode == "PROVISIONED" else 0,
                "hours": summary["RetentionPeriodHours"], "kib": summary["MaxRecordSizeInKiB"],
                "metrics": sorted(summary["EnhancedMonitoring"][0]["ShardLevelMetrics"]),
                "encryption": summary["EncryptionType"], "key": summary.get("KeyId"),
                "tags": {tag["Key"]: tag["Value"] for tag in tags["Tags"]}}

    def check(self, **wanted):
        """Plans again and again find nothing to do."""
        for _ in range(2):
            self.plan()
            assert self.read() == wanted

    def change_tags(self, before, after):
        gone = sorted(before.keys() - after.keys())
        new = sorted(after.items() - before.items())
        for i in range(0, len(gone), 10):
            self.by_name("RemoveTagsFromStream", TagKeys=gone[i:i + 10])
        for i in range(0, len(new), 10):
            self.by_name("AddTagsToStream", Tags=dict(new[i:i + 10]))

    def destroy(self):
        self.by_name("DeleteStream", EnforceConsumerDeletion=False)
        gone = self.poll("DescribeStreamSummary", {"StreamName": self.stream}, lambda _: False)
        assert gone is None
        answer = self.send("DescribeStreamSummary", {"StreamName": self.stream})
        assert answer.error() == (400, NOT_FOUND, f"Stream {self.stream} under account {ACCOUNT} not found.")


@pytest.fixture(params=[(), ("--transition-ms", 0), ("--limits", "all")],
                ids=["default", "no transitions", "all limits"])
def tool(start, request):
    with Connection(start(*request.param)) as connection:
        yield Tool(connection, "orders")


PLAIN = {"encryption": "NONE", "key": None, "metrics": [], "kib": 1024, "hours": 24}


def test_a_stream_with_everything(tool):
    tags = {f"key-{i:02}": f"value {i}" for i in range(25)}
    tool.plan()
    tool.create(tags, shards=2, kib=2048, hours=48)
    tool.by_name("EnableEnhancedMonitoring", ShardLevelMetrics=METRICS)
    tool.wait()
    tool.by_name("StartStreamEncryption", EncryptionType="KMS", KeyId=KEY)
    tool.wait()
    wanted = {"mode": "PROVISIONED", "shards": 2, "hours": 48, "kib": 2048, "metrics": METRICS,
              "encryption": "KMS", "key": KEY, "tags": tags}
    tool.check(**wanted)

    # One apply that changes all of it, in the tool's order.
    tool.by_name("UpdateShardCount", TargetShardCount=4, ScalingType="UNIFORM_SCALING")
    tool.wait()
    tool.by_name("DecreaseStreamRetentionPeriod", RetentionPeriodHours=24)
    tool.wait()
    tool.by_name("DisableEnhancedMonitoring", ShardLevelMetrics=METRICS[:1])
    tool.wait()
    tool.by_name("EnableEnhancedMonitoring", ShardLevelMetrics=["OutgoingBytes"])
    tool.wait()
    tool.by_name("StopStreamEncryption", EncryptionType="KMS", KeyId=KEY)
    tool.wait()
    tool.by_arn("UpdateMaxRecordSize", MaxRecordSizeInKiB=1024)
    tool.wait()
    after = {f"key-{i:02}": "changed" for i in range(20, 40)}
    tool.change_tags(tags, after)
    wanted |= {"shards": 4, "hours": 24, "metrics": ["IteratorAgeMilliseconds", "OutgoingBytes"],
               "encryption": "NONE", "key": None, "kib": 1024, "tags": after}
    tool.check(**wanted)

    for mode, shards in (("ON_DEMAND", 0), ("PROVISIONED", 4)):
        tool.by_arn("UpdateStreamMode", StreamModeDetails={"StreamMode": mode})
        tool.wait()
        wanted |= {"mode": mode, "shards": shards}
        tool.check(**wanted)
    tool.change_tags(after, {})
    tool.check(**{**wanted, "tags": {}})
    tool.destroy()


def test_a_stream_without_anything(tool):
    tool.create({"a": "b"}, shards=1)
    tool.check(mode="PROVISIONED", shards=1, tags={"a": "b"}, **PLAIN)
    tool.destroy()
    # A name is free as soon as the stream is gone.
    tool.create({"c": "d"})
    tool.check(mode="ON_DEMAND", shards=0, tags={"c": "d"}, **PLAIN)
    tool.destroy()


def test_a_consumer(tool):
    tool.create({"a": "b"}, shards=1)
    consumer = tool.by_arn("RegisterStreamConsumer", ConsumerName="reader")["Consumer"]["ConsumerARN"]
    by_arn = {"ConsumerARN": consumer}

    def active(answer):
        return answer["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE"

    for _ in range(2):
        described = tool.poll("DescribeStreamConsumer", by_arn, active)["ConsumerDescription"]
        assert (described["ConsumerName"], described["StreamARN"]) == ("reader", tool.arn)
        assert described["ConsumerARN"] == consumer
    tool.call("DeregisterStreamConsumer", **by_arn)
    assert tool.poll("DescribeStreamConsumer", by_arn, lambda _: False) is None
    tool.destroy()
