"""What ./tests/run runs: the parts, what each needs, and the sum of their results."""

import argparse
import os
import pathlib
import subprocess
import sys
import threading
import time

import conformance
import parts

TAIL_LINES = 200  # of a part that failed


class Task:
    """A step: something several parts need (a build), or a part itself."""

    def __init__(self, name, work, needs=(), is_part=True, by_default=True):
        self.name, self.work, self.needs, self.is_part = name, work, needs, is_part
        self.by_default = by_default
        self.group = name.split(":")[0]
        self.result = None
        self.seconds = 0
        self.started = False


def client_part(client):
    """Prepares the client and runs it. As parts run side by side, one client is prepared while another runs."""
    return Task(f"conformance:{client}", lambda: conformance.run(client),
                ["build-release", "python-packages", "aws-cli"])


STEPS = [
    Task("build-release", lambda: parts.build("release", "kinesisd"), is_part=False),
    Task("build-units", lambda: parts.build("release", *parts.UNITS), ["build-release"], is_part=False),
    Task("build-asan", lambda: parts.build("asan"), is_part=False),
    Task("build-tsan", lambda: parts.build("tsan"), is_part=False),
    Task("build-fuzz", lambda: parts.build("fuzz", *parts.fuzz_targets()), is_part=False),
    Task("build-images", parts.images, is_part=False),
    Task("python-packages", parts.python_packages, is_part=False),
    Task("node-packages", lambda: conformance.prepare("node-v3"), is_part=False),
    Task("browser-packages", lambda: conformance.prepare("node-v2"), is_part=False),
    Task("example-packages", parts.fetch_for_examples, is_part=False),
    Task("aws-cli", parts.find_aws, is_part=False),
]

# In the order in which they are started, as far as what they need is there.
PARTS = [
    Task("format", parts.format_check),
    Task("unit", lambda: parts.unit("release"), ["build-units", "python-packages"]),
    Task("e2e", lambda: parts.e2e("release"), ["build-release", "python-packages", "node-packages"]),
    Task("flood", parts.flood, ["build-release", "python-packages"]),
    *(client_part(client) for client in conformance.clients()),
    Task("browser", parts.browser, ["build-release", "python-packages", "node-packages", "browser-packages"]),
    Task("container", parts.container, ["build-images", "python-packages"]),
    Task("crash", lambda: parts.crash("release", 25, stops=100), ["build-release", "python-packages"]),
    Task("readme", parts.readme, ["build-units", "python-packages", "node-packages", "aws-cli"]),
    # Not next to the containers' part: one of the two would wait for the other.
    Task("examples", parts.examples, ["build-images", "example-packages", "aws-cli"]),
    Task("model", parts.model, ["build-units", "python-packages"]),
    Task("lint", parts.lint),
    Task("asan", lambda: parts.sanitized("asan"), ["build-asan", "python-packages", "node-packages"]),
    Task("tsan", lambda: parts.sanitized("tsan"), ["build-tsan", "python-packages", "node-packages"]),
    Task("fuzz", parts.fuzz, ["build-fuzz"]),
    # Compiles everything once more: minutes that a run of all parts does without.
    Task("arm64", parts.arm64, ["python-packages"], by_default=False),
]

PURPOSES = {
    "format": "clang-format finds nothing to change",
    "unit": "Catch2 tests of protocol, storage, server and the source tree",
    "e2e": "pytest against the release executable",
    "flood": "what a well-behaved client gets while another floods the server",
    "conformance": "AWS SDKs and other clients against it, over http and https",
    "browser": "web pages in Chromium: kept out of administration, let in to the API by AWS's SDKs",
    "container": "the container images, built and run by podman",
    "examples": "compose, GitHub Actions, Testcontainers and test fixtures as people copy them",
    "crash": "kill -9 at every step on the files, and 25 rounds of it under load; tests/crash/run has flags",
    "readme": "the lines of the README and the manual, run as written",
    "model": "a report: what the newest botocore knows and the tables do not; never fails",
    "lint": "clang-tidy over all sources",
    "asan": "unit, e2e and crash under the address and undefined behaviour sanitizers",
    "tsan": "unit, e2e and crash under the thread sanitizer",
    "arm64": "the image's executable for arm64 under qemu; only when named",
    "fuzz": "each libFuzzer target for KINESISD_FUZZ_SECONDS (60)",
}


