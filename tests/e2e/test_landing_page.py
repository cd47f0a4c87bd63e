"""What a person sees who opens the server in a browser, and that SDKs see AWS's answers as before."""

import html
import json
import os
import re
import subprocess
import sys

import pytest

import parts
from kinesisd import WAIT_S, Connection
from test_tls import Https

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
DENIED = (b"<AccessDeniedException>\n"
          b"  <Message>Unable to determine service/operation name to be authorized</Message>\n"
          b"</AccessDeniedException>\n")


def get(server, path, headers=None, method="GET"):
    with Connection(server) as connection:
        return connection.send(method, path, headers or {}, None)


def snippet(page, title):
    code = re.search(rf"<h2>{title}</h2>\n<pre><code>(.*?)</code></pre>", page.body.decode(), re.S)[1]
    return html.unescape(code)


@pytest.mark.parametrize("path, status", [("/", 200), ("/_kinesisd", 200), ("/_kinesisd/", 200), ("/nothing", 404),
                                          ("/?x=y", 200)])
def test_a_browser_gets_a_page(server, path, status):
    page = get(server, path, BROWSER)
    assert (page.status, page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    text = page.body.decode()
    assert text.startswith("<!doctype html>\n") and text.endswith("</html>\n")
    assert f"served on this machine at <code>{server.url}</code>" in text
    for listed in get(server, "/_kinesisd/").json()["paths"]:
        assert f"<code>{listed['path']}" in text or f">{listed['path']}</a>" in text
    assert "@" not in text.replace("@aws-sdk", "")
    assert get(server, path, BROWSER, "HEAD").body == b""


def test_it_loads_nothing(server):
    page = get(server, "/", BROWSER)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert not re.search(r"""(src|href)="(?!/|data:,)""", page.body.decode())


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}, {"Accept": "application/json"}])
def test_sdks_get_what_aws_answers(server, headers):
    answer = get(server, "/", headers)
    assert (answer.status, answer.body) == (403, DENIED)


def test_who_signs_is_no_browser(server):
    signed = {**BROWSER, "Authorization": "AWS4-HMAC-SHA256 Credential=a"}
    assert get(server, "/", signed).body == DENIED
    assert get(server, "/?X-Amz-Algorithm=a", BROWSER).body == DENIED


@pytest.mark.parametrize("host, shown", [
    ("kinesis.test:80", "http://kinesis.test:80"),
    ("[::1]:4567", "http://[::1]:4567"),
    ('"><script>alert(1)</script>', "http://localhost:4567"),
    ('x"; import os; "', "http://localhost:4567"),
])
def test_the_endpoint_is_the_one_that_was_used(server, host, shown):
    page = get(server, "/", {**BROWSER, "Host": host})
    for title in ("Python", "JavaScript", "Java"):
        assert f'"{shown}"' in snippet(page, title)
    assert b"<script" not in page.body


def test_over_https(start):
    tls = start()
    with Https(tls) as connection:
        page = connection.send("GET", "/", BROWSER, None)
    assert f'"https://127.0.0.1:{tls.port}"' in snippet(page, "Python")
    assert b"NODE_EXTRA_CA_CERTS" in page.body


def test_the_snippets_run(start, tmp_path):
    server = start()
    page = get(server, "/", BROWSER)
    (tmp_path / "put.py").write_text(snippet(page, "Python"))
    (tmp_path / "put.mjs").write_text(snippet(page, "JavaScript"))
    os.symlink(parts.NODE_MODULES, tmp_path / "node_modules")
    for command in ([sys.executable, "put.py"], ["node", "put.mjs"]):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=3 * WAIT_S, check=False)
        assert re.search(r"\b\d{56}\b", done.stdout), done
    assert server.ok("ListStreams", {})["StreamNames"] == ["javascript", "python"]


def test_the_icon_is_no_refused_call(start):
    server = start("--log-level", "info")
    for path in ("/favicon.ico", "/", "/metrics/"):
        get(server, path, BROWSER)
    answer = get(server, "/favicon.ico", {"Accept": "image/*"})
    assert (answer.status, answer.body) == (204, b"")
    metrics = get(server, "/metrics").body.decode()
    assert "AccessDeniedException" not in metrics
    server.stop()
    assert "AccessDenied" not in server.text() and "403" not in server.text()


@pytest.mark.parametrize("path", ["/metrics", "/health", "/healthcheck", "/_localstack/health", "/_localstack/init/ready",
                                  "/_kinesisd/health", "/_kinesisd/health/ready", "/_kinesisd/clock",
                                  "/_kinesisd/streams", "/_kinesisd/kms", "/_kinesisd/kms/alias/k"])
def test_a_slash_behind_a_path_makes_no_difference(server, path):
    with_one, without = get(server, path + "/"), get(server, path)
    assert with_one.status == without.status == 200
    if "json" in without.headers["Content-Type"]:
        assert with_one.json().keys() == without.json().keys()


def test_the_list_of_paths(server):
    assert get(server, "/_kinesisd").json() == get(server, "/_kinesisd/").json()
    assert json.loads(get(server, "/_kinesisd").body)["paths"][0]["path"] == "/_kinesisd/health"
