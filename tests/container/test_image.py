"""The image as people run it: nothing said, a port mapped, a volume or none."""

import json
import re
import socket
import subprocess
import time
import urllib.request

import engine
import pytest


def stream_names(client):
    return client.list_streams()["StreamNames"]


def test_the_image_is_small(note):
    size = engine.image_bytes("kinesisd")
    note(f"image {size / 1e6:.1f} MB")
    assert size <= 10_000_000


def test_records_go_in_and_out_through_a_mapped_port(run, kinesis):
    client = kinesis(run().url)
    client.create_stream(StreamName="orders", ShardCount=1)
    client.get_waiter("stream_exists").wait(StreamName="orders")
    client.put_record(StreamName="orders", Data=b"hello", PartitionKey="1")
    iterator = client.get_shard_iterator(StreamName="orders", ShardId="shardId-000000000000",
                                         ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    assert [record["Data"] for record in client.get_records(ShardIterator=iterator)["Records"]] == [b"hello"]


@pytest.mark.parametrize("port", [4567, 4566, 4568])
def test_every_port_speaks_http_and_tls(run, kinesis, tmp_path, port):
    container = run(port=port)
    assert stream_names(kinesis(container.url)) == []
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(container.get("/_kinesisd/ca.pem")[1])
    assert stream_names(kinesis(f"https://localhost:{container.port}", verify=str(bundle))) == []


def test_nothing_is_left_for_a_new_container_when_nothing_is_mounted(run, kinesis):
    first = run()
    kinesis(first.url).create_stream(StreamName="orders", ShardCount=1)
    first.remove()
    assert stream_names(kinesis(run().url)) == []


def test_no_volume_is_made_behind_the_users_back(run):
    assert json.loads(engine.podman("image", "inspect", "kinesisd"))[0]["Config"].get("Volumes") is None
    assert json.loads(engine.podman("inspect", run().id))[0]["Mounts"] == []


USERS = [[], ["--user", "12345:54321"], ["--user", "0"],
         ["--user", "1234", "--cap-drop", "all", "--security-opt", "no-new-privileges"],
         ["--read-only", "--read-only-tmpfs=false", "--tmpfs", "/tmp"]]


@pytest.mark.parametrize("flags", USERS, ids=" ".join)
def test_any_user_may_run_it(run, kinesis, flags):
    client = kinesis(run(*flags).url)
    client.create_stream(StreamName="orders", ShardCount=1)
    assert stream_names(client) == ["orders"]


def test_it_is_not_root_unless_asked_to(run):
    pid = run().state()["Pid"]
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        assert re.search(r"^Uid:\s+65532\s", status.read(), re.MULTILINE)


def test_a_file_system_without_a_writable_place_is_refused_in_one_sentence(run):
    container = run("--read-only", "--read-only-tmpfs=false", wait=False)
    assert engine.podman("wait", container.id) == "2"
    [line] = container.log().splitlines()
    assert re.fullmatch(r"Cannot make /tmp/kinesisd-\w+: Read-only file system; set TMPDIR to a directory this user "
                        r"may write, or keep everything in memory with --db :memory:\.", line)


def test_without_a_writable_place_memory_will_do(run, kinesis):
    client = kinesis(run("--read-only", "--read-only-tmpfs=false", "-e", "KINESISD_DB=:memory:").url)
    client.create_stream(StreamName="orders", ShardCount=1)
    assert stream_names(client) == ["orders"]


def test_it_becomes_healthy_within_two_seconds(run):
    def measure():
        container = run(wait=False)
        container.wait_until(
            lambda: engine.podman("healthcheck", "run", container.id, check=False).returncode == 0, "health")
        healthy = time.time()
        assert container.state()["Health"]["Status"] == "healthy"
        return healthy - container.started()

    engine.within(2, measure)


def test_its_health_is_looked_at_every_second():
    [image] = json.loads(engine.podman("image", "inspect", "kinesisd"))
    health = image["HealthCheck"] if "HealthCheck" in image else image["Healthcheck"]
    second = 1_000_000_000
    assert (health["Test"], health["Interval"], health["Timeout"]) == (
        ["CMD", "/kinesisd", "health"], second, 2 * second)


def stopped(container):
    code, seconds = container.stop()
    assert code == 0
    return seconds


def test_it_stops_within_a_second(run):
    engine.within(1, lambda: stopped(run()))


def test_an_open_connection_does_not_keep_it_from_stopping(run):
    def measure():
        container = run()
        with socket.create_connection(("127.0.0.1", container.port)) as client:
            client.sendall(b"GET /_kinesisd/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert client.recv(4096).startswith(b"HTTP/1.1 200")
            return stopped(container)

    engine.within(1, measure)


def test_it_answers_soon_after_its_start(run, note):
    def measure():
        container = run(wait=False)
        deadline = time.monotonic() + engine.WAIT_S
        while container.get("/_kinesisd/health") is None:
            assert time.monotonic() < deadline, container.log()
        seconds = time.time() - container.started()
        note(f"first answer {seconds * 1000:.0f} ms after the start of the process")
        return seconds

    engine.within(1, measure)


def test_a_machine_without_ipv6_is_fine(run, kinesis, tmp_path):
    refused = {"names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 97,  # EAFNOSUPPORT
               "args": [{"index": 0, "value": int(socket.AF_INET6), "op": "SCMP_CMP_EQ"}]}
    profile = tmp_path / "no-ipv6.json"
    profile.write_text(json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [refused]}))
    container = run("--security-opt", f"seccomp={profile}")
    assert stream_names(kinesis(container.url)) == []
    assert "Listening at http://0.0.0.0:4568" in container.log()
    assert "[::]" not in container.log()


