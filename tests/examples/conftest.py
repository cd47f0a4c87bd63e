"""A Docker engine for the examples: podman's, with the images that ./tests/run has built, on a network of its own.

Each example is run as it stands, ports and names included: what else runs on this machine must not be in its way."""

import ctypes
import fcntl
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import engine  # noqa: E402

FOLDER = pathlib.Path(__file__).parent


def enter_a_network_namespace():
    new_network, flags_ioctl, up = 0x40000000, 0x8914, 0x1
    if ctypes.CDLL(None, use_errno=True).unshare(new_network):
        raise OSError(ctypes.get_errno(), "unshare")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, flags_ioctl, struct.pack("16sH14x", b"lo", up))


@pytest.fixture(scope="session")
def docker(tmp_path_factory):
    """The environment of clients of the engine; `kinesisd`, out of the image, is in their PATH."""
    tools = tmp_path_factory.mktemp("bin")
    with engine.session():
        enter_a_network_namespace()
        with engine.DockerSocket() as url:
            container = engine.podman("create", "kinesisd")
            engine.podman("cp", f"{container}:/kinesisd", tools / "kinesisd")
            engine.podman("rm", container)
            yield {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "DOCKER_HOST": url,
                   # The image that cleans up after them cannot be fetched here, and no host is behind a bridge.
                   "TESTCONTAINERS_RYUK_DISABLED": "true", "TESTCONTAINERS_HOST_OVERRIDE": "127.0.0.1",
                   "TESTCONTAINERS_CONNECTION_MODE": "docker_host"}


@pytest.fixture
def copy_of(tmp_path):
    """copy_of("compose") is a folder with nothing but the example, as a user would have it."""
    def copied(name):
        return shutil.copytree(FOLDER / name, tmp_path / name)
    return copied


@pytest.fixture
def run(docker):
    """run(command, folder) is what it printed; anything but exit code 0 fails the test."""
    def call(command, folder, **variables):
        done = subprocess.run([str(word) for word in command], cwd=folder, env={**docker, **variables}, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=240)
        assert done.returncode == 0, done.stdout
        return done.stdout
    return call
