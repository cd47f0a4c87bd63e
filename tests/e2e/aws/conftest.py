"""Streams for the tests that hold on AWS as well; tests/support/target.py says where they run.

On AWS: KINESIS_TEST_ENDPOINT=aws AWS_PROFILE=... build/venv/bin/python -m pytest tests/e2e/aws"""

import contextlib
import typing
import uuid

import pytest

import target


class Stream(typing.NamedTuple):
    name: str
    arn: str

    @property
    def account(self):
        return target.account_of(self.arn)


@pytest.fixture(scope="session")
def kinesis():
    with target.endpoint() as url:
        yield target.client_at(url)


@contextlib.contextmanager
def new_streams(client):
    """Makes streams under names nobody else has, and deletes all of them, whatever happened."""
    names = []

    def make(ShardCount=1, wait=True, **request):
        name = f"kinesisd-test-{uuid.uuid4()}"
        names.append(name)
        count = {"ShardCount": ShardCount} if ShardCount else {}
        client.create_stream(StreamName=name, **count, **request)
        if wait:
            target.wait_active(client, name)
        return Stream(name, target.summary_of(client, name)["StreamARN"])

    try:
        yield make
    finally:
        gone = client.exceptions.ResourceNotFoundException
        for name in names:
            with contextlib.suppress(gone, client.exceptions.ResourceInUseException):
                client.delete_stream(StreamName=name, EnforceConsumerDeletion=True)
        for name in names:
            target.wait_gone(client, name)


@pytest.fixture
def changing():
    """(client, make_stream) where a stream is UPDATING for as long as a test takes: on AWS a split lasts that long."""
    with target.endpoint("--transition-ms", "auto,split=600000") as url:
        client = target.client_at(url)
        with new_streams(client) as make:
            yield client, make


@pytest.fixture
def make_stream(kinesis):
    with new_streams(kinesis) as make:
        yield make


@pytest.fixture(scope="module")
def make_shared_stream(kinesis):
    """The same for streams that live as long as the module's tests."""
    with new_streams(kinesis) as make:
        yield make
