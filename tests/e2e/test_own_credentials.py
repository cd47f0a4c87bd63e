"""--credentials holds for the server's own endpoints, too: signed, or with key id and secret as curl -u sends them."""

import base64
import json
import subprocess

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from kinesisd import EXECUTABLE, REGION, WAIT_S, Connection, create_stream
from test_signatures import KEY, SECRET, SESSION_KEY, SESSION_SECRET, TOKEN, client, guarded  # noqa: F401

JSON = {"Content-Type": "application/json"}
OPEN = ["/_kinesisd/", "/_kinesisd/health", "/_kinesisd/health/live", "/_kinesisd/health/ready", "/_kinesisd/ca.pem",
        "/metrics", "/healthcheck", "/health", "/_localstack/health", "/_localstack/info", "/_localstack/init",
        "/_localstack/init/ready"]
CLOSED = [("GET", "/_kinesisd/clock"), ("PUT", "/_kinesisd/clock"), ("POST", "/_kinesisd/clock"),
          ("GET", "/_kinesisd/faults"), ("POST", "/_kinesisd/faults"), ("PUT", "/_kinesisd/faults"),
          ("DELETE", "/_kinesisd/faults"), ("GET", "/_kinesisd/faults/x"), ("DELETE", "/_kinesisd/faults/x"), ("POST", "/_kinesisd/faults/reset"),
          ("GET", "/_kinesisd/kms"), ("GET", "/_kinesisd/kms/k"), ("PUT", "/_kinesisd/kms/k"),
          ("POST", "/_kinesisd/reset"), ("GET", "/_kinesisd/snapshots"), ("GET", "/_kinesisd/snapshots/x"), ("PUT", "/_kinesisd/snapshots/x"),
          ("POST", "/_kinesisd/snapshots/x"), ("DELETE", "/_kinesisd/snapshots/x"), ("GET", "/_kinesisd/streams"),
          ("GET", "/_kinesisd/streams/s"), ("GET", "/_kinesisd/streams/s/records"),
          ("DELETE", "/_kinesisd/streams/s/records"), ("PUT", "/_kinesisd/scripts"), ("POST", "/moto-api/reset")]


def send(server, method, path, headers=None, body=None):
    with Connection(server) as connection:
        return connection.send(method, path, headers or {}, body)


def basic(key, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()}


def signed(server, method, path, body=b"", key=KEY, secret=SECRET, token=None):
    request = AWSRequest(method, server.url + path, data=body, headers=dict(JSON))
    SigV4Auth(Credentials(key, secret, token), "kinesis", REGION).add_auth(request)
    return dict(request.headers.items())


@pytest.mark.parametrize("path", OPEN)
def test_whoever_waits_for_the_server_needs_none(guarded, path):
    assert send(guarded, "GET", path).status == 200


@pytest.mark.parametrize("method, path", CLOSED)
def test_whoever_administers_needs_them(guarded, method, path):
    answer = send(guarded, method, path, JSON, b"{}" if method != "GET" else None)
    assert (answer.status, answer.json()) == (401, {
        "error": "This server answers the access keys of --credentials alone; send the id and secret of one, as curl "
                 "-u ID:SECRET does, or sign the request."})
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="kinesisd", charset="UTF-8"'


def test_every_endpoint_is_one_of_these(guarded):
    listed = {(method, entry["path"]) for entry in send(guarded, "GET", "/_kinesisd/").json()["paths"]
              for method in entry["methods"].split(", ")}
    tried = {("GET", path) for path in OPEN} | set(CLOSED)
    for method, path in listed - {("HEAD", path) for _, path in listed}:
        assert [one for one in tried if one[0] == method and one[1].startswith(path)], (method, path)


@pytest.mark.parametrize("headers, refusal", [
    (basic(KEY, SECRET), None),
    ({"Authorization": basic(KEY, SECRET)["Authorization"].replace("Basic", "basic ")}, None),
    ({**basic(SESSION_KEY, SESSION_SECRET), "X-Amz-Security-Token": TOKEN}, None),
    (basic(SESSION_KEY, SESSION_SECRET), "The file of --credentials has no access key \"ASIAEXAMPLE\" with this secret "
     "and session token; send the id and secret of one that it has."),
    (basic(KEY, "wrong"), "The file of --credentials has no access key \"AKIDEXAMPLE\" with this secret and session "
     "token; send the id and secret of one that it has."),
    (basic("", ""), "The file of --credentials has no access key \"\" with this secret and session token; send the id "
     "and secret of one that it has."),
    ({"Authorization": "Basic !"}, "The Authorization header has no ID:SECRET behind Basic; let curl write it, with -u "
     "ID:SECRET."),
    ({"Authorization": "Basic"}, None),
], ids=["key", "lower case", "session", "no token", "secret", "empty", "no base64", "nothing"])
def test_key_id_and_secret(guarded, headers, refusal):
    answer = send(guarded, "GET", "/_kinesisd/streams", headers)
    if headers == {"Authorization": "Basic"}:
        assert answer.status == 401
    elif refusal is None:
        assert answer.status == 200
    else:
        assert (answer.status, answer.json()) == (401, {"error": refusal})


