"""Stops the server at every step it takes on its files: while it lays out a database, brings an old one up to date,
copies its WAL into it, at start, while it serves and at the end.

Each scenario is gone through again and again, and ended by SIGKILL in place of the first, second, third... write,
truncation, sync or removal; then the same with half of that write done, and on a disk that has no room from the
start of it. And it is not ended, but the disk is full from that step on. However it ends, the database opens and
holds everything acknowledged."""

import collections
import ctypes
import http.client
import mmap
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time

from kinesisd import ROOT, WAIT_S, Connection, Server, b64, create_stream, datas, put, read_all

STREAM = "steps"
GONE = (OSError, http.client.HTTPException)  # what a killed server looks like to its clients
KILLED = -signal.SIGKILL
ALL, DATABASE_ONLY = 1, 2  # what is counted
UNFINISHED = 3  # the exit code of a server that could not bring its database into one file
FLAGS = ("--limits", "off", "--tls", "off", "--transition-ms", "0")


class Control(ctypes.Structure):
    """What tests/support/stop_at_step.c is told."""
    _fields_ = [(name, ctypes.c_int64)
                for name in ("armed", "steps", "stop_at", "torn", "full_from", "nothing_fits")]


def build_library(folder):
    library = folder / "stop_at_step.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, ROOT / "tests/support/stop_at_step.c", "-ldl"],
                   check=True)
    return library


class SteppedServer(Server):
    """A server that may end at any moment, also while it starts: `running` says whether it got that far."""

    def __init__(self, database, control, library, network=False):
        sanitizers = os.environ.get("ASAN_OPTIONS", "")
        try:
            super().__init__("--db", database, *FLAGS, env={
                "LD_PRELOAD": str(library), "STOP_AT_STEP_CONTROL": str(control),
                "STOP_AT_STEP_DATABASE": str(database), **({"STOP_AT_STEP_NETWORK": "1"} if network else {}),
                "ASAN_OPTIONS": f"{sanitizers}:verify_asan_link_order=0:detect_leaks=0"})
            self.running = True
        except AssertionError:
            self.running = False

    def end(self):
        """The exit code of a server that was told to end, or has ended by itself."""
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(WAIT_S)
        self.reader.join(WAIT_S)
        return code


class Scenario:
    """`prepare` makes the files it begins with, `act` runs the server and gives what was acknowledged."""
    armed_at_start = True
    counted = ALL
    network = False  # as on a network file system, where the database has a rollback journal and no WAL
    stops_max = 1000  # more are not tried: what follows is alike

    def prepare(self, database):
        self.before = []

    def act(self, server, arm):
        return []


class Creation(Scenario):
    """A new database."""


