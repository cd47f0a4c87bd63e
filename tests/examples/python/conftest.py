"""A pytest fixture that starts the executable, on a port of its own, and ends it after the tests."""

import re
import subprocess

import pytest


@pytest.fixture(scope="session", autouse=True)
def kinesis_endpoint(tmp_path_factory):
    log = tmp_path_factory.mktemp("kinesisd") / "log"
    command = ["kinesisd", "--listen", "127.0.0.1:0"]
    with log.open("w") as stderr, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True) as server:
        lines = iter(server.stdout.readline, "")
        found = next(filter(None, (re.match(r"Listening at (\S+)", line) for line in lines)), None)
        if not found:
            pytest.fail(f"kinesisd did not start: {log.read_text()}", pytrace=False)
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("AWS_ENDPOINT_URL_KINESIS", found[1])
            environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
            environment.setenv("AWS_ACCESS_KEY_ID", "test")
            environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
            yield found[1]
        server.terminate()
