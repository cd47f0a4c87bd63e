import itertools
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import kinesisd  # noqa: E402


@pytest.fixture(scope="session")
def server():
    """A server most tests share: each works on streams named after itself, without limits."""
    with kinesisd.Server("--limits", "off") as running:
        yield running


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
            if one.process.poll() is None:
                one.stop()
    finally:
        for one in running:
            one.kill()


@pytest.fixture
def name(request):
    """A stream name nobody else uses."""
    return re.sub(r"[^a-zA-Z0-9_.-]+", "-", request.node.name)[:60] + f"-{next(_numbers)}"


_numbers = itertools.count(1)
