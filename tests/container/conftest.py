"""The images are there already (./tests/run builds them); here is what their tests share."""

import os
import pathlib
import sys

import boto3
import botocore.config
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import engine  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def clean_engine():
    with engine.session():
        yield


@pytest.fixture
def run():
    """run(*flags, image=, arguments=, port=) starts a container and waits until it answers."""
    containers = []

    def start(*flags, wait=True, **how):
        container = engine.Container(*flags, **how)
        containers.append(container)
        return container.ready() if wait else container

    yield start
    for container in containers:
        print(container.log())
        container.remove()


@pytest.fixture
def volume():
    name = engine.podman("volume", "create", "--label", "kinesisd-test")
    yield name
    engine.podman("volume", "rm", "--force", name)


@pytest.fixture
def kinesis():
    """kinesis(url) is a boto3 client."""
    def client(url, **how):
        once = botocore.config.Config(retries={"total_max_attempts": 1})
        return boto3.client("kinesis", endpoint_url=url, region_name="us-east-1", aws_access_key_id="test",
                            aws_secret_access_key="test", config=once, **how)
    return client


@pytest.fixture(scope="session")
def note():
    """note(text) is printed beside the part's result."""
    def write(text):
        if path := os.environ.get("KINESISD_TEST_NOTES"):
            with open(path, "a", encoding="utf-8") as file:
                file.write(f"{text}\n")
    return write
