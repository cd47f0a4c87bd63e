"""What cannot be started is refused with one sentence and exit code 2, and has made nothing: no database, no CA,
nothing that listens."""

import hashlib
import os
import socket
import sqlite3
import subprocess
import typing

import pytest

from kinesisd import EXECUTABLE, WAIT_S
from test_restart import check_refused


class Row(typing.NamedTuple):
    why: str
    flags: list  # {dir} stands for the directory of the test, {port} for a port that is taken
    words: list  # of the sentence
    files: dict = {}  # made before, in the directory
    env: dict = {}
    prepare: typing.Callable = None


def read_only(folder):
    (folder / "closed").mkdir(mode=0o500)


def of_another_program(folder):
    with sqlite3.connect(folder / "data.db") as database:
        database.execute("PRAGMA application_id = 7")
        database.execute("CREATE TABLE notes (text)")


def unreadable(folder):
    for name in ("cert.pem", "key.pem"):
        (folder / name).write_text("-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n")


TWICE = '[[streams]]\nname = "a"\nshards = 1\n' * 2
TABLE = [
    Row("unknown flag", ["--limit", "all"],
        ["--limit is not a setting; --limits is one, and kinesisd --help lists the settings."]),
    Row("flag without its value", ["--db"], ["--db needs a value"]),
    Row("bad value of a flag", ["--threads", "many"], ["--threads many: choose a number from 1 to 64."]),
    Row("bad value in the environment", [], ["KINESISD_MEMORY_MB=much: choose a number from 8"],
        env={"KINESISD_MEMORY_MB": "much"}),
    Row("unknown variable", [], ["KINESISD_MEMORY is not a setting; KINESISD_MEMORY_MB is one, and kinesisd --help lists the settings."], env={"KINESISD_MEMORY": "64"}),
    Row("unknown key", ["--config", "{dir}/k.toml"],
        ["k.toml, line 2: memory-gb is not a setting; memory-mb is one, and kinesisd --help lists the settings."],
        files={"k.toml": "# mine\nmemory-gb = 1\n"}),
    Row("wrong type", ["--config", "{dir}/k.toml"], ["k.toml, line 1: shard-limit = []: give one value."],
        files={"k.toml": "shard-limit = []\n"}),
    Row("wrong type of an item", ["--config", "{dir}/k.toml"], ["k.toml, line 1: listen[1] is a table; "],
        files={"k.toml": 'listen = ["127.0.0.1:0", { port = 1 }]\n'}),
    Row("no TOML", ["--config", "{dir}/k.toml"], ["k.toml, line 1 is not TOML: "], files={"k.toml": "threads: 4\n"}),
    Row("a section", ["--config", "{dir}/k.toml"], ["k.toml, line 1: [server]: there are no sections"],
        files={"k.toml": "[server]\nthreads = 4\n"}),
    Row("missing settings file", ["--config", "{dir}/none.toml"], ["none.toml cannot be read (No such file"]),
    Row("a directory for a settings file", ["--config", "{dir}"], ["cannot be read (Is a directory)"]),
    Row("missing start-up file", ["--init", "{dir}/none.toml"],
        ["none.toml cannot be read (No such file or directory); name another file with --init."]),
    Row("a directory for a start-up file", ["--init", "{dir}"], ["cannot be read (Is a directory)"]),
    Row("duplicate stream in the start-up file", ["--init", "{dir}/s.toml"],
        ['s.toml, line 5: streams[1].name is "a" once more, after ', "s.toml, line 1: streams[0]; name each stream"],
        files={"s.toml": TWICE}),
    Row("a start-up file that AWS would refuse", ["--init", "{dir}/s.toml", "--shard-limit", "1"],
        ["s.toml, line 4: streams[1]: ", "shard"],
        files={"s.toml": '[[streams]]\nname = "a"\nshards = 1\n[[streams]]\nname = "b"\nshards = 1\n'}),
    Row("taken port", ["--listen", "127.0.0.1:{port}"], ["Cannot listen on 127.0.0.1:{port}: "]),
    Row("the second of two ports taken", ["--listen", "127.0.0.1:0", "--listen", "127.0.0.1:{port}"],
        ["Cannot listen on 127.0.0.1:{port}: "]),
    Row("taken port and something to do at start", ["--listen", "127.0.0.1:{port}", "--init", "{dir}/s.toml"],
        ["Cannot listen on 127.0.0.1:{port}: "], files={"s.toml": '[[streams]]\nname = "a"\nshards = 1\n'}),
    Row("the same port twice", ["--listen", "127.0.0.1:{free}", "--listen", "127.0.0.1:{free}"],
        ["Cannot listen on 127.0.0.1:{free}: "]),
    Row("an address of another machine", ["--listen", "192.0.2.1:4567"], ["Cannot listen on 192.0.2.1:4567: "]),
    Row("no address", ["--listen", "here"], ["--listen here: choose ADDR:PORT"]),
    Row("unwritable directory", ["--db", "{dir}/closed/data.db"], ["closed/data.db: Permission denied"],
        prepare=read_only),
    Row("a file system that takes no files", ["--db", "/proc/data.db"], ["Cannot open /proc/data.db: "]),
    Row("missing directory", ["--db", "{dir}/none/data.db"], ["none/data.db: No such file or directory"]),
    Row("a directory for a database", ["--db", "{dir}"], ["--db"]),
    Row("database of another program", ["--db", "{dir}/data.db"],
        ["data.db is the database of another program; name another file with --db."], prepare=of_another_program),
    Row("no database", ["--db", "{dir}/data.db"], ["data.db is not a database"], files={"data.db": "text" * 100}),
    Row("a database that was moved away without its WAL", ["--db", "{dir}/data.db"],
        ["{dir}/data.db is empty, but {dir}/data.db-wal holds a part of the database that stood there; put that "
         "database back beside it, or name another file with --db."], files={"data.db-wal": "w" * 5000}),
    Row("missing certificate", ["--tls-cert", "{dir}/cert.pem", "--tls-key", "{dir}/key.pem"],
        ["--tls-cert {dir}/cert.pem cannot be read: No such file or directory"]),
    Row("unreadable certificate", ["--tls-cert", "{dir}/cert.pem", "--tls-key", "{dir}/key.pem"],
        ["cert.pem has no certificate in PEM form"], prepare=unreadable),
    Row("a directory for a certificate", ["--tls-cert", "{dir}", "--tls-key", "{dir}"], ["cannot be read: Is a dir"]),
    Row("certificate without its key", ["--tls-cert", "{dir}/cert.pem"], ["--tls-cert needs --tls-key beside it"]),
    Row("a CA that is damaged", [], ["data.db-ca.key is not what was written there"],
        files={"data.db-ca.key": "x"}),
    Row("missing credentials", ["--credentials", "{dir}/none"], ["{dir}/none"]),
    Row("credentials without keys", ["--credentials", "{dir}/c"], ["{dir}/c"], files={"c": "[default]\n"}),
    Row("unknown key in a file of rules", ["--faults", "{dir}/f.toml"], ["f.toml, line 2: rule[0].probabilty is not known; probability is, and the keys here are id, operation, "],
        files={"f.toml": "[[rule]]\nprobabilty = 1\n"}),
    Row("a rule without its table", ["--faults", "{dir}/f.toml"],
        ["f.toml, line 1: operation stands outside of a rule; write [[rule]] above it."],
        files={"f.toml": 'operation = "PutRecord"\nthrottle = true\n'}),
    Row("missing file of rules", ["--faults", "{dir}/none.toml"], ["name another file with --faults."]),
    Row("no time to start at", ["--start-time", "soon"], ["--start-time soon: choose a date or time"]),
    Row("a file of writes that cannot be", ["--capture", "{dir}/none/c"],
        ["--capture {dir}/none/c cannot be written"]),
    Row("a file of writes, and a start that is refused", ["--capture", "{dir}/c", "--init", "{dir}/s.toml"],
        ["s.toml, line 4: streams[0].retention_hours: Minimum allowed retention period is 24 hours."],
        files={"s.toml": '[[streams]]\nname = "a"\nshards = 1\nretention_hours = 1\n'}),
    Row("a bad value of another emulator's variable", [], ["INITIALIZE_STREAMS=a:b:c: write NAME:SHARDS:REGION"],
        env={"INITIALIZE_STREAMS": "a:b:c"}),
    Row("settings that exclude each other", ["--db", ":memory:", "--durability", "full"],
        ["--durability full needs a disk, and --db :memory: uses none: change one of them."]),
]


