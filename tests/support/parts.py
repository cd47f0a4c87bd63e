"""The parts of ./tests/run. Each returns a Result; all run in the root of the repository."""

import concurrent.futures
import fcntl
import gzip
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import typing

import engine

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
VENV = BUILD / "venv"
PYTHON = VENV / "bin/python"
PIP = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
NODE_MODULES = BUILD / "conformance/node-v3/node_modules"
MODEL = BUILD / "service-2.json"
CORES = os.cpu_count() or 2
# Taken away, because kinesisd refuses variables that look like settings of its own and are none.
FUZZ_SECONDS = os.environ.pop("KINESISD_FUZZ_SECONDS", "60")
LAYERS = ("protocol", "storage", "server", "tests")
UNITS = ("unit_protocol", "unit_storage", "unit_server", "unit_tidy")

# Whatever the machine is set up for, clients find these.
NO_AWS = {"AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null",
          "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
CREDENTIALS = {**NO_AWS, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
               "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1"}

# How much slower the executable is, for the waits of the tests.
PATIENCE = {"release": "1", "asan": "3", "tsan": "4"}
SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}


class Result(typing.NamedTuple):
    passed: int
    failed: int
    output: str = ""
    note: str = ""
    show: bool = False  # the output, though nothing failed


def call(command, timeout_s=1800, **how):
    """(exit code, stdout and stderr together)."""
    environment = {**os.environ, **how.pop("env", {})}
    try:
        done = subprocess.run(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout_s, env=environment,
            cwd=how.pop("cwd", ROOT), check=False, **how)
        return done.returncode, done.stdout
    except subprocess.TimeoutExpired as late:
        output = late.stdout or b""
        return 124, (output if isinstance(output, str) else output.decode(errors="replace")) + (
            f"\n{command[0]}: not done after {timeout_s} s\n")


def one(code, output, note=""):
    return Result(int(code == 0), int(code != 0), output, note)


def add(results):
    results = list(results)
    return Result(sum(r.passed for r in results), sum(r.failed for r in results),
                  "\n".join(r.output for r in results if r.failed),
                  " ".join(r.note for r in results if r.note))


# Steps that parts need

def build(preset, *targets):
    folder = BUILD / preset
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / f"{preset}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two builds in one folder would spoil it
        return build_alone(preset, folder, targets)


def build_alone(preset, folder, targets):
    ninja = folder / "build.ninja"
    if not ninja.exists() or ninja.stat().st_mtime < (ROOT / "CMakePresets.json").stat().st_mtime:
        code, output = call(["cmake", "--preset", preset])
        if code:
            return one(code, output)
    timed = "TIMEFORMAT='%U %S'; time ninja \"$@\""
    code, output = call(["bash", "-c", timed, "ninja", "-C", folder, "-j", CORES, *targets], timeout_s=3600)
    user, system = map(float, output.split()[-2:])
    return one(code, output, f"{user + system:.0f} s of CPU")


def python_packages():
    """A virtual environment with the pinned packages, and the pinned service model unpacked beside it."""
    wanted = ROOT / "config/requirements.txt"
    stamp = VENV / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        shutil.rmtree(VENV, ignore_errors=True)
        for command in ([sys.executable, "-m", "venv", VENV], [*PIP, "-r", wanted]):
            code, output = call(command)
            if code:
                return one(code, output)
        shutil.copy(wanted, stamp)
    [packed] = VENV.glob("lib/*/site-packages/botocore/data/kinesis/2013-12-02/service-2.json.gz")
    MODEL.write_bytes(gzip.decompress(packed.read_bytes()))
    return one(0, "")


# Parts that look at the sources

def sources(*suffixes, folders=LAYERS):
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*")
                  if path.suffix in suffixes and "node_modules" not in path.parts)


def format_check():
    return one(*call(["clang-format-14", "--dry-run", "-Werror", *sources(".cpp", ".hpp")]))


