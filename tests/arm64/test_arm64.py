"""The executable for arm64, cross-built as the image has it, under an emulator. KINESISD_TEST_EXECUTABLE names it."""

import pathlib
import struct
import sys

import boto3
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import kinesisd  # noqa: E402

EMULATOR = "qemu-aarch64-static"


@pytest.fixture
def client():
    """client(url, ...) is a boto3 client."""
    def connect(url, **how):
        return boto3.client("kinesis", endpoint_url=url, region_name="us-east-1", aws_access_key_id="test",
                            aws_secret_access_key="test", **how)
    return connect


def test_it_is_an_executable_for_arm64_that_needs_no_library():
    image = kinesisd.EXECUTABLE.read_bytes()
    machine_aarch64, interpreter = 183, 3
    assert struct.unpack_from("<H", image, 18)[0] == machine_aarch64
    start, size, count = (struct.unpack_from(form, image, at)[0] for form, at in (("<Q", 32), ("<H", 54), ("<H", 56)))
    kinds = [struct.unpack_from("<I", image, start + i * size)[0] for i in range(count)]
    assert interpreter not in kinds


def test_it_is_small():
    assert kinesisd.EXECUTABLE.stat().st_size <= 10_000_000


def test_records_go_in_and_out_in_plain_text_and_tls(client, tmp_path):
    with kinesisd.Server(wrap=[EMULATOR], listen="localhost:0") as server:
        bundle = tmp_path / "ca.pem"
        with kinesisd.Connection(server) as connection:
            bundle.write_bytes(connection.send("GET", "/_kinesisd/ca.pem", {}, None).body)
        plain = client(server.url)
        secure = client(f"https://localhost:{server.port}", verify=str(bundle))
        plain.create_stream(StreamName="orders", ShardCount=1)
        plain.get_waiter("stream_exists").wait(StreamName="orders")
        secure.put_record(StreamName="orders", Data=b"hello", PartitionKey="1")
        iterator = plain.get_shard_iterator(StreamName="orders", ShardId=kinesisd.shard_id(0),
                                            ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        assert [record["Data"] for record in secure.get_records(ShardIterator=iterator)["Records"]] == [b"hello"]