def fingerprint(folder):
    """Every file below the folder and what is in it."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def ports():
    """A port that is taken, and one that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with socket.create_server(("127.0.0.1", 0)) as free:
            free_port = free.getsockname()[1]
        yield taken.getsockname()[1], free_port


@pytest.mark.parametrize("row", [pytest.param(row, id=row.why) for row in TABLE])
def test_nothing_is_made_by_a_start_that_is_refused(tmp_path, ports, row):
    if row.prepare is read_only and os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    for name, text in row.files.items():
        (tmp_path / name).write_text(text)
    if row.prepare:
        row.prepare(tmp_path)
    before = fingerprint(tmp_path)

    def fill(text):
        return str(text).replace("{dir}", str(tmp_path)).replace("{port}", str(ports[0])).replace(
            "{free}", str(ports[1]))

    # What the row does not say is such that it would start: data.db in a directory of its own.
    flags = [fill(flag) for flag in row.flags]
    flags = ([] if "--db" in flags else ["--db", str(tmp_path / "data.db")]) + flags
    flags = ([] if "--listen" in flags else ["--listen", "127.0.0.1:0"]) + flags
    clean = {k: v for k, v in os.environ.items() if not k.startswith("KINESISD_")}
    done = subprocess.run([EXECUTABLE, *flags], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=WAIT_S, env={**clean, **row.env}, cwd=tmp_path, check=False)
    check_refused((done.returncode, done.stderr.strip(), done.stdout), *map(fill, row.words))
    assert done.stdout == ""
    assert fingerprint(tmp_path) == before
