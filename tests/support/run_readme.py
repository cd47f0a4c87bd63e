"""Runs the lines of the README and the manual as written: run_readme.py NODE_MODULES.

The command that starts the server is run in the root of the repository; every block of sh, python or js of each
tracked Markdown file in a fresh directory against that server, the README's first. Each further file finds the stream
`orders`, empty, and nothing else. Files of toml for --init are read by a server of their own. Blocks of languages
that are compiled, and all of the page on clients, are lines of programs that run elsewhere: each has to stand in the
file that is linked before it. Other blocks are for reading. Links have to lead somewhere, and messages of the page on
troubleshooting have to stand in the sources."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNNERS = {"sh": (["bash", "-euo", "pipefail"], "block.sh"), "python": (["python"], "block.py"),
           "js": (["node"], "block.mjs")}
READ = {"console", "text"}  # for reading
START_S = 600  # the server is built if it is not yet
START = "./server/run"
URL = "http://localhost:4567"

README = "README.md"
README_LINES_MAX = 200
CLIENTS = "tests/conformance/README.md"
PROGRAMS = ROOT / "tests/conformance"
SEEDING = "config/seeding.md"
TROUBLESHOOTING = "config/troubleshooting.md"
MESSAGES = 20
ELSEWHERE = {"tests/examples/README.md", "docker/CHANGELOG.md"}  # has tests of its own; has no blocks

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)]+)\)")


def files():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"], cwd=ROOT,
                            check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    found = sorted(name for name in listed if (ROOT / name).exists())
    return [README, *(name for name in found if name != README)]


def text(name):
    return (ROOT / name).read_text()


def anchors(name):
    """What GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", text(name)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def check_links(name):
    for link in LINK.findall(FENCED.sub("", text(name))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        if not target.exists():
            raise SystemExit(f"FAILED: {name} links to {link}, which is not there")
        if anchor and anchor not in anchors(target.resolve().relative_to(ROOT)):
            raise SystemExit(f"FAILED: {name} links to {link}, and there is no such heading")
    print(f"ok links of {name}")


def stands_in(block, lines):
    """Whether the lines of the block follow one another in the file, indented by whatever."""
    count = block.count("\n")
    return any(textwrap.dedent("\n".join(lines[at:at + count]) + "\n") == block for at in range(len(lines)))


def check_lines(name, block):
    """That the block stands in the program of tests/conformance that is linked last before it."""
    folder = (ROOT / name).parent
    linked = [(folder / link).resolve() for link in LINK.findall(text(name), 0, block.start()) if "://" not in link]
    programs = [path for path in linked if path.is_file() and PROGRAMS in path.parents]
    assert programs, f"{name}: no program is linked before\n{block[2]}"
    if not stands_in(block[2], programs[-1].read_text().splitlines()):
        raise SystemExit(f"FAILED: these lines of {name} do not stand in {programs[-1]}:\n{block[2]}")
    print(f"ok lines of {programs[-1].relative_to(ROOT)}")


def check_troubleshooting():
    """Every part of a message that does not differ from case to case stands in a source."""
    paths = [path for layer in ("protocol", "storage", "server") for path in (ROOT / layer).rglob("*.[ch]pp")]
    # Literals that follow one another are one.
    sources = "\n".join(re.sub(r'"\s*\n\s*"', "", path.read_text()).replace('\\"', '"') for path in paths)
    rows = re.findall(r"^\| (`.*?`) \| ", text(TROUBLESHOOTING), re.MULTILINE)
    for row in rows:
        for part in re.split(r"…|`|=|\d+|'data'|[:.;(),]\s+(?:and )?", row):
            if part.strip(" .:();") not in sources:
                raise SystemExit(f"FAILED: no source says {part!r}, which {TROUBLESHOOTING} has")
    assert len(rows) == MESSAGES, f"{TROUBLESHOOTING} has {len(rows)} messages"
    print(f"ok messages of {TROUBLESHOOTING}")


def start():
    """The server, started with the README's own command, once it listens."""
    server = subprocess.Popen(["bash", "-c", f"exec {START}"], cwd=ROOT, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    listening, said = threading.Event(), []

    def read():
        for line in server.stdout:
            said.append(line)
            if f"Listening at {URL.replace('localhost', '127.0.0.1')}" in line:
                listening.set()
        listening.set()

    threading.Thread(target=read, daemon=True).start()
    if not listening.wait(START_S) or server.poll() is not None:
        server.kill()
        sys.exit("the server did not start (is port 4567 free?):\n" + "".join(said))
    return server, said


def post(path, body):
    request = urllib.request.Request(f"{URL}/_kinesisd/{path}", json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=30).close()


def start_anew(folder):
    """Nothing but the stream `orders`."""
    post("reset", {"faults": True})
    run("sh", textwrap.dedent(f"""\
        export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1
        kinesisd aws kinesis create-stream --endpoint-url {URL} --stream-name orders --shard-count 1
        kinesisd aws kinesis wait stream-exists --endpoint-url {URL} --stream-name orders
        """), folder, tell=False)


def run(kind, body, folder, tell=True):
    command, name = RUNNERS[kind]
    file = folder / name
    file.write_text(body)
    done = subprocess.run([*command, file], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
    if done.returncode:
        raise SystemExit(f"FAILED {kind} block (exit {done.returncode}):\n{body}\n{done.stdout}")
    if tell:
        print(f"ok {kind}: {body.strip().splitlines()[0]}\n{done.stdout}")


def read_seeds(body, folder):
    """A server that takes the block for --init becomes ready."""
    file = folder / "init.toml"
    file.write_text(body)
    with subprocess.Popen(["kinesisd", "--listen", "127.0.0.1:0", "--init", file], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as server:
        said = []
        for line in server.stdout:
            said.append(line)
            if line == "Ready.\n":
                break
        server.send_signal(signal.SIGTERM)
        server.stdout.read()
        code = server.wait(30)
    if code or said[-1:] != ["Ready.\n"]:
        raise SystemExit(f"FAILED toml block:\n{body}\n{''.join(said)}")
    print(f"ok toml: {body.splitlines()[0]}")


def run_file(name, node_modules):
    with tempfile.TemporaryDirectory() as path:
        folder = pathlib.Path(path)
        os.symlink(node_modules, folder / "node_modules")
        if name != README:
            start_anew(folder)
        for block in BLOCK.finditer(text(name)):
            kind, body = block.groups()
            if name == CLIENTS or kind not in {*RUNNERS, *READ, "toml"}:
                check_lines(name, block)
            elif kind in RUNNERS and not re.search(r"^\./", body, re.MULTILINE):
                run(kind, body, folder)
            elif kind == "toml":
                assert name == SEEDING, f"{name}: nothing reads toml there"
                read_seeds(body, folder)


def main():
    assert text(README).count("\n") <= README_LINES_MAX, f"the README has more than {README_LINES_MAX} lines"
    for name in files():
        check_links(name)
    check_troubleshooting()
    assert any(kind == "sh" and START in body for kind, body in BLOCK.findall(text(README))), \
        "the README does not start the server"
    server, said = start()
    try:
        for name in files():
            if name not in ELSEWHERE:
                run_file(name, sys.argv[1])
    finally:
        server.send_signal(signal.SIGTERM)
        code = server.wait(30)
    if code:
        sys.exit(f"the server ended with {code}:\n" + "".join(said))
    print(f"ok sh: {START}")


if __name__ == "__main__":
    main()