def wanted(names):
    chosen = [part for part in PARTS
              if (part.name in names or part.group in names if names else part.by_default)]
    needed = {need for part in chosen for need in part.needs}
    for step in reversed(STEPS):  # steps need earlier steps only
        if step.name in needed:
            needed.update(step.needs)
    return [step for step in STEPS if step.name in needed] + chosen


def say(task, result, seconds):
    verdict = "ok" if result.failed == 0 else "FAILED"
    counts = f"{result.passed} passed, {result.failed} failed" if task.is_part else ""
    text = f"{task.name:30} {seconds / 60:5.1f} min  {verdict:6}  {counts}  {result.note}"
    if result.failed or result.show:
        lines = result.output.splitlines()
        if len(lines) > TAIL_LINES:
            lines = [f"... {len(lines) - TAIL_LINES} lines before ..."] + lines[-TAIL_LINES:]
        text = "\n".join([f"---- {task.name} ----", *lines, "----", text])
    print(text.rstrip(), flush=True)


def run(tasks, slots):
    """Runs the tasks, up to `slots` at a time, each after what it needs."""
    changed = threading.Condition()

    def work(task):
        begun = time.monotonic()
        broken = [need for need in tasks if need.name in task.needs and need.result.failed]
        try:
            result = parts.Result(0, 1, f"not run: {broken[0].name} failed") if broken else task.work()
        except Exception as error:  # a part that cannot even run is a part that failed
            result = parts.Result(0, 1, f"{type(error).__name__}: {error}")
        with changed:
            task.result, task.seconds = result, time.monotonic() - begun
            say(task, result, task.seconds)
            changed.notify_all()

    def ready(task):
        return not task.started and all(
            other.result is not None for other in tasks if other.name in task.needs)

    with changed:
        while any(task.result is None for task in tasks):
            running = sum(task.started and task.result is None for task in tasks)
            # Builds first: the more of them are done, the more can run side by side. But one at a time.
            building = any(t.started and t.result is None and t.name.startswith("build-") for t in tasks)
            for task in tasks:
                if running < slots and ready(task) and not (building and task.name.startswith("build-")):
                    task.started = True
                    running += 1
                    building = building or task.name.startswith("build-")
                    threading.Thread(target=work, args=(task,), daemon=True).start()
            changed.wait()


def main():
    listing = "\n".join(f"  {name:12} {purpose}" for name, purpose in PURPOSES.items())
    parser = argparse.ArgumentParser(prog="./tests/run", description="Runs all tests, or the parts named.",
                                     epilog=f"parts:\n{listing}",
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="name the parts")
    arguments = parser.parse_args()
    known = [part.name for part in PARTS]
    if arguments.list:
        print("\n".join(known))
        return 0
    for name in arguments.names:
        if name not in known + ["conformance"]:
            parser.error(f"there is no part {name}; there are {', '.join(known)}")

    os.chdir(pathlib.Path(__file__).resolve().parents[2])
    begun = time.monotonic()
    tasks = wanted(arguments.names)
    run(tasks, slots=max(2, os.cpu_count() or 2))
    # A build that failed has been told; its parts count.
    results = [task.result for task in tasks if task.is_part]
    passed, failed = sum(r.passed for r in results), sum(r.failed for r in results)
    if clients := [task for task in tasks if task.group == "conformance"]:
        print(f"{len(clients)} clients, {sum(task.seconds for task in clients) / 60:.1f} minutes of work")
    print(f"{(time.monotonic() - begun) / 60:.1f} minutes")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.SubprocessError as error:
        sys.exit(str(error))
