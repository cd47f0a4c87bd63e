"""As much of GitHub Actions as the example uses: services with image, ports, env and options, and steps that run."""

import os
import shlex
import subprocess
import time

import engine
import yaml


def start(name, service):
    """A service's container, healthy."""
    assert set(service) <= {"image", "ports", "env", "options", "volumes"}, service
    engine.podman("tag", "kinesisd", service["image"])  # in place of the pull
    flags = ["--label", "kinesisd-test", "--network-alias", name]
    for port in service.get("ports", []):
        flags += ["--publish", str(port)]
    for variable, value in service.get("env", {}).items():
        flags += ["--env", f"{variable}={value}"]
    for volume in service.get("volumes", []):
        flags += ["--volume", volume]
    container = engine.podman("run", "--detach", *flags, *shlex.split(service.get("options", "")), service["image"])
    deadline = time.monotonic() + engine.WAIT_S
    while engine.podman("inspect", container, "--format", "{{.State.Health.Status}}") != "healthy":
        assert time.monotonic() < deadline, engine.podman("logs", container)
        time.sleep(0.1)
    return container


def run_step(step, environment, folder):
    if "uses" in step:
        assert step == {"uses": "actions/checkout@v4"}, step  # the sources are there
        return
    assert set(step) <= {"run", "name", "env"}, step
    done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=folder,
                          env={**environment, **step.get("env", {})}, check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    assert done.returncode == 0, f"{step['run']}\n{done.stdout}"


def run(path, environment):
    """Every job, one after the other; an AssertionError says which step failed, and with what."""
    for job in yaml.safe_load(path.read_text())["jobs"].values():
        containers = []
        try:
            for name, service in job.get("services", {}).items():
                containers.append(start(name, service))
            for step in job["steps"]:
                run_step(step, {**environment, **os.environ, **job.get("env", {}),
                                "PATH": environment["PATH"]}, path.parent)
        finally:
            for container in containers:
                engine.podman("rm", "--force", "--time", "1", container, check=False)
