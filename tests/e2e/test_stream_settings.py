"""What can be set of a stream and of an account: shard-level metrics, mode, warm throughput, record size,
distribution of records, commitment. Marks in comments are the sections of the behaviour the rows come from."""

import json
import time

import pytest

from kinesisd import ACCOUNT, Connection, arn, b64, create_stream, put, read_all
from tables import (ARGUMENT, ARN_PATTERN, IN_USE, LIMIT, NOT_FOUND, UNKNOWN, VALIDATION, Row, check,
                    max_value, min_length, min_value, missing, one_of, pattern, table, violations)

EXISTING = "settings-existing"
DEMAND = "settings-demand"
METRICS = ["IncomingBytes", "IncomingRecords", "OutgoingBytes", "OutgoingRecords",
           "WriteProvisionedThroughputExceeded", "ReadProvisionedThroughputExceeded",
           "IteratorAgeMilliseconds"]
ON_DEMAND, PROVISIONED = {"StreamMode": "ON_DEMAND"}, {"StreamMode": "PROVISIONED"}
ABSENT = f"Stream absent under account {ACCOUNT} not found."
COMMITMENT = "MinimumThroughputBillingCommitment"


@pytest.fixture(scope="module", autouse=True)
def existing(server):
    create_stream(server, EXISTING)
    server.ok("CreateStream", {"StreamName": DEMAND})
    summary(server, DEMAND)


def summary(caller, name):
    return caller.ok("DescribeStreamSummary", {"StreamName": name})["StreamDescriptionSummary"]


def metrics_of(caller, name):
    described = caller.ok("DescribeStream", {"StreamName": name})["StreamDescription"]
    assert described["EnhancedMonitoring"] == summary(caller, name)["EnhancedMonitoring"]
    [only] = described["EnhancedMonitoring"]
    return only["ShardLevelMetrics"]


# B.1, B.4, C.16: the names are the model's, AWS's order of them is not known.
NO_METRIC = ("shardLevelMetrics", "'[Latency]'",
             f"Member must satisfy constraint: [Member must satisfy enum value set: "
             f"[{', '.join([*METRICS, 'ALL'])}]]")


@pytest.mark.parametrize("operation", ["EnableEnhancedMonitoring", "DisableEnhancedMonitoring"])
@table(
    Row("no metrics", {"StreamName": EXISTING}, VALIDATION, violations(missing("shardLevelMetrics"))),
    Row("an empty list", {"StreamName": EXISTING, "ShardLevelMetrics": []}, VALIDATION,
        violations(min_length("shardLevelMetrics", "'[]'", 1))),
    Row("eight of them", {"StreamName": EXISTING, "ShardLevelMetrics": ["ALL"] * 8}, VALIDATION,
        violations(("shardLevelMetrics", f"'[{', '.join(['ALL'] * 8)}]'",
                    "Member must have length less than or equal to 7"))),
    Row("an unknown one", {"StreamName": EXISTING, "ShardLevelMetrics": ["Latency"]}, VALIDATION,
        violations(NO_METRIC)),
    Row("no stream", {"ShardLevelMetrics": ["ALL"]}, ARGUMENT, UNKNOWN),
    Row("an absent stream", {"StreamName": "absent", "ShardLevelMetrics": ["ALL"]}, NOT_FOUND, ABSENT),
    Row("an absent stream by ARN", {"StreamARN": arn("absent"), "ShardLevelMetrics": ["ALL"]}, NOT_FOUND,
        ABSENT),
)
def test_enhanced_monitoring_errors(server, operation, row):
    check(server, operation, row)


