"""The server's own paths over the wire: methods, who may change something, states of keys."""

import resource

import pytest

from kinesisd import Connection
from test_disk_full import limit_files, small_files

JSON = {"Content-Type": "application/json"}
DISABLED = b'{"state":"disabled"}'


def send(server, method, path, headers=None, body=None):
    with Connection(server) as connection:
        return connection.send(method, f"/_kinesisd/{path}", headers or {}, body)


def test_what_is_not_there_is_answered_with_what_is(server):
    answer = send(server, "GET", "nothing")
    assert answer.status == 404
    assert answer.json() == {"error": "There is nothing at /_kinesisd/nothing; "
                                      "GET /_kinesisd/ lists what there is."}
    assert answer.headers["Content-Type"] == "application/json"
    assert send(server, "POST", "health", JSON, b"").headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path, key", [
    ("alias/aws/one", "alias/aws/one"),
    ("alias%2Faws%2Ftwo", "alias/aws/two"),
    ("arn:aws:kms:us-east-1:000000000000:alias/three", "arn:aws:kms:us-east-1:000000000000:alias/three"),
])
def test_states_of_keys(server, path, key):
    enabled = {"key": key, "state": "enabled"}
    assert send(server, "GET", f"kms/{path}").json() == enabled
    answer = send(server, "PUT", f"kms/{path}", JSON, DISABLED)
    assert (answer.status, answer.json()) == (200, {"key": key, "state": "disabled"})
    assert send(server, "GET", f"kms/{path}").json() == answer.json()
    listed = send(server, "GET", "kms").json()["keys"]
    assert {"key": key[key.find("alias/"):], "state": "disabled"} in listed
    assert send(server, "PUT", f"kms/{path}", JSON, b'{"state":"enabled"}').json() == enabled


def test_head_has_no_body(server):
    answer = send(server, "HEAD", "kms")
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/plain"}])
def test_only_json_changes_something(server, headers):
    answer = send(server, "PUT", "kms/guarded", headers, b'{"state":"enabled"}')
    assert answer.status == 415
    assert list(answer.json()) == ["error"]
    assert send(server, "GET", "kms/guarded", headers).status == 200


def test_what_is_no_state_is_refused(server):
    answer = send(server, "PUT", "kms/k", JSON, b'{"state":"off"}')
    assert answer.status == 400
    assert answer.json()["error"].startswith('There is no state "off" for key k; the states are enabled, ')


def test_a_state_that_cannot_be_written_is_not_set(start, tmp_path):
    server = start("--db", tmp_path / "data.db", preexec_fn=small_files)
    limit_files(server.pid, 1)
    answer = send(server, "PUT", "kms/k", JSON, DISABLED)
    assert (answer.status, answer.json()) == (500, {
        "error": "The change could not be written to the database; see the log for the reason."})
    assert send(server, "GET", "kms/k").json()["state"] == "enabled"
    limit_files(server.pid, resource.RLIM_INFINITY)
    assert send(server, "PUT", "kms/k", JSON, DISABLED).status == 200