def test_signed_requests(guarded):
    for method, path, body in (("GET", "/_kinesisd/streams", b""), ("PUT", "/_kinesisd/kms/k", b'{"state":"enabled"}'),
                               ("DELETE", "/_kinesisd/faults", b"")):
        assert send(guarded, method, path, signed(guarded, method, path, body), body).status == 200
        assert send(guarded, method, path, signed(guarded, method, path, body, SESSION_KEY, SESSION_SECRET, TOKEN),
                    body).status == 200
        wrong = send(guarded, method, path, signed(guarded, method, path, body, secret="wrong"), body)
        assert wrong.status == 401
        assert wrong.json()["error"].startswith("InvalidSignatureException: The request signature we calculated")
        assert wrong.json()["error"].endswith(" The access key id is AKIDEXAMPLE.")
    body = b'{"state":"disabled"}'
    headers = signed(guarded, "PUT", "/_kinesisd/kms/k", b'{"state":"enabled"}')
    assert send(guarded, "PUT", "/_kinesisd/kms/k", headers, body).status == 401
    assert send(guarded, "GET", "/_kinesisd/kms", basic(KEY, SECRET)).json() == {"keys": []}


def test_the_log_has_the_reason_and_no_secret(guarded):
    send(guarded, "POST", "/_kinesisd/reset", {**JSON, **basic("AKIDOTHER", "hush")}, b"{}")
    line = guarded.wait_for_line("AKIDOTHER")
    assert line.endswith('info  POST /_kinesisd/reset: 401 The file of --credentials has no access key "AKIDOTHER" '
                         "with this secret and session token; send the id and secret of one that it has.")
    assert "hush" not in guarded.text()


def test_curl(guarded):
    url = f"{guarded.url}/_kinesisd/streams"
    for how in (["-u", f"{KEY}:{SECRET}"],
                ["--aws-sigv4", "aws:amz:us-east-1:kinesis", "--user", f"{KEY}:{SECRET}"]):
        done = subprocess.run(["curl", "-sf", *how, url], capture_output=True, check=False, timeout=WAIT_S)
        assert (done.returncode, "streams" in json.loads(done.stdout or b"{}")) == (0, True), how
    done = subprocess.run(["curl", "-sf", url], capture_output=True, check=False, timeout=WAIT_S)
    assert done.returncode == 22


def run(server, *arguments, key=KEY, secret=SECRET, stdin=b""):
    return subprocess.run([EXECUTABLE, *arguments], input=stdin, capture_output=True, check=False, timeout=WAIT_S, env={
        "AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "HOME": "/nowhere"})


def test_our_own_commands_sign_with_the_credentials_of_the_environment(guarded, name, tmp_path):
    kinesis = client(guarded)
    kinesis.create_stream(StreamName=name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=name)
    for command in (["put", name, "--data", "a"], ["put", name]):
        done = run(guarded, *command, stdin=b"b\n")
        assert done.returncode == 0, done.stderr.decode()
    tail = run(guarded, "tail", name, "--from", "trim", "--no-follow", "--format", "raw")
    assert (tail.returncode, tail.stdout) == (0, b"a\nb\n")
    assert run(guarded, "aws", "kinesis", "list-streams").returncode == 0
    assert run(guarded, "health", "--endpoint", guarded.url, key="", secret="").returncode == 0
    refused = run(guarded, "tail", name, secret="wrong")
    assert refused.returncode == 1
    assert refused.stderr.startswith(b"InvalidSignatureException: ")


def test_replay_into_a_server_with_credentials(guarded, start, name, tmp_path):
    writes = tmp_path / "writes"
    other = start("--capture", writes)
    create_stream(other, name)
    other.ok("PutRecord", {"StreamName": name, "PartitionKey": "k", "Data": "YQ=="})
    other.stop()
    done = run(guarded, "replay", str(writes))
    assert done.returncode == 0, done.stderr.decode()
    assert run(guarded, "tail", name, "--from", "trim", "--no-follow", "--format", "raw").stdout == b"a\n"