# C.16
def test_metrics_are_added_and_taken_away(server, name):
    create_stream(server, name)
    steps = [
        ("Enable", ["OutgoingBytes", "IncomingBytes"], ["IncomingBytes", "OutgoingBytes"]),
        ("Enable", ["OutgoingBytes", "IteratorAgeMilliseconds"],
         ["IncomingBytes", "OutgoingBytes", "IteratorAgeMilliseconds"]),
        ("Disable", ["OutgoingBytes", "IncomingRecords"], ["IncomingBytes", "IteratorAgeMilliseconds"]),
        ("Enable", ["ALL"], METRICS),
        ("Disable", ["IncomingBytes"], METRICS[1:]),
        ("Disable", ["ALL"], []),
        ("Enable", ["IncomingBytes", "ALL"], METRICS),
    ]
    before = []
    for what, metrics, after in steps:
        answer = server.ok(f"{what}EnhancedMonitoring", {"StreamARN": arn(name), "ShardLevelMetrics": metrics})
        assert answer == {"StreamName": name, "StreamARN": arn(name), "CurrentShardLevelMetrics": before,
                          "DesiredShardLevelMetrics": after}
        assert metrics_of(server, name) == after
        before = after


# C.1
@pytest.mark.parametrize("operation, request_", [
    ("EnableEnhancedMonitoring", {"ShardLevelMetrics": ["ALL"]}),
    ("DisableEnhancedMonitoring", {"ShardLevelMetrics": ["ALL"]}),
    ("UpdateStreamMode", {"StreamModeDetails": ON_DEMAND}),
    ("UpdateStreamWarmThroughput", {"WarmThroughputMiBps": 1}),
    ("UpdateMaxRecordSize", {"MaxRecordSizeInKiB": 2048}),
    ("UpdateStreamRecordDistributionStrategy", {"RecordDistributionStrategy": "USER_PARTITION_KEY"}),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_stream_that_is_not_active_cannot_be_changed(start, operation, request_):
    server = start("--transition-ms", 600_000)
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    answer = server.call(operation, {"StreamARN": arn("s"), **request_})
    assert answer.error() == (400, IN_USE,
                              f"Stream s under account {ACCOUNT} not ACTIVE, instead in state CREATING")


# C.21, B.4
@table(
    Row("nothing", {}, VALIDATION, violations(missing("streamARN"), missing("streamModeDetails"))),
    Row("a name in place of the ARN", {"StreamARN": "s", "StreamModeDetails": ON_DEMAND}, VALIDATION,
        violations(pattern("streamARN", "s", ARN_PATTERN))),
    Row("no mode", {"StreamARN": arn(EXISTING), "StreamModeDetails": {}}, VALIDATION,
        violations(missing("streamModeDetails.streamMode"))),
    Row("an unknown mode", {"StreamARN": arn(EXISTING), "StreamModeDetails": {"StreamMode": "x"}}, VALIDATION,
        violations(one_of("streamModeDetails.streamMode", "x", "PROVISIONED", "ON_DEMAND"))),
    Row("negative warm throughput",
        {"StreamARN": arn(EXISTING), "StreamModeDetails": ON_DEMAND, "WarmThroughputMiBps": -1}, VALIDATION,
        violations(min_value("warmThroughputMiBps", -1, 0))),
    Row("an absent stream", {"StreamARN": arn("absent"), "StreamModeDetails": ON_DEMAND}, NOT_FOUND, ABSENT),
    Row("the mode it has", {"StreamARN": arn(EXISTING), "StreamModeDetails": PROVISIONED}, ARGUMENT, UNKNOWN),
    Row("warm throughput towards provisioned",
        {"StreamARN": arn(DEMAND), "StreamModeDetails": PROVISIONED, "WarmThroughputMiBps": 5}, ARGUMENT,
        UNKNOWN),
    Row("warm throughput without the commitment",
        {"StreamARN": arn(EXISTING), "StreamModeDetails": ON_DEMAND, "WarmThroughputMiBps": 5}, ARGUMENT,
        UNKNOWN),
)
def test_update_stream_mode_errors(server, row):
    check(server, "UpdateStreamMode", row)


def test_modes_are_switched_and_the_shards_stay(server, name):
    create_stream(server, name, shards=3)
    for mode in (ON_DEMAND, PROVISIONED):
        answer = server.call("UpdateStreamMode", {"StreamARN": arn(name), "StreamModeDetails": mode})
        assert (answer.status, answer.body) == (200, b"")
        now = summary(server, name)
        assert (now["StreamModeDetails"], now["OpenShardCount"]) == (mode, 3)
        listed = server.ok("ListStreams", {"ExclusiveStartStreamName": name[:-1]})["StreamSummaries"]
        [own] = [stream for stream in listed if stream["StreamName"] == name]
        assert own["StreamModeDetails"] == mode


# C.21, D.1
def test_two_switches_a_day(start):
    server = start("--limits", "all", "--transition-ms", "0")
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    for mode in (ON_DEMAND, PROVISIONED):
        server.ok("UpdateStreamMode", {"StreamARN": arn("s"), "StreamModeDetails": mode})
    third = server.call("UpdateStreamMode", {"StreamARN": arn("s"), "StreamModeDetails": ON_DEMAND})
    assert third.error()[:2] == (400, LIMIT)


def test_on_demand_streams_are_limited(start):
    server = start("--on-demand-limit", 1, "--transition-ms", "0")
    server.ok("CreateStream", {"StreamName": "demand"})
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    second = server.call("UpdateStreamMode", {"StreamARN": arn("s"), "StreamModeDetails": ON_DEMAND})
    assert second.error()[:2] == (400, LIMIT)


# C.22, B.4
@table(
    Row("nothing", {}, VALIDATION, violations(missing("warmThroughputMiBps"))),
    Row("negative", {"StreamName": DEMAND, "WarmThroughputMiBps": -1}, VALIDATION,
        violations(min_value("warmThroughputMiBps", -1, 0))),
    Row("no stream", {"WarmThroughputMiBps": 1}, ARGUMENT, UNKNOWN),
    Row("an absent stream", {"StreamName": "absent", "WarmThroughputMiBps": 1}, NOT_FOUND, ABSENT),
    Row("a provisioned stream", {"StreamName": EXISTING, "WarmThroughputMiBps": 1}, ARGUMENT, UNKNOWN),
    Row("no commitment", {"StreamName": DEMAND, "WarmThroughputMiBps": 1}, ARGUMENT, UNKNOWN),
)
def test_update_stream_warm_throughput_errors(server, row):
    check(server, "UpdateStreamWarmThroughput", row)


def test_warm_throughput_makes_shards(start):
    server = start("--transition-ms", "0")
    enable = {COMMITMENT: {"Status": "ENABLED"}}
    server.ok("CreateStream", {"StreamName": "s"})
    assert "WarmThroughput" not in summary(server, "s")
    server.ok("UpdateAccountSettings", enable)
    assert summary(server, "s")["WarmThroughput"] == {"TargetMiBps": 0, "CurrentMiBps": 0}
    answer = server.ok("UpdateStreamWarmThroughput", {"StreamName": "s", "WarmThroughputMiBps": 7})
    assert answer == {"StreamName": "s", "StreamARN": arn("s"),
                      "WarmThroughput": {"TargetMiBps": 7, "CurrentMiBps": 0}}
    now = summary(server, "s")
    assert (now["WarmThroughput"], now["OpenShardCount"]) == ({"TargetMiBps": 7, "CurrentMiBps": 7}, 7)
    high = server.call("UpdateStreamWarmThroughput", {"StreamName": "s", "WarmThroughputMiBps": 10241})
    assert high.error()[:2] == (400, LIMIT)
    server.ok("CreateStream", {"StreamName": "warm", "WarmThroughputMiBps": 6})
    assert summary(server, "warm")["OpenShardCount"] == 6


# C.22
def test_the_commitment_of_an_account(start):
    server = start()
    none = {COMMITMENT: {"Status": "DISABLED"}}
    assert server.ok("DescribeAccountSettings", {}) == none
    assert server.ok("UpdateAccountSettings", none) == none
    enabled = server.ok("UpdateAccountSettings", {COMMITMENT: {"Status": "ENABLED"}})
    times = enabled[COMMITMENT]
    assert times["Status"] == "ENABLED"
    assert abs(times["StartedAt"] - time.time()) < 60
    assert times["EarliestAllowedEndAt"] == pytest.approx(times["StartedAt"] + 24 * 3600, abs=0.01)
    assert set(times) == {"Status", "StartedAt", "EarliestAllowedEndAt"}
    assert server.ok("DescribeAccountSettings", {}) == enabled
    ending = {COMMITMENT: {**times, "Status": "ENABLED_UNTIL_EARLIEST_ALLOWED_END"}}
    assert server.ok("UpdateAccountSettings", none) == ending
    assert server.ok("DescribeAccountSettings", {}) == ending
    assert server.ok("DescribeAccountSettings", {}, access_key="111122223333") == none
    assert server.ok("DescribeAccountSettings", {}, region="eu-west-1") == none
    assert server.ok("UpdateAccountSettings", {COMMITMENT: {"Status": "ENABLED"}}) == enabled


@table(
    Row("nothing", {}, VALIDATION, violations(missing("minimumThroughputBillingCommitment"))),
    Row("no status", {COMMITMENT: {}}, VALIDATION,
        violations(missing("minimumThroughputBillingCommitment.status"))),
    Row("an unknown status", {COMMITMENT: {"Status": "ON"}}, VALIDATION,
        violations(one_of("minimumThroughputBillingCommitment.status", "ON", "ENABLED", "DISABLED"))),
)
def test_update_account_settings_errors(server, row):
    check(server, "UpdateAccountSettings", row)


# C.6
def test_describe_limits_counts_per_account(server):
    with Connection(server, access_key="555566667777") as caller:
        empty = {"ShardLimit": 20000, "OpenShardCount": 0, "OnDemandStreamCount": 0,
                 "OnDemandStreamCountLimit": 50, "ChannelCount": 0}
        assert caller.ok("DescribeLimits", {}) == empty
        create_stream(caller, "provisioned", shards=3)
        caller.ok("CreateStream", {"StreamName": "demand"})
        assert caller.ok("DescribeLimits", {}) == {**empty, "OpenShardCount": 3, "OnDemandStreamCount": 1}


def test_limits_may_be_lifted(start):
    server = start("--shard-limit", "unlimited", "--on-demand-limit", "unlimited")
    limits = server.ok("DescribeLimits", {})
    assert (limits["ShardLimit"], limits["OnDemandStreamCountLimit"]) == (1_000_000, 1_000_000)


# C.23, B.4
@table(
    Row("nothing", {}, VALIDATION, violations(missing("maxRecordSizeInKiB"))),
    Row("too small", {"StreamARN": arn(EXISTING), "MaxRecordSizeInKiB": 1023}, VALIDATION,
        violations(min_value("maxRecordSizeInKiB", 1023, 1024))),
    Row("too large", {"StreamARN": arn(EXISTING), "MaxRecordSizeInKiB": 10241}, VALIDATION,
        violations(max_value("maxRecordSizeInKiB", 10241, 10240))),
    Row("no stream", {"MaxRecordSizeInKiB": 1024}, ARGUMENT, "StreamARN should be provided."),
    Row("an absent stream", {"StreamARN": arn("absent"), "MaxRecordSizeInKiB": 1024}, NOT_FOUND, ABSENT),
)
def test_update_max_record_size_errors(server, row):
    check(server, "UpdateMaxRecordSize", row)


def too_long(path, bound):
    return violations((path, None, f"Member must have length less than or equal to {bound}"))


# C.7, C.23
@pytest.mark.parametrize("kib", [1024, 5000, 10240])
def test_the_largest_record_follows_the_setting(server, name, kib):
    create_stream(server, name)
    answer = server.call("UpdateMaxRecordSize", {"StreamARN": arn(name), "MaxRecordSizeInKiB": kib})
    assert (answer.status, answer.body) == (200, b"")
    assert summary(server, name)["MaxRecordSizeInKiB"] == kib
    put(server, name, b"x" * (kib * 1024 - 1))
    entry = {"Data": b64(b"x" * (kib * 1024)), "PartitionKey": "k"}
    one = server.call("PutRecord", {"StreamName": name, **entry})
    assert one.error() == (400, VALIDATION, too_long("data", kib * 1024))
    small = {"Data": "", "PartitionKey": "k"}
    many = server.call("PutRecords", {"StreamName": name, "Records": [entry]})
    # A record of the largest size and its key are more than a call may carry.
    over = (400, ARGUMENT, "Records size exceeds 10 MB limit")
    assert many.error() == (over if kib == 10240 else
                            (400, VALIDATION, too_long("records.1.member.data", kib * 1024)))
    if kib != 10240:
        many = server.call("PutRecords", {"StreamName": name, "Records": [small, entry]})
        assert many.error() == (400, VALIDATION, too_long("records.2.member.data", kib * 1024))
    # What is stored stays readable when the limit shrinks.
    server.ok("UpdateMaxRecordSize", {"StreamARN": arn(name), "MaxRecordSizeInKiB": 1024})
    assert [len(record["Data"]) for record in read_all(server, name)] == [len(b64(b"x" * (kib * 1024 - 1)))]


# C.25, B.4.1
@table(
    Row("nothing", {}, VALIDATION, violations(missing("streamARN"), missing("recordDistributionStrategy"))),
    Row("an unknown strategy", {"StreamARN": arn(DEMAND), "RecordDistributionStrategy": "RANDOM"}, VALIDATION,
        violations(one_of("recordDistributionStrategy", "RANDOM", "AUTO", "USER_PARTITION_KEY"))),
    Row("an absent stream", {"StreamARN": arn("absent"), "RecordDistributionStrategy": "AUTO"}, NOT_FOUND,
        ABSENT),
    Row("AUTO on a provisioned stream", {"StreamARN": arn(EXISTING), "RecordDistributionStrategy": "AUTO"},
        ARGUMENT, UNKNOWN),
)
def test_update_stream_record_distribution_strategy_errors(server, row):
    check(server, "UpdateStreamRecordDistributionStrategy", row)


# C.25, C.4
def test_the_distribution_is_switched_at_once(start):
    server = start("--transition-ms", 600_000)
    server.ok("CreateStream", {"StreamName": "s", "RecordDistributionStrategy": "AUTO"})
    assert summary(server, "s")["RecordDistributionStrategy"] == "AUTO"
    server = start("--transition-ms", "0")
    server.ok("CreateStream", {"StreamName": "s"})
    for strategy in ("AUTO", "USER_PARTITION_KEY"):
        answer = server.call("UpdateStreamRecordDistributionStrategy",
                             {"StreamARN": arn("s"), "RecordDistributionStrategy": strategy})
        assert (answer.status, answer.body) == (200, b"")
        assert summary(server, "s")["RecordDistributionStrategy"] == strategy
        assert summary(server, "s")["StreamStatus"] == "ACTIVE"
    provisioned = server.call("CreateStream", {"StreamName": "p", "ShardCount": 1,
                                               "RecordDistributionStrategy": "AUTO"})
    assert provisioned.error()[:2] == (400, ARGUMENT)


def test_settings_survive_a_restart(start, tmp_path):
    server = start("--db", tmp_path / "data.db", "--transition-ms", "0")
    server.ok("UpdateAccountSettings", {COMMITMENT: {"Status": "ENABLED"}})
    server.ok("CreateStream", {"StreamName": "s", "RecordDistributionStrategy": "AUTO"})
    server.ok("UpdateMaxRecordSize", {"StreamARN": arn("s"), "MaxRecordSizeInKiB": 4096})
    server.ok("UpdateStreamWarmThroughput", {"StreamName": "s", "WarmThroughputMiBps": 5})
    server.ok("EnableEnhancedMonitoring", {"StreamName": "s", "ShardLevelMetrics": ["ALL"]})
    before = summary(server, "s"), server.ok("DescribeAccountSettings", {})
    server.stop()
    server = start("--db", tmp_path / "data.db")
    assert (summary(server, "s"), server.ok("DescribeAccountSettings", {})) == before
    assert json.dumps(before).count("Exceeded") == 2
