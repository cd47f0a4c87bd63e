"""What the executable does by its first argument, and `kinesisd health`."""

import os
import re
import socket
import subprocess
import time

import pytest

from kinesisd import EXECUTABLE, WAIT_S
from test_restart import check_refused


def run(*arguments, env=None, program=EXECUTABLE, stdin=subprocess.DEVNULL):
    """(exit code, stderr, stdout), as `refusal` has them."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("KINESISD_")}
    done = subprocess.run([program, *map(str, arguments)], stdin=stdin, capture_output=True, text=True,
                          timeout=WAIT_S, env={**clean, **(env or {})}, check=False)
    return done.returncode, done.stderr.strip(), done.stdout


def commands():
    """The names that `kinesisd --help` lists before the settings."""
    code, said, printed = run("--help")
    assert code == 0 and said == ""
    before_settings = printed.split("--listen")[0]
    names = [line.split()[0] for line in before_settings.splitlines() if re.match(r"  \w", line)]
    assert names.pop() == "help"
    return names


def test_help_lists_commands_that_explain_themselves():
    assert {"serve", "health", "version"} <= set(commands())
    for command in commands():
        code, said, printed = run(command, "--help")
        assert (code, said) == (0, ""), command
        assert f"Usage: kinesisd {command}" in printed.replace("[serve]", "serve"), command
        assert all(len(line) <= 100 for line in printed.splitlines()), command


def test_help_is_a_command_and_a_flag():
    whole = run("--help")
    for asked in (["help"], ["-h"], ["help", "--help"]):
        assert run(*asked) == whole
    for command in commands():
        assert run("help", command) == run(command, "--help"), command
    check_refused(run("help", "stray"), "stray is not a command; kinesisd --help lists them.")


def test_near_misses_are_told_what_there_is():
    check_refused(run("tial"), "tial is not a command; tail is one, and kinesisd --help lists them.")
    check_refused(run("tail", "s", "--formt", "json"),
                  "--formt is not for kinesisd tail; --format is, and kinesisd tail --help explains it.")
    check_refused(run("put", "s", "--end=x"),
                  "--end=x is not for kinesisd put; --endpoint is, and kinesisd put --help explains it.")


def test_a_word_that_is_no_command():
    check_refused(run("stray"), "stray is not a command; kinesisd --help lists them.")
    check_refused(run("version", "stray"), "stray", "kinesisd version --help")
    check_refused(run("health", "--stray"), "--stray")


def test_version():
    assert run("version") == (0, "", run("--version")[2])
    assert "0.1" in run("version")[2]


def test_serve_by_name(start):
    server = start("--limits", "off", listen=None, env={"KINESISD_LISTEN": "127.0.0.1:0"})
    assert run("serve", "--listen", f"127.0.0.1:{server.port}")[0] == 2  # the port is taken
    assert server.call("ListStreams", {}).status == 200


@pytest.mark.parametrize("how", [
    lambda port: (["--listen", f"127.0.0.1:{port}"], {}),
    lambda port: (["--listen", "127.0.0.1:0", "--listen", f"0.0.0.0:{port}"], {}),
    lambda port: (["--listen", f"localhost:{port}", "--limits", "all"], {}),
    lambda port: (["--endpoint", f"http://localhost:{port}"], {"KINESISD_LISTEN": "127.0.0.1:1"}),
    lambda port: ([f"--endpoint=http://127.0.0.1:{port}/"], {}),
    lambda port: ([f"--endpoint=https://localhost:{port}"], {}),
    lambda port: ([], {"KINESISD_LISTEN": f"0.0.0.0:{port},[::]:{port}"}),
])
@pytest.mark.parametrize("tls", ["on", "off", "only"])
def test_health_of_a_server(start, tls, how):
    server = start("--tls", tls)
    arguments, variables = how(server.port)
    deadline = time.monotonic() + WAIT_S
    while True:
        code, said, printed = run("health", *arguments, env=variables)
        # It waits for a second and a half, which a slow machine may take; whoever asks for health asks again.
        if not said.endswith("did not answer in time.") or time.monotonic() > deadline:
            break
    assert (code, said) == (0, ""), said
    assert printed.endswith(" is healthy.\n")


def test_health_of_no_server():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        code, said, printed = run("health", "--listen", f"127.0.0.1:{port}")
        assert (code, said, printed) == (1, f"http://127.0.0.1:{port} cannot be reached: Connection refused.", "")
        silent.listen()
        code, said, printed = run("health", "--listen", f"127.0.0.1:{port}")
        assert (code, printed) == (1, "")
        assert said == f"http://127.0.0.1:{port} did not answer in time."


def test_health_that_cannot_be_asked_for():
    check_refused(run("health", "--listen", "127.0.0.1:0"), "--endpoint")
    check_refused(run("health", "--endpoint", "nowhere"), "--endpoint")
    check_refused(run("health", "--listen", "nowhere"), "nowhere")
