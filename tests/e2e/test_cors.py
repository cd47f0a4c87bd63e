"""Which web pages may read the API's answers: those that cannot be a stranger's, and those of --cors-origin."""

import re

import pytest

import h2_client
from kinesisd import Connection, Server, headers_for

STRANGER = "https://evil.example"
OPEN = ["http://localhost:3000", "https://localhost", "http://app.localhost:8080", "http://127.0.0.1:5173",
        "http://127.8.8.8", "http://[::1]:3000", "http://[::ffff:7f00:1]", "http://web:8080", "http://web",
        "http://host.docker.internal:3000"]
CLOSED = [STRANGER, "http://evil.example:4567", "http://localhost.evil.example", "http://127.0.0.1.evil.example",
          "http://evillocalhost.example", "http://192.168.1.7:3000", "http://[2001:db8::1]", "http://host.docker.internal.evil",
          "null", "file://", "chrome-extension://abcdef", "http://", "http://user@web", "nonsense"]


def ask(server, origin, method="POST"):
    headers = {**headers_for("ListStreams"), "Origin": origin} if method == "POST" else {
        "Origin": origin, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,x-amz-target"}
    with Connection(server) as connection:
        return connection.send(method, "/", headers, b"{}" if method == "POST" else None)


def cors_of(answer):
    return {name.lower() for name in answer.headers if name.lower().startswith("access-control-")}


@pytest.mark.parametrize("origin", OPEN)
def test_pages_that_cannot_be_a_strangers_are_answered_as_by_aws(server, origin):
    answer = ask(server, origin)
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert answer.headers["Access-Control-Expose-Headers"].startswith("x-amzn-RequestId,")
    asked = ask(server, origin, "OPTIONS")
    assert (asked.status, asked.body) == (200, b"")
    assert cors_of(asked) == {f"access-control-{what}" for what in
                              ("allow-origin", "max-age", "allow-headers", "allow-methods")}


@pytest.mark.parametrize("origin", CLOSED)
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_other_pages_get_the_answer_without_the_headers(server, origin, method):
    answer = ask(server, origin, method)
    assert (answer.status, cors_of(answer)) == (200, set())
    assert answer.headers["x-amzn-RequestId"]


def test_errors_have_none_either(server):
    with Connection(server) as connection:
        refused = connection.send("GET", "/", {"Origin": STRANGER}, None)
        missing = connection.call("DescribeStreamSummary", {"StreamName": "nowhere"}, {"Origin": STRANGER})
    assert (refused.status, cors_of(refused)) == (403, set())
    assert (missing.status, cors_of(missing)) == (400, set())


def test_http2_is_no_other_way_in(server):
    with h2_client.Http2(server) as client:
        for origin, allowed in (("http://localhost:3000", True), (STRANGER, False)):
            answer = client.call("ListStreams", b"{}", headers={"origin": origin})
            assert answer.status == 200
            assert ("access-control-allow-origin" in dict(answer.headers)) == allowed


@pytest.mark.parametrize("how", ["flag", "variable", "file"])
def test_named_origins_are_admitted(start, tmp_path, how):
    flags, env = [], {}
    if how == "flag":
        flags = ["--cors-origin", "https://APP.test:443", "--cors-origin", "http://other.test:8080"]
    elif how == "variable":
        env = {"KINESISD_CORS_ORIGIN": "https://app.test,http://other.test:8080"}
    else:
        file = tmp_path / "kinesisd.toml"
        file.write_text('cors-origin = ["https://app.test", "http://other.test:8080"]\n')
        flags = ["--config", file]
    server = start(*flags, env=env)
    for origin, admitted in (("https://app.test", True), ("http://other.test:8080", True), ("http://app.test", False),
                             ("http://other.test", False), (STRANGER, False), ("http://localhost", True)):
        for method in ("POST", "OPTIONS"):
            assert bool(cors_of(ask(server, origin, method))) == admitted, origin


@pytest.mark.parametrize("flags, env", [
    (["--cors-origin", "*"], {}),
    ([], {"DISABLE_CORS_CHECKS": "1"}),
], ids=["flag", "LocalStack's variable"])
def test_everyone_is_admitted_as_on_aws(start, flags, env):
    server = start(*flags, env=env)
    for origin in [*OPEN, *CLOSED]:
        assert ask(server, origin).headers["Access-Control-Allow-Origin"] == "*"
    assert "--cors-origin" not in server.text()


def test_localstacks_list_of_origins(start):
    server = start(env={"EXTRA_CORS_ALLOWED_ORIGINS": "https://app.test, https://other.test"})
    assert [bool(cors_of(ask(server, f"https://{host}"))) for host in ("app.test", "other.test", "evil.test")] == [
        True, True, False]


def test_the_log_says_once_which_flag_admits_an_origin(start):
    server = start()
    for _ in range(3):
        ask(server, STRANGER)
        ask(server, "http://a b")
    line = server.wait_for_line("evil")
    assert line.endswith("warn  A web page of https://evil.example may not read answers; start the server with "
                         "--cors-origin 'https://evil.example' to let it.")
    assert server.wait_for_line("a b").endswith("--cors-origin '*' to let it.")
    for number in range(150):
        ask(server, f"http://{number}.evil.example")
    server.stop()
    assert server.text().count("A web page of https://evil.example") == 1
    assert len(re.findall("A web page of", server.text())) == 100


@pytest.mark.parametrize("value", ["app.test", "http://app.test/", "http://app.test:99999", "http://", "*.app.test"])
def test_what_is_no_origin_is_refused(value):
    with pytest.raises(AssertionError, match="no line") as refused:
        Server("--cors-origin", value)
    assert (f"--cors-origin {value}: choose an origin such as https://app.test:8443, without a path, or * for all."
            in str(refused.value))


def test_clients_outside_browsers_see_no_difference(server):
    answer = server.call("ListStreams", {})
    assert (answer.status, cors_of(answer)) == (200, set())
