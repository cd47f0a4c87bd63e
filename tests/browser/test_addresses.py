"""By which name and from where a browser may call: the address bar, a link, and a host name that a stranger owns."""

import pytest
from selenium.webdriver.common.by import By

import kinesisd

OPEN = ["health", "health/live", "health/ready"]


def own(server, path="", host="localhost"):
    return f"http://{host}:{server.port}/_kinesisd/{path}"


def ask(browser, path, method="GET"):
    """[status, text] of a request of the page to its own server."""
    return browser.run("""
        const [url, method] = arguments;
        const body = method === "GET" ? undefined : "{}";
        return fetch(url, { method, body, headers: { "Content-Type": "application/json" } })
          .then(async (answer) => [answer.status, await answer.text()]);""", f"/_kinesisd/{path}", method)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "kinesisd", "dev.localhost"])
@pytest.mark.parametrize("path, shown", [("streams", '{"streams":['),
                                         ("health", '"status":"ok"'),
                                         ("nowhere", "There is nothing at /_kinesisd/nowhere;")])
def test_the_address_bar_shows_json(browser, server, host, path, shown):
    browser.open(own(server, path, host))
    assert shown in browser.text()
    assert browser.run("return document.contentType") == "application/json"


def test_metrics_are_shown_as_text(browser, server):
    browser.open(f"{server.url}/metrics")
    assert "kinesisd_build_info" in browser.text()
    assert browser.run("return document.contentType") == "text/plain"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "kinesisd", "dev.localhost"])
@pytest.mark.parametrize("path", ["/", "/_kinesisd", "/_kinesisd/"])
def test_a_person_finds_the_endpoint_and_what_there_is(browser, server, host, path):
    browser.open(f"http://{host}:{server.port}{path}")
    assert browser.run("return document.contentType") == "text/html"
    assert f"served on this machine at http://{host}:{server.port}." in browser.text()
    assert "/_kinesisd/streams" in browser.text()


@pytest.mark.parametrize("path, shown", [("streams", "cross-site"), ("health", '"status":"ok"')])
def test_a_link_of_a_stranger_leads_to_health_only(browser, pages, server, path, shown):
    browser.open(pages.url("evil.test"))
    browser.run("document.body.innerHTML = `<a href='${arguments[0]}'>look</a>`", own(server, path))
    browser.driver.find_element(By.TAG_NAME, "a").click()
    assert shown in browser.text()


def test_a_stranger_does_reach_health_and_metrics(browser, pages, server):
    browser.open(pages.url("evil.test"))
    urls = [f"http://localhost:{server.port}/metrics", *(own(server, path) for path in OPEN)]
    browser.run("return Promise.all(arguments[0].map((url) => fetch(url, { mode: 'no-cors' })))", urls)
    assert {sent.url: sent.status for sent in browser.sent(f"localhost:{server.port}")} == dict.fromkeys(urls, 200)


@pytest.mark.parametrize("flags, status", [((), 403), (("--admin-host", "rebound.test"), 200)])
def test_a_name_that_was_rebound_to_the_server_needs_to_be_allowed(browser, start, name, flags, status):
    server = start(*flags)
    kinesisd.create_stream(server, name)
    browser.open(own(server, "health", "rebound.test"))  # now the page and the server are one origin
    assert ask(browser, "health")[0] == 200
    for path, method in (("streams", "GET"), ("reset", "POST")):
        answered, text = ask(browser, path, method)
        assert answered == status
        assert (f'The Host header says \\"rebound.test:{server.port}\\"' in text) == (status == 403)
    assert server.ok("ListStreams", {})["StreamNames"] == ([name] if status == 403 else [])
