"""Podman with settings and storage of its own under build/container, for the image and its tests. Needs root."""

import contextlib
import datetime
import fcntl
import hashlib
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build/container"
BASE = "docker.io/library/debian:bookworm-slim"
IMAGES = {"kinesisd": (), "kinesisd:shell": ("--target", "shell")}
ARM64 = FOLDER / "kinesisd-arm64"
# Two checkouts on one machine do not meet.
RUN = pathlib.Path("/run") / f"kinesisd-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
WAIT_S = 120
# Those that the kernel gives to whoever asks for any are above.
PORTS = range(20_000, 30_000)

# runc and no cgroup manager: they ask least of a machine. Old kernels refuse podman's own resource limits.
CONFIGURATION = {
    "containers.conf": """
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "{run}/libpod"
compat_api_enforce_docker_hub = false
[network]
network_config_dir = "{folder}/networks"
""",
    "storage.conf": """
[storage]
driver = "overlay"
graphroot = "{folder}/storage"
runroot = "{run}/storage"
""",
    "registries.conf": """
unqualified-search-registries = ["docker.io"]
""",
}


def environment():
    return {**os.environ, "CONTAINERS_CONF": str(FOLDER / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(FOLDER / "storage.conf"),
            "CONTAINERS_REGISTRIES_CONF": str(FOLDER / "registries.conf")}


def configure():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in CONFIGURATION.items():
        (FOLDER / name).write_text(text.lstrip().format(folder=FOLDER, run=RUN))


def podman(*arguments, check=True, timeout_s=WAIT_S, **how):
    """What it printed on stdout; an AssertionError with all of it when it fails."""
    command = ["podman", *map(str, arguments)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, errors="replace", timeout=timeout_s, env=environment(), check=False, **how)
    if check and done.returncode:
        raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.strip() if check else done


@contextlib.contextmanager
def alone():
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def have_base():
    """The base that registries would have given: Debian, from its packages."""
    if podman("image", "exists", BASE, check=False).returncode == 0:
        return
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        system = pathlib.Path(folder) / "root"
        archive = pathlib.Path(folder) / "base.tar"
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", system], check=True,
                       stdout=subprocess.DEVNULL)
        shutil.rmtree(system / "var/cache/apt")
        subprocess.run(["tar", "-C", system, "-cf", archive, "."], check=True)
        podman("import", archive, BASE, timeout_s=300)


def ccache_folder():
    done = subprocess.run(["ccache", "--get-config", "cache_dir"], capture_output=True, text=True, check=False)
    return pathlib.Path(done.stdout.strip() or FOLDER / "ccache")


def build_image(name, *flags):
    """The Dockerfile's image; what the build printed."""
    cache = ccache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    return podman("build", "--format", "docker", "--network=host", "--pull=never",
                  "--volume", f"{cache}:/root/.cache/ccache", *flags,
                  "--file", "docker/Dockerfile", "--tag", name, ".", cwd=ROOT, timeout_s=3600)


def build_arm64():
    """The executable for arm64. This podman cannot make an image of another platform from a base of this one, so it
    stops where the image would be put together."""
    with alone():
        configure()
        have_base()
        output = build_image("kinesisd-arm64", "--build-arg", "TARGETARCH=arm64", "--target", "build")
        container = podman("create", "kinesisd-arm64", "/image/kinesisd")
        podman("cp", f"{container}:/image/kinesisd", ARM64)
        podman("rm", container)
        return output


def build_images():
    """Builds every image; what the build printed."""
    with alone():
        configure()
        have_base()
        output = ""
        for name, flags in IMAGES.items():
            output += build_image(name, *flags)
            # Docker's clients mean Docker's registry when they name none.
            podman("tag", name, f"docker.io/library/{name}")
        podman("image", "prune", "--force", timeout_s=120)
        return output


def image_bytes(name):
    return int(podman("image", "inspect", name, "--format", "{{.Size}}"))


