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


def test_answers_end_with_a_newline(server):
    for method, path, body in (("GET", "", None), ("GET", "health", None), ("GET", "health/live", None), ("GET", "kms", None),
                               ("GET", "streams", None), ("GET", "faults", None), ("GET", "snapshots", None),
                               ("GET", "clock", None), ("GET", "ca.pem", None), ("GET", "nothing", None),
                               ("PUT", "kms/k", b"{}"), ("DELETE", "faults/none", None), ("DELETE", "health", None)):
        answer = send(server, method, path, JSON, body)
        assert answer.body.endswith(b"\n") and not answer.body.endswith(b"\n\n"), path
        assert int(answer.headers["Content-Length"]) == len(answer.body)
    with Connection(server) as connection:
        for path in ("/health", "/_localstack/health", "/_localstack/info", "/_localstack/init", "/metrics"):
            assert connection.send("GET", path, {}, None).body.endswith(b"\n"), path


@pytest.mark.parametrize("method, path", [("POST", "snapshots/none"), ("POST", "faults/reset"), ("PUT", "snapshots/bare"),
                                          ("DELETE", "snapshots/bare"), ("DELETE", "faults"), ("DELETE", "faults/none")])
@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/x-www-form-urlencoded"}],
                         ids=["curl -X POST", "curl -d ''"])
def test_what_has_no_body_needs_no_content_type(server, method, path, headers):
    send(server, "PUT", "snapshots/bare", JSON, b"{}")
    assert send(server, method, path, headers).status in (200, 404)  # some of these are not there
    # A page can send a POST without a body, but its browser says so.
    if method == "POST":
        origin = {"Origin": f"http://{server.host}:3000"}
        assert send(server, method, path, {**headers, **origin}).status == 415
        assert send(server, method, path, {**headers, "Sec-Fetch-Site": "same-site"}).status == 415


@pytest.mark.parametrize("method, path, headers, body, line", [
    ("POST", "reset", JSON, b'{"acount": "1"}', "400 acount is not known here"),
    ("POST", "reset", {"Content-Type": "text/plain"}, b"{}",
     '415 The Content-Type header says "text/plain"; send application/json.'),
    ("GET", "streams/gone", {}, None, "404 There is no stream gone for account 000000000000 in us-east-1."),
    ("GET", "streams?limit=0", {}, None, "400 limit=0 has no sense; choose a number from 1 to 1000."),
    ("DELETE", "health", JSON, None, "405 /_kinesisd/health takes no DELETE; it takes GET, HEAD."),
    ("GET", "kms", {"Host": "evil.example"}, None, '403 The Host header says "evil.example"; call the server by'),
])
def test_a_refusal_has_its_reason_in_the_log(start, method, path, headers, body, line):
    server = start()
    answer = send(server, method, path, headers, body)
    assert answer.status == int(line[:3])
    logged = server.wait_for_line(f"info  {method} /_kinesisd/{path.split('?')[0]}: ")
    assert logged.endswith(f": {answer.status} {answer.json()['error']}")
    if "acount" not in line:
        assert line in logged


def test_what_was_done_is_logged_without_a_reason(start):
    server = start()
    assert send(server, "POST", "reset", JSON, b"{}").status == 200
    assert server.wait_for_line("POST /_kinesisd/reset").endswith("info  POST /_kinesisd/reset: 200")


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
