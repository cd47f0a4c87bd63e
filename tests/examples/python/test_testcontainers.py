"""Testcontainers for Python: a container for the session's tests."""

import boto3
import pytest
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy


@pytest.fixture(scope="session")
def kinesis():
    container = DockerContainer("kinesisd").with_exposed_ports(4567)
    with container.waiting_for(HttpWaitStrategy(4567, "/_kinesisd/health")):
        url = f"http://{container.get_container_host_ip()}:{container.get_exposed_port(4567)}"
        yield boto3.client("kinesis", endpoint_url=url, region_name="us-east-1",
                           aws_access_key_id="test", aws_secret_access_key="test")


def test_a_record_goes_in(kinesis):
    kinesis.create_stream(StreamName="orders", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="orders")
    assert kinesis.put_record(StreamName="orders", Data=b"1", PartitionKey="1")["ShardId"]