def test_ipv6_is_listened_on_where_there_is_some(run):
    log = run().log()
    assert [line for line in log.splitlines() if line.startswith("Listening at http://[::]:")] == [
        f"Listening at http://[::]:{port}" for port in (4567, 4566, 4568)]


@pytest.mark.parametrize("flags", [["--port", "4567"], ["--region", "eu-west-1"], ["serve"]], ids=" ".join)
def test_a_flag_alone_still_means_serve(run, kinesis, flags):
    assert stream_names(kinesis(run(arguments=flags).url)) == []


def test_its_version_is_the_servers():
    [labels] = json.loads(engine.podman("image", "inspect", "kinesisd", "--format", "[{{json .Labels}}]"))
    said = engine.podman("run", "--rm", "kinesisd", "version")
    assert said == f"kinesisd {labels['org.opencontainers.image.version']}"


def test_it_holds_the_server_and_little_else(run):
    listed = subprocess.run(f"podman export {run().id} | tar -tv", shell=True, env=engine.environment(), check=True,
                            capture_output=True, text=True).stdout.splitlines()
    files = {line.split()[-1] for line in listed if line.startswith("-")}
    of_the_engine = {name for name in files if name.startswith(("dev/", "proc/", "sys/", "run/", "tmp/"))} | {
        "etc/hosts", "etc/hostname", "etc/mtab", "etc/resolv.conf", "etc/passwd", "etc/group"}
    assert files - of_the_engine == {"kinesisd", "etc/ssl/certs/ca-certificates.crt"}


def test_its_administration_answers_through_a_mapped_port(run, kinesis):
    container = run()
    kinesis(container.url).create_stream(StreamName="orders", ShardCount=1)
    request = urllib.request.Request(f"{container.url}/_kinesisd/reset", b"{}", {"Content-Type": "application/json"})
    assert urllib.request.urlopen(request).status == 200
    assert stream_names(kinesis(container.url)) == []


@pytest.mark.parametrize("flags", [[], ["--user", "12345"], ["--read-only", "--read-only-tmpfs=false"]], ids=" ".join)
def test_what_is_mounted_at_data_keeps_everything(run, kinesis, volume, flags):
    first = run("--volume", f"{volume}:/data", *flags)
    kinesis(first.url).create_stream(StreamName="orders", ShardCount=1)
    first.stop()
    first.remove()
    assert stream_names(kinesis(run("--volume", f"{volume}:/data", *flags).url)) == ["orders"]


def test_a_folder_of_the_users_own_keeps_everything_as_that_user(run, kinesis, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    owner = folder.stat().st_uid
    container = run("--volume", f"{folder}:/data", "--user", str(owner))
    kinesis(container.url).create_stream(StreamName="orders", ShardCount=1)
    assert (folder / "kinesisd.db").stat().st_uid == owner


def test_a_folder_that_it_may_not_write_is_refused_in_one_sentence(run, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    container = run("--volume", f"{folder}:/data", wait=False)
    assert engine.podman("wait", container.id) == "2"
    assert container.log().splitlines() == [
        "Cannot open /data/kinesisd.db: Permission denied; name a file in a directory this user may write with --db."]


@pytest.fixture
def network():
    name = engine.podman("network", "create", "--label", "kinesisd-test")
    yield name
    engine.podman("network", "rm", "--force", name)


def test_other_containers_are_reached_by_name(run, network):
    run("--network", network, "--name", "kinesisd-test-server")
    said = engine.podman("run", "--rm", "--network", network, "-e", "AWS_ACCESS_KEY_ID=test",
                         "-e", "AWS_SECRET_ACCESS_KEY=test", "kinesisd", "aws", "--endpoint-url",
                         "http://kinesisd-test-server:4567", "kinesis", "list-streams")
    assert json.loads(said)["StreamNames"] == []
