"""What health checks are told: live, ready, and why not."""

import resource
import time

import pytest

import kinesisd
from kinesisd import Connection, create_stream
from test_disk_full import limit_files, small_files


def ask(server, path, method="GET"):
    with Connection(server) as connection:
        return connection.send(method, f"/_kinesisd/health{path}", {}, None)


@pytest.mark.parametrize("path, status", [("", "ok"), ("/live", "live"), ("/ready", "ready")])
def test_a_server_that_is_well(server, path, status):
    answer = ask(server, path)
    assert (answer.status, answer.json()["status"]) == (200, status)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    head = ask(server, path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    refused = ask(server, path, "DELETE")
    assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD")


def test_health_needs_no_tls(start):
    server = start("--tls", "only", listen="127.0.0.1:0")
    for path in ("", "/live", "/ready"):
        assert ask(server, path).status == 200


def test_a_full_disk_is_not_ready_until_there_is_space_again(start, tmp_path):
    server = start("--db", tmp_path / "data.db", "--limits", "off", preexec_fn=small_files)
    create_stream(server, "s")
    limit_files(server.pid, 4096)
    assert server.call("CreateStream", {"StreamName": "t", "ShardCount": 900}).status == 500
    answer = ask(server, "/ready")
    assert answer.status == 503
    reason = answer.json()["error"]
    assert reason.startswith("Nothing can be written to the database: ")
    assert reason.endswith("; see to the disk, the server goes on by itself.")
    head = ask(server, "/ready", "HEAD")
    assert (head.status, head.body) == (503, b"")
    assert ask(server, "/live").status == 200
    assert ask(server, "").status == 200

    limit_files(server.pid, resource.RLIM_INFINITY)
    deadline = time.monotonic() + kinesisd.WAIT_S
    while ask(server, "/ready").status != 200:  # nothing is written meanwhile
        assert time.monotonic() < deadline
    assert server.wait_for_line("Writing to the database works again.")
