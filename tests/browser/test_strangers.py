"""What a page that is none of the server's can do in a real browser to a server on the same machine: use the API, as
on AWS, and see whether the server is well; nothing else. Each page tries all ways that a browser has for it."""

import json

import pytest

import faults
import kinesisd
from conftest import HERE

SECRET = "nobody's business"
KEPT = "before"
# What a page would like to do, in an order in which everything can be done.
CHANGES = [
    ("DELETE", "streams/{stream}/records", {}),
    ("POST", "faults/reset", {}),
    ("DELETE", "faults/{rule}", {}),
    ("POST", "faults/{rule}", {}),
    ("POST", "faults", {"operation": "PutRecord", "throttle": True}),
    ("PUT", "faults", {"operation": "PutRecords", "throttle": True}),
    ("DELETE", "faults", {}),
    ("PUT", "clock", {"advance": "25h"}),
    ("POST", "clock", {"advance_ms": 1}),
    ("PUT", "snapshots/stolen", {}),
    ("POST", "../moto-api/reset", {}),
    ("POST", f"snapshots/{KEPT}", {}),
    ("DELETE", f"snapshots/{KEPT}", {}),
    ("PUT", "kms/key", {"state": "disabled"}),
    ("PUT", "scripts", {"stage": "READY", "completed": True}),
    ("POST", "reset", {}),
]
NOT_DONE = {("POST", "faults/{rule}")}  # is taken by no rule, but by its path
READ = ["streams", "streams/{stream}", "streams/{stream}/records?format=text", "faults", "clock", "snapshots", "kms",
        "kms/key"]

# A page as its URL has it, and how it calls the server. By a name other than localhost there is no Sec-Fetch-Site,
# which browsers send where they trust the way alone.
STRANGERS = [
    ("evil.test", "/", "127.0.0.1"),
    ("evil.test", "/", "localhost"),
    ("evil.test", "/", "kinesisd"),
    ("localhost", "/", "127.0.0.1"),
    ("localhost", "/sandboxed", "localhost"),
    ("kinesisd", "/sandboxed", "kinesisd"),
]
NEIGHBOURS = [("localhost", "/", "localhost"), ("127.0.0.1", "/", "127.0.0.1"), ("kinesisd", "/", "kinesisd")]
TOLD = (SECRET, "arn:aws:kinesis", "offset_ms", "throttle", KEPT, "enabled")  # something of each
REFUSED = {403}
UNREADABLE = {"", "true", "TypeError"}  # nothing, a beacon on its way, a failed fetch


@pytest.fixture
def filled(start, name):
    """A server with something of all that can be changed: its stream is `name`."""
    server = start("--limits", "off", listen="localhost:0", env={"KINESISD_INIT_SCRIPTS": "1"})
    kinesisd.create_stream(server, name)
    server.stream = name
    kinesisd.put(server, name, SECRET)
    server.rule = faults.add(server, {"operation": "PutRecord", "throttle": True, "count": 1})[0]
    assert server.call("PutRecord", {"StreamName": name, "PartitionKey": "k", "Data": ""}).status == 400
    assert faults.call(server, "PUT", {}, f"/_kinesisd/snapshots/{KEPT}").status == 200
    return server


def get(server, path):
    return faults.call(server, "GET", path=path).json()


def state(server):
    """All that a change would show in."""
    clock = get(server, "/_kinesisd/clock")
    streams = get(server, "/_kinesisd/streams")["streams"]
    return {
        "clock": (clock["offset_ms"], clock["frozen"]), "streams": streams,
        "data": [kinesisd.datas(kinesisd.read_all(server, stream["name"])) for stream in streams],
        **{path: get(server, path) for path in ("/_kinesisd/faults", "/_kinesisd/snapshots", "/_kinesisd/kms",
                                                "/_localstack/init")},
    }


def changes(server, address):
    """The arguments of `attempt`."""
    return [(method, f"http://{address}/_kinesisd/{path.format(rule=server.rule, stream=server.stream)}", json.dumps(body))
            for method, path, body in CHANGES]


def attempts():
    return (HERE / "pages/attempts.js").read_text()