@contextlib.contextmanager
def session():
    """Tests with containers of their own, and nobody else's of this checkout beside them: containers and networks
    that are left from before are removed, and healthy is what whoever asks makes it."""
    configure()
    with open(FOLDER / "session", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        remove_leftovers()
        yield
        remove_leftovers()


def free_port():
    """A port of 127.0.0.1 that is free, and that no other program is given by chance until it is used."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Container:
    """A running container with a free port of 127.0.0.1 mapped to `port`; removed at the end."""

    def __init__(self, *flags, image="kinesisd", arguments=(), port=4567):
        self.port = free_port()
        self.id = podman("run", "--detach", "--label", "kinesisd-test", "--publish", f"127.0.0.1:{self.port}:{port}",
                         *flags, image, *arguments)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def get(self, path):
        """(status, body), or None as long as nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return None
        except http.client.HTTPException:
            return None
        finally:
            connection.close()

    def wait_until(self, holds, what):
        deadline = time.monotonic() + WAIT_S
        while True:
            result = holds()
            if result:
                return result
            if time.monotonic() > deadline or not self.is_running():
                raise AssertionError(f"{what}: not within {WAIT_S} s\n{self.log()}")
            time.sleep(0.01)

    def ready(self):
        self.wait_until(lambda: self.get("/_kinesisd/health") is not None, "an answer")
        return self

    def log(self):
        done = podman("logs", self.id, check=False)
        return done.stdout + done.stderr

    def state(self):
        return json.loads(podman("inspect", self.id, "--format", "{{json .State}}"))

    def is_running(self):
        return self.state()["Running"]

    def exec(self, *command):
        return podman("exec", self.id, *command)

    def started(self):
        """When its process began, in seconds since the epoch."""
        # 2026-01-02T03:04:05.123456789Z, of which Python reads six places.
        began = re.sub(r"(\.\d{6})\d*", r"\1", self.state()["StartedAt"])
        return datetime.datetime.fromisoformat(began.replace("Z", "+00:00")).timestamp()

    def stop(self):
        """SIGTERM to its process 1; the exit code and the seconds it took."""
        began = time.monotonic()
        podman("kill", "--signal", "TERM", self.id)
        code = int(podman("wait", "--interval", "10ms", self.id))
        return code, time.monotonic() - began

    def remove(self):
        podman("rm", "--force", "--volumes", "--time", "1", self.id, check=False)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            print(self.log())
        self.remove()


class DockerSocket:
    """The engine as Docker's clients see it. Its health checks are podman's, but run from here: podman leaves that
    to systemd, which a machine need not have."""

    def __init__(self):
        self.path = RUN / "docker.sock"
        self.over = threading.Event()

    def __enter__(self):
        RUN.mkdir(parents=True, exist_ok=True)
        self.service = subprocess.Popen(["podman", "system", "service", "--time=0", f"unix://{self.path}"],
                                        env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + WAIT_S
        while not self._answers():
            assert time.monotonic() < deadline and self.service.poll() is None, "podman's service does not start"
            time.sleep(0.02)
        self.health = threading.Thread(target=self._check_health, daemon=True)
        self.health.start()
        return f"unix://{self.path}"

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self.path)) == 0

    def _check_health(self):
        while not self.over.wait(0.5):
            for container in podman("ps", "--quiet", check=False).stdout.split():
                podman("healthcheck", "run", container, check=False)

    def __exit__(self, *_):
        self.over.set()
        self.health.join(WAIT_S)
        self.service.terminate()
        self.service.wait(WAIT_S)
        self.path.unlink(missing_ok=True)


def within(seconds, measure, tries=5):
    """Measures until it takes no longer than that: the machine and podman may be busy with other things, but not
    each time. What is really slow, such as the ten seconds for what is in flight, is it each time."""
    took = []
    for _ in range(tries):
        took.append(measure())
        if took[-1] < seconds:
            return
    raise AssertionError(f"never within {seconds} s: {took}")


def remove_leftovers():
    """Containers of tests that were cut off, and networks that podman-compose leaves behind."""
    left = podman("ps", "--all", "--quiet", "--filter", "label=kinesisd-test").split()
    if left:
        podman("rm", "--force", "--volumes", "--time", "0", *left, check=False)
    podman("network", "prune", "--force", check=False)