def lint():
    """clang-tidy over every source file of ours; again only when it, a header or the rules changed."""
    code, output = call(["cmake", "--preset", "lint"])
    if code:
        return one(code, output)
    stamps = BUILD / "lint/stamps"
    stamps.mkdir(exist_ok=True)
    common = hashlib.sha256()
    for path in [ROOT / ".clang-tidy", ROOT / "CMakeLists.txt", *sources(".hpp")]:
        common.update(path.read_bytes())

    def check(path):
        key = common.copy()
        key.update(str(path).encode() + path.read_bytes())
        stamp = stamps / key.hexdigest()
        if stamp.exists():
            return one(0, "")
        code, output = call(["clang-tidy-14", "--quiet", "-p", BUILD / "lint",
                             "--extra-arg=-Wno-unknown-warning-option", path])
        if code == 0:
            stamp.touch()
        return Result(0, int(code != 0), output)

    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        result = add(pool.map(check, sources(".cpp", folders=("protocol", "storage", "server"))))
    return Result(int(result.failed == 0), result.failed, result.output)


# Parts that run executables of ours

def environment(preset):
    return {**SANITIZER_OPTIONS, **CREDENTIALS, "KINESISD_TEST_EXECUTABLE": str(BUILD / preset / "kinesisd"),
            "KINESISD_TEST_PATIENCE": PATIENCE[preset], "KINESISD_SERVICE_MODEL": str(MODEL)}


def steady(preset, command):
    """The thread sanitizer of GCC 12 cannot stand the address randomisation of newer kernels."""
    return ["setarch", "-R", *command] if preset == "tsan" else command


def unit(preset):
    def catch(name):
        code, output = call(steady(preset, [BUILD / preset / name]), env=environment(preset))
        if match := re.search(r"All tests passed \(\d+ assertions? in (\d+) test cases?\)", output):
            result = Result(int(match[1]), 0, output)
        elif match := re.search(r"test cases: *\d+ \|(?: *(\d+) passed \|)? *(\d+) failed", output):
            result = Result(int(match[1] or 0), int(match[2]), output)
        else:
            result = Result(0, 1, output)
        return Result(result.passed, 1, output) if code and not result.failed else result

    return add(map(catch, UNITS))


def e2e(preset):
    return pytest("tests/e2e", environment(preset), preset)


def flood():
    return pytest("tests/flood", environment("release"))


def browser():
    return pytest("tests/browser", environment("release"))


def pytest(folder, variables, preset="release", python=PYTHON):
    code, output = call(steady(preset, [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short",
                                        "--durations=5", folder]), timeout_s=5400, env=variables)
    last = output.strip().rsplit("\n", 1)[-1]
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error|skipped)", last)}
    failed = counts.get("failed", 0) + counts.get("error", 0)
    note = f"{counts['skipped']} skipped" if "skipped" in counts else ""
    return Result(counts.get("passed", 0), max(failed, int(code != 0)), output, note)


def images():
    """The container images, the executable in them built inside."""
    try:
        return one(0, engine.build_images())
    except (AssertionError, subprocess.SubprocessError) as failure:
        return one(1, str(failure))


def arm64():
    """The image's executable for arm64, cross-built and emulated."""
    if shutil.which("qemu-aarch64-static") is None:
        return one(1, "there is no emulator; Debian's package is qemu-user-static")
    try:
        engine.build_arm64()
    except (AssertionError, subprocess.SubprocessError) as failure:
        return one(1, str(failure))
    return pytest("tests/arm64", {**CREDENTIALS, "KINESISD_TEST_EXECUTABLE": str(engine.ARM64),
                                  "KINESISD_TEST_PATIENCE": PATIENCE["tsan"]})


def container():
    """The images as people run them; what the tests note stands beside the result."""
    notes = BUILD / "container/notes"
    notes.write_text("")
    result = pytest("tests/container", {**CREDENTIALS, "KINESISD_TEST_NOTES": str(notes)})
    return result._replace(note=", ".join([*notes.read_text().splitlines(), *filter(None, [result.note])]))


EXAMPLES = ROOT / "tests/examples"
EXAMPLES_BUILD = BUILD / "examples"


