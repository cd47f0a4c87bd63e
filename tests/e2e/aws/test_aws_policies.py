"""Resource policies of a stream (C.18)."""

import json

import pytest

from target import refused


@pytest.fixture(scope="module")
def stream(make_shared_stream):
    return make_shared_stream()


def policy(stream, *operations):
    return {"Version": "2012-10-17", "Statement": [
        {"Sid": "own", "Effect": "Allow", "Principal": {"AWS": stream.account}, "Resource": stream.arn,
         "Action": [f"kinesis:{operation}" for operation in operations]}]}


def test_resource_policies(kinesis, stream):
    def stored():
        return json.loads(kinesis.get_resource_policy(ResourceARN=stream.arn)["Policy"])

    assert kinesis.get_resource_policy(ResourceARN=stream.arn)["Policy"] == "{}"
    for operations in (("PutRecord",), ("DescribeStreamSummary", "GetRecords")):
        text = json.dumps(policy(stream, *operations))
        kinesis.put_resource_policy(ResourceARN=stream.arn, Policy=text)
        [statement] = stored()["Statement"]
        actions = statement["Action"]  # AWS may write a list of one as a string
        assert sorted([actions] if isinstance(actions, str) else actions) == [
            f"kinesis:{operation}" for operation in operations]
    refused("InvalidArgumentException", None, kinesis.put_resource_policy, ResourceARN=stream.arn,
            Policy="{not JSON")
    assert len(stored()["Statement"]) == 1
    kinesis.delete_resource_policy(ResourceARN=stream.arn)
    assert stored() == {}
    refused("ResourceNotFoundException", None, kinesis.delete_resource_policy, ResourceARN=stream.arn)
    absent = stream.arn + "-absent"
    refused("ResourceNotFoundException", None, kinesis.put_resource_policy, ResourceARN=absent,
            Policy=json.dumps(policy(stream, "PutRecord")))
