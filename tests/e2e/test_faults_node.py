"""Trouble as the AWS SDK for JavaScript v3 takes it, which speaks HTTP/2."""

import os
import pathlib
import shutil
import subprocess

import kinesisd
import parts
from subscription import register

LIFE = 120 * kinesisd.PATIENCE  # seconds for all of the script
SCRIPT = pathlib.Path(__file__).parent / "faults.mjs"
SEEN = ["a throttle is retried", "retries come to an end", "a connection that breaks is retried",
        "a connection that breaks after the commit is retried", "connections that break all the time are an error",
        "a subscription that breaks off just ends",
        "a subscription that ends with an exception is that exception"]


def test_node_takes_trouble_as_it_does_on_aws(start, name, tmp_path):
    server = start("--limits", "off")
    kinesisd.create_stream(server, name)
    consumers = [register(server, name, consumer) for consumer in ("first", "second")]
    os.symlink(parts.NODE_MODULES, tmp_path / "node_modules")
    shutil.copy(SCRIPT, tmp_path)
    done = subprocess.run(["node", SCRIPT.name, server.url, name, *consumers], cwd=tmp_path, timeout=LIFE,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False)
    assert (done.returncode, done.stdout.splitlines()) == (0, SEEN), done.stderr + server.text()
