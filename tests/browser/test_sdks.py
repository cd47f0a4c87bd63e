"""The AWS SDKs for JavaScript in a page of another origin, for which AWS's service answers what CORS asks."""

import pytest

import kinesisd

MISSING = "Stream nowhere under account 000000000000 not found."
SEEN = {"read": [[True, "tränen"]], "error": ["ResourceNotFoundException", 400, MISSING], "has_request_id": True}
VERSIONS = {"/v2": SEEN,
            "/v3": {**SEEN, "is_of_its_class": True, "subscribed": ["tränen", "later"]}}


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("path", VERSIONS)
def test_a_page_of_another_origin_uses_the_sdk(browser, pages, server, name, path, scheme):
    browser.open(pages.url("app.test", path))
    address = f"localhost:{server.port}"
    assert browser.run("return steps(...arguments)", f"{scheme}://{address}", name) == VERSIONS[path]
    assert "OPTIONS" in {sent.method for sent in browser.sent(address)}  # the page did ask
    assert b"tr\xc3\xa4nen" in kinesisd.datas(kinesisd.read_all(server, name))
