"""Compose files as users of other emulators have them, with the image changed and nothing else."""

import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import time

import engine
import pytest

FILES = pathlib.Path(__file__).parent / "compose"
pytestmark = pytest.mark.skipif(shutil.which("podman-compose") is None, reason="there is no podman-compose")


class Project:
    """A compose file that is up, with a free port of this machine for its one mapped port."""

    def __init__(self, name):
        self.file = FILES / f"{name}.yml"
        self.name = f"kinesisd-test-{name}"
        self.port = engine.free_port()
        self.compose("up", "--detach")
        [self.id] = self.containers()

    def compose(self, *words):
        clean = {k: v for k, v in engine.environment().items() if k not in ("DEBUG", "DATA_DIR")}
        done = subprocess.run(
            ["podman-compose", "--project-name", self.name, "--file", str(self.file), *words],
            env={**clean, "KINESIS_PORT": str(self.port)}, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def containers(self):
        label = f"label=io.podman.compose.project={self.name}"
        return engine.podman("ps", "--all", "--quiet", "--filter", label).split()

    def log(self):
        done = engine.podman("logs", self.id, check=False)
        return done.stdout + done.stderr

    def healthy(self):
        """What the file's own health check says, once it says yes."""
        deadline = time.monotonic() + engine.WAIT_S
        while engine.podman("healthcheck", "run", self.id, check=False).returncode != 0:
            assert time.monotonic() < deadline, f"it never becomes healthy\n{self.log()}"
            time.sleep(0.1)

    def line(self, text):
        deadline = time.monotonic() + engine.WAIT_S
        while text not in self.log():
            assert time.monotonic() < deadline, f"never says {text}\n{self.log()}"
            time.sleep(0.05)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def down(self):
        self.compose("down", "--volumes")


@pytest.fixture
def up():
    projects = []

    def start(name):
        projects.append(Project(name))
        projects[-1].healthy()
        return projects[-1]

    yield start
    for project in projects:
        print(project.log())
        project.down()


def names(client):
    return client.list_streams()["StreamNames"]


def shards(client, stream):
    return len(client.list_shards(StreamName=stream)["Shards"])


def test_kinesalite_with_flags(up, kinesis):
    project = up("kinesalite")
    project.line("Listening at http")
    client = kinesis(project.url)
    client.create_stream(StreamName="s", ShardCount=100)
    with pytest.raises(client.exceptions.LimitExceededException):
        client.create_stream(StreamName="t", ShardCount=1)


def test_kinesalite_as_flink_starts_it(up, kinesis):
    project = up("kinesalite-ssl")
    project.line("Listening at https://:::4567")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", project.port)) as plain, context.wrap_socket(plain) as secure:
        assert secure.version()
    assert names(kinesis(project.url.replace("http", "https"), verify=False)) == []


def test_kinesalite_with_variables(up, kinesis):
    project = up("kinesalite-env")
    kinesis(project.url).create_stream(StreamName="s", ShardCount=1)
    engine.podman("restart", "--time", "2", project.id)
    project.healthy()
    assert names(kinesis(project.url)) == ["s"]


def test_kinesalite_by_its_name(up, kinesis):
    assert names(kinesis(up("kinesalite-shell").url)) == []


def test_kinesis_mock(up, kinesis):
    project = up("kinesis-mock")
    project.line("Starting Kinesis TLS Mock Service on port 4567")
    project.line("Starting Kinesis Plain Mock Service on port 4568")
    client = kinesis(project.url)
    assert names(client) == ["my-initial-stream"]
    assert shards(client, "my-initial-stream") == 3


def test_kinesis_mock_that_persists(up, kinesis):
    project = up("kinesis-mock-persist")
    kinesis(project.url).create_stream(StreamName="s", ShardCount=1)
    engine.podman("restart", "--time", "2", project.id)
    project.healthy()
    client = kinesis(project.url)
    arn = client.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    assert ":123456789012:" in arn


def test_localstack(up, kinesis):
    project = up("localstack")
    project.line("Ready.")
    assert "no effect" not in project.log()
    container = engine.podman("exec", project.id, "awslocal", "--region", "eu-central-1", "kinesis", "list-streams")
    assert "orders" in container


def test_localstack_with_an_init_script(up, kinesis):
    project = up("localstack-init")
    client = kinesis(project.url)
    assert names(client) == ["made-by-script"]
    engine.podman("restart", "--time", "5", project.id)
    project.healthy()
    assert names(kinesis(project.url)) == ["made-by-script"]
    assert os.path.exists(FILES / "init/create-streams.sh")
