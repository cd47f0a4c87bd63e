"""Runs the README's lines as written: run_readme.py NODE_MODULES.

The command that starts the server is run in the root of the repository; every block of sh, python or js
after it in a fresh directory against that server. Those of the section on clients are lines of programs that run
elsewhere: each has to stand in the file that is linked before it. Other blocks are for reading."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNNERS = {"sh": (["bash", "-euo", "pipefail"], "block.sh"), "python": (["python"], "block.py"),
           "js": (["node"], "block.mjs")}
START_S = 600  # the server is built if it is not yet
START = "./server/run"


BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CLIENTS = re.compile(r"^## Clients\n(.*?)(?=^## )", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((tests/conformance/[^)]+)\)")


def text():
    return (ROOT / "README.md").read_text()


def blocks():
    return BLOCK.findall(CLIENTS.sub("", text()))


def stands_in(block, lines):
    """Whether the lines of the block follow one another in the file, indented by whatever."""
    count = block.count("\n")
    return any(textwrap.dedent("\n".join(lines[at:at + count]) + "\n") == block for at in range(len(lines)))


def check_clients():
    section = CLIENTS.search(text())[1]
    found = list(BLOCK.finditer(section))
    assert found, "the README says nothing of clients"
    for block in found:
        name = LINK.findall(section, 0, block.start())[-1]
        if not stands_in(block[2], (ROOT / name).read_text().splitlines()):
            raise SystemExit(f"FAILED: these lines do not stand in {name}:\n{block[2]}")
        print(f"ok lines of {name}")


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
    check_clients()
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
