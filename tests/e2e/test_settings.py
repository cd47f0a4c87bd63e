"""Flags, environment variables and the file: each is refused at start with one sentence and exit code 2."""

import re
import socket
import subprocess

import pytest

from kinesisd import EXECUTABLE, WAIT_S, Connection, create_stream
from test_restart import check_refused, refusal


@pytest.mark.parametrize("flags, words", [
    (["--no-such-flag"], ["--no-such-flag"]),
    (["stray"], ["stray"]),
    (["--listen"], ["listen"]),
    (["--listen", "nowhere"], ["nowhere"]),
    (["--listen", "127.0.0.1:65536"], ["65536"]),
    (["--listen", "127.0.0.1:x"], ["127.0.0.1:x"]),
    (["--durability", "none"], ["durability", "none"]),
    (["--limits", "some"], ["limits", "some"]),
    (["--transition-ms", "soon"], ["transition-ms", "soon"]),
    (["--transition-ms", "-1"], ["transition-ms", "-1"]),
    (["--account-id", "12345"], ["account-id", "12345"]),
    (["--shard-limit", "few"], ["shard-limit", "few"]),
    (["--on-demand-limit", "-5"], ["on-demand-limit", "-5"]),
    (["--threads", "0"], ["threads", "0"]),
    (["--memory-mb", "lots"], ["memory-mb", "lots"]),
    (["--log-level", "loud"], ["log-level", "loud"]),
    (["--log-format", "xml"], ["log-format", "xml"]),
    (["--config", "/no/such/file.toml"], ["/no/such/file.toml"]),
])
def test_a_bad_flag(flags, words):
    check_refused(refusal(*flags), *words)


@pytest.mark.parametrize("name, value", [
    ("KINESISD_LIMITS", "some"), ("KINESISD_THREADS", "x"), ("KINESISD_MEMORY_MB", "-1"),
    ("KINESISD_TRANSITION_MS", "soon"), ("KINESISD_LISTEN", "nowhere")])
def test_a_bad_environment_variable(name, value):
    check_refused(refusal(env={name: value}), value)


@pytest.mark.parametrize("text, word", [
    ('no-such-key = "x"\n', "no-such-key"), ('limits = "some"\n', "some"), ("threads = \"x\"\n", "threads")])
def test_a_bad_file(tmp_path, text, word):
    file = tmp_path / "kinesisd.toml"
    file.write_text(text)
    check_refused(refusal("--config", file), word)


def test_a_taken_port(start):
    server = start()
    check_refused(refusal("--listen", f"127.0.0.1:{server.port}"), server.port)
    assert server.call("ListStreams", {}).status == 200


def test_flags_win_over_the_environment_and_that_over_the_file(start, tmp_path):
    file = tmp_path / "kinesisd.toml"
    file.write_text('account-id = "111111111111"\nshard-limit = 1\nlimits = "off"\n')

    def account(server):
        return create_stream(server, "s")["StreamARN"].split(":")[4]

    config = ("--config", file)
    assert account(start(*config)) == "111111111111"
    environment = {"KINESISD_ACCOUNT_ID": "222222222222"}
    assert account(start(*config, env=environment)) == "222222222222"
    server = start(*config, "--account-id", "333333333333", env=environment)
    assert account(server) == "333333333333"
    over = server.call("CreateStream", {"StreamName": "t", "ShardCount": 1})
    assert over.error()[:2] == (400, "LimitExceededException") and "Limit: 1." in over.error()[2]


def test_help_and_version():
    for flag, word in (("--help", "--transition-ms"), ("--version", "0.1")):
        done = subprocess.run([EXECUTABLE, flag], capture_output=True, text=True, timeout=WAIT_S, check=False)
        assert done.returncode == 0 and word in done.stdout and done.stderr == ""


def test_several_addresses(start):
    server = start("--listen", "localhost:0")
    other = server.wait_for_line(rf"Listening at http://127.0.0.1:(?!{server.port}\b)")
    for port in (server.port, int(re.search(r":(\d+)\s*$", other)[1])):
        with socket.create_connection(("127.0.0.1", port), timeout=WAIT_S):
            pass


def test_localhost_is_both_loopback_addresses(start):
    server = start(listen="localhost:0")
    create_stream(server, "s")
    assert server.host == "127.0.0.1"  # IPv4 first
    try:
        probe = socket.socket(socket.AF_INET6)
        probe.bind(("::1", 0))
        probe.close()
    except OSError:
        pytest.skip("no IPv6 here")
    line = server.wait_for_line(r"Listening at http://\[::1\]:(\d+)")
    server.host, server.port = "::1", int(line.rsplit(":", 1)[1])
    with Connection(server) as connection:
        assert connection.ok("ListStreams", {})["StreamNames"] == ["s"]
