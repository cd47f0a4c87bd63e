"""The matrix of clients. Each folder of tests/conformance is one: `prepare` fetches and builds what it needs into
$BUILD, `run` runs it once against $KINESIS_ENDPOINT and succeeds when the client found what AWS would answer.

conformance.py CLIENT... runs clients by themselves, against KINESISD_TEST_EXECUTABLE or the release build."""

import concurrent.futures
import fcntl
import hashlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import kinesisd
import parts

FOLDER = parts.ROOT / "tests/conformance"
SCHEMES = ("http", "https")
PREPARE_S = 1200
RUN_S = 600
NOT_OURS = {"node_modules", "__pycache__", "target"}  # what tools leave in a folder they were called in by hand


def clients():
    return sorted(path.parent.name for path in FOLDER.glob("*/run"))


def build_folder(client):
    return parts.BUILD / "conformance" / client


def call(command, timeout_s, **changes):
    """(exit code, output) of a command; nothing that it started is left running. `changes` are to the environment:
    what is None is taken away."""
    path = f"{parts.BUILD / 'bin'}:{parts.VENV / 'bin'}:{os.environ['PATH']}"
    environment = {**os.environ, **parts.CREDENTIALS, "PATH": path, **changes}
    process = subprocess.Popen(
        [str(word) for word in command], cwd=command[0].parent, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
        env={name: value for name, value in environment.items() if value is not None})
    late = ""
    try:
        output, _ = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        late = f"\n{command[0]}: not done after {timeout_s} s\n"
    finally:
        end(process)
    if late:
        output, _ = process.communicate()
    return process.returncode, output + late


def end(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # the usual case: the whole group has ended


def inputs(client):
    """A digest of the client's files."""
    digest = hashlib.sha256()
    folder = FOLDER / client
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not NOT_OURS.intersection(path.parts):
            digest.update(f"{path.relative_to(folder)}\0{path.stat().st_mode}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def prepare(client):
    """Builds the client unless it is built from just these files."""
    folder = build_folder(client)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp, wanted = folder / "prepared", inputs(client)
        if stamp.exists() and stamp.read_text() == wanted:
            return parts.one(0, "")
        stamp.unlink(missing_ok=True)
        script = FOLDER / client / "prepare"
        if script.exists():
            code, output = call([script], PREPARE_S, BUILD=str(folder))
            if code:
                return parts.one(code, f"{client}, prepare:\n{output}")
        stamp.write_text(wanted)
    return parts.one(0, "")


def certificate(server, folder):
    """The file with the certificate that clients are to trust."""
    with kinesisd.Connection(server) as connection:
        answer = connection.send("GET", "/_kinesisd/ca.pem", {}, None)
    if answer.status != 200 or b"BEGIN CERTIFICATE" not in answer.body:
        raise AssertionError(f"no TLS: /_kinesisd/ca.pem answered {answer}")
    file = pathlib.Path(folder) / "ca.pem"
    file.write_bytes(answer.body)
    return str(file)


def run_once(client, scheme):
    """The program against a server of its own. A file `server-flags` in the folder holds flags for it; `check`, if
    there is one, looks afterwards at what the program has left on the server."""
    flags = FOLDER / client / "server-flags"
    with tempfile.TemporaryDirectory() as folder, kinesisd.Server(
            *(flags.read_text().split() if flags.exists() else []), listen="localhost:0") as server:
        trusted = certificate(server, folder) if scheme == "https" else None
        code, output = call([FOLDER / client / "run"], RUN_S, BUILD=str(build_folder(client)), TMPDIR=folder,
                            KINESIS_ENDPOINT=f"{scheme}://localhost:{server.port}", AWS_CA_BUNDLE=trusted)
        check = FOLDER / client / "check"
        if not code and check.exists():
            code, more = call([check], RUN_S, KINESIS_PLAIN_ENDPOINT=f"http://localhost:{server.port}")
            output += more
        if code:
            output += f"\n---- the server:\n{server.text()}"
    return code, output


def run(client):
    """The client over each scheme, one test each."""
    prepared = prepare(client)
    if prepared.failed:
        return parts.Result(0, len(SCHEMES), prepared.output)
    failed, said = 0, ""
    for scheme in SCHEMES:
        begun = time.monotonic()
        try:
            code, output = run_once(client, scheme)
        except (AssertionError, OSError) as error:
            code, output = 1, str(error)
        failed += int(code != 0)
        said += f"{client} over {scheme}, {time.monotonic() - begun:.1f} s, exit code {code}:\n{output}\n"
    return parts.Result(len(SCHEMES) - failed, failed, said)


def main():
    chosen = sys.argv[1:] or clients()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, chosen))
    for client, result in zip(chosen, results):
        print(f"{result.output}{client}: {result.passed} passed, {result.failed} failed")
    return 1 if any(result.failed for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
