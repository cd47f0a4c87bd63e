"""The service's time, moved over /_kinesisd/clock, and boto3 as the one that notices."""

import json

import boto3
import botocore.config

import kinesisd


def move(server, **change):
    """The clock's state after a change, which must be taken."""
    answer = ask(server, change)
    assert answer.status == 200, answer
    return answer.json()


def ask(server, change, method="PUT"):
    """`change` is a dictionary, or a body as bytes."""
    body = change if isinstance(change, bytes) else json.dumps(change).encode()
    with kinesisd.Connection(server) as connection:
        return connection.send(method, "/_kinesisd/clock", {"Content-Type": "application/json"}, body)


def read(server):
    with kinesisd.Connection(server) as connection:
        answer = connection.send("GET", "/_kinesisd/clock", {}, None)
    assert answer.status == 200, answer
    return answer.json()


def boto(server, access_key="test"):
    """A client that says at once what it is answered."""
    config = botocore.config.Config(retries={"total_max_attempts": 1},
                                    read_timeout=kinesisd.WAIT_S, parameter_validation=False)
    return boto3.client("kinesis", endpoint_url=server.url, region_name="us-east-1",
                        aws_access_key_id=access_key, aws_secret_access_key="test", config=config)