class Upgrade(Scenario):
    """A database of the first layout."""

    def prepare(self, database):
        self.before = [b"old"]
        schema = (ROOT / "storage/sqlite/schema.hpp").read_text()
        layout = re.search(r'layout_1 = R"sql\((.*?)\)sql"', schema, re.DOTALL)[1]
        application = int(re.search(r"application_id = (0x[0-9a-f]+)", schema)[1], 16)
        now = int(time.time() * 1000)
        with sqlite3.connect(database) as made:
            made.executescript(f"PRAGMA page_size = 8192; {layout}; PRAGMA application_id = {application}; "
                               "PRAGMA user_version = 1;")
            made.execute("INSERT INTO meta VALUES ('seal_key', ?)", (b"k" * 32,))
            made.execute("INSERT INTO meta VALUES ('next_stream_serial', 2), ('next_shard_serial', 2)")
            made.execute("INSERT INTO streams VALUES (1, '000000000000', 'us-east-1', ?, 'PROVISIONED', ?, 24, 1024, "
                         "'', 0, 0)", (STREAM, now))
            made.execute("INSERT INTO shards VALUES (1, 1, 0, '0', ?, NULL, NULL, ?, NULL, ?, NULL, 1)",
                         (str(2**128 - 1), now // 1000, now))
            made.execute("INSERT INTO records VALUES ((1 << 38) | 1, ?, 'k', ?)", (now, b"old"))
        made.close()


class Start(Scenario):
    """A WAL that a killed server has left and that makes the database grow."""

    def prepare(self, database):
        server = Server("--db", database, *FLAGS)
        create_stream(server, STREAM)
        self.before = [os.urandom(20_000) for _ in range(10)]
        for data in self.before:
            put(server, STREAM, data)
        server.kill()


class Close(Scenario):
    """The end of a server on a database that must grow to take in the WAL."""
    armed_at_start = False

    def prepare(self, database):
        self.before = []
        with Server("--db", database, *FLAGS) as server:
            create_stream(server, STREAM)

    def act(self, server, arm):
        acknowledged = [os.urandom(20_000) for _ in range(10)]
        for data in acknowledged:
            put(server, STREAM, data)
        arm()
        return acknowledged


class Checkpoint(Close):
    """The WAL is copied while the server serves; only what is done to the database itself is counted."""
    counted = DATABASE_ONLY
    stops_max = 6
    records = 45  # more than the WAL holds

    def act(self, server, arm):
        arm()
        acknowledged = []
        with Connection(server) as connection:
            for _ in range(self.records):
                data = os.urandom(1_000_000)
                try:
                    answer = connection.call("PutRecord", {"StreamName": STREAM, "Data": b64(data),
                                                           "PartitionKey": "k"})
                except GONE:
                    break
                if answer.status == 200:
                    acknowledged.append(data)
        return acknowledged


class NetworkCreation(Creation):
    network = True


class NetworkUpgrade(Upgrade):
    network = True


class NetworkPuts(Close):
    """Records are put, and the database grows with each."""
    network = True

    def act(self, server, arm):
        arm()
        acknowledged = []
        with Connection(server) as connection:
            for _ in range(3):
                data = os.urandom(20_000)
                try:
                    answer = connection.call("PutRecord", {"StreamName": STREAM, "Data": b64(data),
                                                           "PartitionKey": "k"})
                except GONE:
                    break
                if answer.status == 200:
                    acknowledged.append(data)
        return acknowledged


SCENARIOS = (Creation, Upgrade, Start, Close, Checkpoint, NetworkCreation, NetworkUpgrade, NetworkPuts)


class Walk:
    """One scenario under one kind of end, stop by stop."""

    def __init__(self, scenario, folder, library, torn=False, full=False, fills=False, nothing_fits=False):
        self.scenario, self.library, self.fills = scenario, library, fills
        self.settings = {"torn": torn, "full_from": full, "nothing_fits": nothing_fits}
        self.template, self.work = folder / "template", folder / "work"
        for path in (self.template, self.work):
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir()
        scenario.prepare(self.template / "data.db")
        self.database = self.work / "data.db"
        self.control_file = folder / "control"
        self.control_file.write_bytes(bytes(ctypes.sizeof(Control)))
        with open(self.control_file, "r+b") as file:
            self.mapped = mmap.mmap(file.fileno(), ctypes.sizeof(Control))
        self.control = Control.from_buffer(self.mapped)

    def once(self, step):
        """The exit code of a run that is stopped at this step, checked. 0: it is not stopped."""
        for path in self.work.iterdir():
            path.unlink()
        for path in self.template.iterdir():
            shutil.copy(path, self.work)
        control, scenario = self.control, self.scenario
        control.armed, control.steps, control.stop_at = 0, 0, 0 if self.fills else step
        for name, value in self.settings.items():
            setattr(control, name, value)
        if self.fills:
            control.full_from = step

        def arm():
            control.armed = scenario.counted

        if scenario.armed_at_start:
            arm()
        server = SteppedServer(self.database, self.control_file, self.library, scenario.network)
        acknowledged = scenario.act(server, arm) if server.running else []
        code = server.end()
        control.armed = 0
        try:
            assert code in (0, 2, UNFINISHED, KILLED), f"exit code {code}"
            self.check_words(server, code)
            self.check_content(scenario.before + acknowledged)
        except BaseException:
            print(f"{type(scenario).__name__} {self.settings}, step {step}: exit code {code}\n"
                  f"{server.text()}\n{[(path.name, path.stat().st_size) for path in self.work.iterdir()]}")
            raise
        return code

    def check_words(self, server, code):
        text = server.text()
        assert "damaged" not in text, text
        if code == UNFINISHED:
            assert f"Cannot bring {self.database} into one file: " in text, text
        if code == 2:
            assert re.search(r"^Cannot (lay out|bring|open) .*\.$", text, re.MULTILINE), text
            assert self.settings["full_from"] or self.fills, text
            if not any(self.template.iterdir()):
                assert not any(self.work.iterdir()), "a start that is refused has made files"

    def check_content(self, expected):
        with SteppedServer(self.database, self.control_file, self.library, self.scenario.network) as server:
            assert server.running, server.text()
            if STREAM not in server.ok("ListStreams", {})["StreamNames"]:
                assert not expected
                create_stream(server, STREAM)
            stored = datas(read_all(server, STREAM))
            # What was under way may be there or not.
            assert stored[:len(expected)] == expected, f"{len(stored)} records, {len(expected)} acknowledged"
            assert len(stored) <= len(expected) + 1
            put(server, STREAM, "goes on")
        assert {path.name for path in self.work.iterdir()} == {"data.db"}

    def every_stop(self, stops_max):
        """The steps there are, how many were tried (the first, the last and some between), and how they ended."""
        code = self.once(0)
        assert code in (0, 2, UNFINISHED)
        steps = self.control.steps
        assert steps > 0, "nothing was done that could be stopped"
        stops = min(stops_max, self.scenario.stops_max)
        chosen = sorted({1 + i * (steps - 1) // max(1, stops - 1) for i in range(stops)} | {1})
        ends = collections.Counter(self.once(step) for step in chosen)
        assert ends[KILLED] > 0 or self.fills, "nothing was stopped"
        return steps, len(chosen), dict(ends)

    def close(self):
        del self.control
        self.mapped.close()


KINDS = {
    "killed": {},
    "killed after half a write": {"torn": True},
    "killed without room": {"full": True},
    "killed without room even to overwrite": {"full": True, "nothing_fits": True},
    "out of room": {"fills": True},
    "out of room even to overwrite": {"fills": True, "nothing_fits": True},
}


def kinds_of(scenario, stops_max):
    """The slow scenario is gone through in fewer ways where everything is slower."""
    few = scenario is Checkpoint and stops_max < Checkpoint.stops_max
    return {kind: KINDS[kind] for kind in (("killed", "out of room") if few else KINDS)}


def run(folder, stops_max):
    library = build_library(folder)
    for scenario in SCENARIOS:
        for kind, settings in kinds_of(scenario, stops_max).items():
            begun = time.monotonic()
            walk = Walk(scenario(), folder, library, **settings)
            steps, tried, ends = walk.every_stop(stops_max)
            walk.close()
            print(f"{scenario.__name__.lower()}, {kind}: {tried} of {steps} steps, exit codes {ends}, "
                  f"{time.monotonic() - begun:.1f} s", flush=True)
