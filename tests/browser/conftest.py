import itertools
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import chromium  # noqa: E402
import conformance  # noqa: E402
import kinesisd  # noqa: E402

HTML = {"Content-Type": "text/html; charset=utf-8"}
SCRIPT = {"Content-Type": "text/javascript; charset=utf-8"}
SANDBOX = {"Content-Security-Policy": "sandbox allow-scripts allow-forms"}  # whose origin is null


def node_modules(client):
    return conformance.build_folder(client) / "node_modules"


def bundle(script):
    """The script with all that it imports, as people ship it to browsers."""
    done = subprocess.run(["esbuild", script, "--bundle", "--log-level=error"], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False, env={"NODE_PATH": str(node_modules("node-v3"))})
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def page(*scripts):
    return b"<!doctype html><title>A page</title>" + b"".join(
        b"<script src='%s'></script>" % script.encode() for script in scripts)


@pytest.fixture(scope="session")
def server():
    """A server that all tests share; those that change something for good start their own."""
    with kinesisd.Server("--limits", "off", listen="localhost:0") as running:
        yield running


@pytest.fixture(scope="session")
def browser(server, tmp_path_factory):
    """Chromium, which trusts the CA of the shared server."""
    one = chromium.Chromium(conformance.certificate(server, tmp_path_factory.mktemp("ca")))
    yield one
    one.quit()


@pytest.fixture(scope="session")
def pages():
    """Web pages that are none of the server's."""
    attempts = (HTML, page("/attempts.js"))
    running = chromium.Pages({
        "/": attempts,
        "/sandboxed": ({**HTML, **SANDBOX}, attempts[1]),
        "/attempts.js": (SCRIPT, (HERE / "pages/attempts.js").read_bytes()),
        "/v2": (HTML, page("/aws-sdk.min.js", "/v2.js")),
        "/aws-sdk.min.js": (SCRIPT, (node_modules("node-v2") / "aws-sdk/dist/aws-sdk.min.js").read_bytes()),
        "/v2.js": (SCRIPT, (HERE / "pages/v2.js").read_bytes()),
        "/v3": (HTML, page("/v3.js")),
        "/v3.js": (SCRIPT, bundle(HERE / "pages/v3.mjs")),
    })
    yield running
    running.close()


@pytest.fixture
def start():
    """Starts servers of the test's own; all are ended with SIGTERM and have to exit 0."""
    running = []

    def begin(*flags, **how):
        running.append(kinesisd.Server(*flags, **how))
        return running[-1]

    yield begin
    try:
        for one in running:
            one.stop()
    finally:
        for one in running:
            one.kill()


@pytest.fixture
def name():
    """A stream name nobody else uses."""
    return f"stream-{next(_numbers)}"


_numbers = itertools.count(1)