def fetch_for_examples():
    """The libraries that the examples' own files name, again only when one of these files changed."""
    node = EXAMPLES_BUILD / "node"
    node.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    for path in sorted(EXAMPLES.rglob("*")):
        if path.name in ("package-lock.json", "requirements.txt") or path.parent.name == "java":
            digest.update(path.read_bytes())
    stamp = EXAMPLES_BUILD / "fetched"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return one(0, "")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(EXAMPLES / "node" / name, node)
    venv = EXAMPLES_BUILD / "venv"
    steps = [([sys.executable, "-m", "venv", venv], {}),
             ([venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r",
               EXAMPLES / "python/requirements.txt"], {}),
             (["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], {"cwd": node}),
             (["tests/support/java_build", EXAMPLES / "java"], {"env": {"BUILD": str(EXAMPLES_BUILD / "java")}})]
    for command, how in steps:
        code, output = call(command, **how)
        if code:
            return one(code, output)
    stamp.write_text(digest.hexdigest())
    return one(0, "")


def examples():
    path = f"{BUILD / 'bin'}:{os.environ['PATH']}"
    return pytest("tests/examples/test_examples.py",
                  {**NO_AWS, "EXAMPLES_BUILD": str(EXAMPLES_BUILD), "PATH": path},
                  python=EXAMPLES_BUILD / "venv/bin/python")


def crash(preset, rounds, stops):
    command = steady(preset, [PYTHON, "tests/crash/run", "--rounds", rounds, "--stops", stops])
    code, output = call(command, env=environment(preset))
    return one(code, output, output.split("\n", 1)[0])


def sanitized(preset):
    return add([unit(preset), e2e(preset), crash(preset, 5, stops=5)])


def find_aws():
    """build/bin/aws: version 2 if the machine has one, which is what Debian packages."""
    link = BUILD / "bin/aws"
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    for place in os.environ["PATH"].split(":") + ["/usr/bin"]:
        candidate = pathlib.Path(place) / "aws"
        if candidate.exists() and "aws-cli/2" in call([candidate, "--version"])[1]:
            link.symlink_to(candidate)
            return one(0, "")
    return one(1, "there is no AWS CLI of version 2; Debian's package is awscli")


def readme():
    path = f"{BUILD / 'bin'}:{BUILD / 'release'}:{VENV / 'bin'}:{os.environ['PATH']}"
    code, output = call([PYTHON, "tests/support/run_readme.py", NODE_MODULES], timeout_s=600,
                        env={**NO_AWS, "PATH": path})
    passed = len(re.findall(r"^ok ", output, re.MULTILINE))
    return Result(passed, int(code != 0), output)


def model():
    """Members and operations of the newest botocore that the tables do not have."""
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        code, output = call([*PIP, "--no-deps", "--upgrade", "--target", folder, "botocore"])
        packed = pathlib.Path(folder) / "botocore/data/kinesis/2013-12-02/service-2.json.gz"
        if code or not packed.exists():
            return Result(1, 0, output, "the newest botocore could not be fetched")
        newest = BUILD / "newest-service-2.json"
        newest.write_bytes(gzip.decompress(packed.read_bytes()))
    test = "What the tables lack of a newer service model is reported"
    _, output = call([BUILD / "release/unit_protocol", test],
                     env={"KINESISD_NEWER_SERVICE_MODEL": str(newest)})
    return Result(1, 0, output, show=True)


def fuzz_targets():
    return sorted(path.stem for path in (ROOT / "tests/fuzz").glob("*.cpp"))


def fuzz():
    def run(target):
        corpus = BUILD / "fuzz-corpus" / target
        corpus.mkdir(parents=True, exist_ok=True)
        seeds = ROOT / "tests/fuzz/seeds" / target
        command = [BUILD / "fuzz" / target, f"-max_total_time={FUZZ_SECONDS}", "-print_final_stats=1",
                   "-timeout=20", f"-artifact_prefix={corpus.parent}/{target}-", corpus]
        code, output = call(command + ([seeds] if seeds.is_dir() else []), timeout_s=int(FUZZ_SECONDS) + 300)
        return one(code, output)

    if not fuzz_targets():
        return Result(0, 1, "there are no targets in tests/fuzz")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return add(pool.map(run, fuzz_targets()))
