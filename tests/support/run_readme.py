"""Runs the README's lines as written: run_readme.py NODE_MODULES.

The command that starts the server is run in the root of the repository; every block of sh, python or js
after it in a fresh directory against that server. Other blocks are for reading."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNNERS = {"sh": (["bash", "-euo", "pipefail"], "block.sh"), "python": (["python"], "block.py"),
           "js": (["node"], "block.mjs")}
START_S = 600  # the server is built if it is not yet
START = "./server/run"


def blocks():
    text = (ROOT / "README.md").read_text()
    return re.findall(r"^```(\w+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def start():
    """The server, started with the README's own command, once it listens."""
    server = subprocess.Popen(["bash", "-c", f"exec {START}"], cwd=ROOT, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    listening, said = threading.Event(), []

    def read():
        for line in server.stdout:
            said.append(line)
            if "Listening at http://127.0.0.1:4567" in line:
                listening.set()
        listening.set()

    threading.Thread(target=read, daemon=True).start()
    if not listening.wait(START_S) or server.poll() is not None:
        server.kill()
        sys.exit("the server did not start (is port 4567 free?):\n" + "".join(said))
    return server, said


def run(kind, body, folder):
    command, name = RUNNERS[kind]
    file = folder / name
    file.write_text(body)
    done = subprocess.run([*command, file], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
    if done.returncode:
        raise SystemExit(f"FAILED {kind} block (exit {done.returncode}):\n{body}\n{done.stdout}")
    print(f"ok {kind}: {body.strip().splitlines()[0]}\n{done.stdout}")
    return done.stdout


def main():
    found = blocks()
    assert any(kind == "sh" and START in body for kind, body in found), "the README does not start the server"
    server, said = start()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            os.symlink(sys.argv[1], folder / "node_modules")
            for kind, body in found:
                if kind in RUNNERS and not re.search(r"^\./", body, re.MULTILINE):
                    run(kind, body, folder)
    finally:
        server.send_signal(signal.SIGTERM)
        code = server.wait(30)
    if code:
        sys.exit(f"the server ended with {code}:\n" + "".join(said))
    print(f"ok sh: {START}")


if __name__ == "__main__":
    main()
