"""The AWS SDKs for JavaScript in a page of another origin, for which AWS's service answers what CORS asks, and this
one does where no stranger can have a page or --cors-origin names it."""

import pytest

import kinesisd

MISSING = "Stream nowhere under account 000000000000 not found."
SEEN = {"read": [[True, "tränen"]], "error": ["ResourceNotFoundException", 400, MISSING], "has_request_id": True}
VERSIONS = {"/v2": SEEN,
            "/v3": {**SEEN, "is_of_its_class": True, "subscribed": ["tränen", "later"]}}


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("path", VERSIONS)
def test_a_page_of_another_origin_uses_the_sdk(browser, pages, server, name, path, scheme):
    browser.open(pages.url("localhost", path))
    address = f"localhost:{server.port}"
    assert browser.run("return steps(...arguments)", f"{scheme}://{address}", name) == VERSIONS[path]
    assert "OPTIONS" in {sent.method for sent in browser.sent(address)}  # the page did ask
    assert b"tr\xc3\xa4nen" in kinesisd.datas(kinesisd.read_all(server, name))


LIST = """
    const [url] = arguments;
    return fetch(url, { method: "POST", body: "{}", headers: {
      "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Kinesis_20131202.ListStreams",
      "X-Amz-Date": "20260101T000000Z",
      Authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kinesis/aws4_request, " +
        "SignedHeaders=host, Signature=0" } })
      .then(async (answer) => (await answer.json()).StreamNames, (error) => error.name);"""


@pytest.mark.parametrize("host", ["app.test", "evil.test"])
def test_a_page_of_a_stranger_reads_no_stream(browser, pages, start, name, host):
    server = start("--cors-origin", pages.url("app.test").rstrip("/"), listen="localhost:0")
    kinesisd.create_stream(server, name)
    browser.open(pages.url(host))
    seen = browser.run(LIST, f"http://localhost:{server.port}/")
    assert seen == ([name] if host == "app.test" else "TypeError")
    # Its question was answered, and it did not go on.
    methods = {sent.method for sent in browser.sent(f"localhost:{server.port}")}
    assert methods == ({"OPTIONS", "POST"} if host == "app.test" else {"OPTIONS"})
    if host == "evil.test":
        assert "--cors-origin" in server.wait_for_line("A web page of http://evil.test")


def test_the_sdk_of_a_strangers_page_fails(browser, pages, server, name):
    browser.open(pages.url("evil.test", "/v3"))
    with pytest.raises(Exception, match="Failed to fetch|NetworkError|javascript error"):
        browser.run("return steps(...arguments)", f"http://localhost:{server.port}", name)
    assert name not in server.ok("ListStreams", {})["StreamNames"]