def try_all_ways(browser, server, page, address):
    """What each way gave the page to read, and with what (method, status) its requests were answered."""
    browser.open(page)
    read, answered = {}, {}
    for way in browser.run("return Object.keys(ways)"):
        read[way] = set(browser.run("return attempt(...arguments)", way, changes(server, address)))
        answered[way] = {(sent.method, sent.status) for sent in browser.sent(address)}
    return read, answered


@pytest.mark.parametrize("host, path, called", STRANGERS)
def test_a_page_of_a_stranger_changes_nothing(browser, pages, filled, host, path, called):
    before = state(filled)
    read, answered = try_all_ways(browser, filled, pages.url(host, path), f"{called}:{filled.port}")
    assert {way for way, outcome in read.items() if not outcome <= UNREADABLE} == set()
    assert {way: {status for _, status in answers} for way, answers in answered.items()} == {
        way: REFUSED for way in read}
    assert state(filled) == before


@pytest.mark.parametrize("host, path, called", NEIGHBOURS)
def test_a_page_of_another_port_changes_nothing(browser, pages, filled, host, path, called):
    before = state(filled)
    read, answered = try_all_ways(browser, filled, pages.url(host, path), f"{called}:{filled.port}")
    assert {way for way, outcome in read.items() if not outcome <= UNREADABLE} == set()
    # What asks first is told nothing that would allow it, what does not ask is not JSON or no method of the path.
    assert set().union(*answered.values()) == {("OPTIONS", 405), ("POST", 415), ("POST", 405)}
    assert all(answered.values())
    assert state(filled) == before


def test_the_servers_own_page_changes_everything(browser, filled):
    address = f"localhost:{filled.port}"
    browser.open(f"http://{address}/_kinesisd/health")  # the page for people may call nothing
    last = state(filled)
    for (method, path, _), change in zip(CHANGES, changes(filled, address)):
        [text] = browser.run(f"{attempts()}; return attempt('fetch of JSON', [arguments])", *change)
        [(_, _, status)] = browser.sent(address)
        if (method, path) in NOT_DONE:
            assert (status, "error" in json.loads(text)) == (405, True)
            continue
        assert status == 200, (method, path, text)
        now = state(filled)
        assert now != last or path == f"snapshots/{KEPT}", path  # which had nothing to put back
        last = now


def kind(path):
    """The first word below /_kinesisd/; none for what stands elsewhere."""
    return path.removeprefix("/_kinesisd/").removeprefix("..").split("/")[0]


def test_every_change_there_is_was_tried(server):
    offered = {(method, kind(entry["path"]))
               for entry in get(server, "/_kinesisd/")["paths"]
               for method in entry["methods"].split(", ") if method not in ("GET", "HEAD")}
    assert offered == {(method, kind(path)) for method, path, _ in CHANGES}


def look(browser, address, stream, path):
    url = f"http://{address}/_kinesisd/{path.format(stream=stream)}"
    return browser.run(f"{attempts()}; return look(arguments[0])", url)


@pytest.mark.parametrize("host, path, called", STRANGERS + NEIGHBOURS)
def test_another_page_reads_nothing(browser, pages, filled, name, host, path, called):
    browser.open(pages.url(host, path))
    address = f"{called}:{filled.port}"
    for what in READ:
        seen = json.dumps(look(browser, address, name, what))
        for word in TOLD:
            assert word not in seen, what


def test_the_servers_own_page_reads_everything(browser, filled, name):
    address = f"localhost:{filled.port}"
    browser.open(f"http://{address}/_kinesisd/health")  # the page for people may call nothing
    seen = json.dumps([look(browser, address, name, what) for what in READ])
    for word in TOLD:
        assert word in seen


@pytest.mark.parametrize("called", ["127.0.0.1", "localhost"])
def test_a_page_of_a_stranger_cannot_even_tell_what_is_there(browser, pages, filled, name, called):
    browser.open(pages.url("evil.test"))
    address = f"{called}:{filled.port}"
    for what in READ:
        if "{stream}" in what:
            assert look(browser, address, name, what) == look(browser, address, "nowhere", what), what
