"""Starts the real executable and talks to it, for the end-to-end and crash tests and the bench."""

import base64
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEFAULT_EXECUTABLE = ROOT / "build/release/kinesisd"
EXECUTABLE = pathlib.Path(os.environ.get("KINESISD_TEST_EXECUTABLE", DEFAULT_EXECUTABLE)).resolve()
# Sanitizers make everything slower: waits are multiplied, and speed is not judged.
PATIENCE = float(os.environ.get("KINESISD_TEST_PATIENCE", "1"))
WAIT_S = 20 * PATIENCE
# What is in flight gets ten seconds when the server ends: an end that takes less has not waited for it.
SHUTDOWN_S = 9

ACCOUNT = "000000000000"
REGION = "us-east-1"
JSON = "application/x-amz-json-1.1"
TARGET_PREFIX = "Kinesis_20131202."

LISTENING = re.compile(r'Listening at https?://(\S+):(\d+)(?:"\})?\s*$')  # also within a line of JSON
SANITIZER = re.compile(r"runtime error:|(Address|Leak|Thread|UndefinedBehavior)Sanitizer")


class Server:
    """One kinesisd process. `output` holds the lines it has printed so far, stdout and stderr together."""

    def __init__(self, *flags, listen="127.0.0.1:0", env=None, preexec_fn=None, wrap=()):
        command = [*wrap, str(EXECUTABLE)]
        if listen:
            command += ["--listen", listen]
        command += [str(flag) for flag in flags]
        clean = {k: v for k, v in os.environ.items() if not k.startswith("KINESISD_")}
        self.output = []
        self.changed = threading.Condition()
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", env={**clean, **(env or {})}, preexec_fn=preexec_fn)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.addresses = []
        try:
            host, port = LISTENING.search(self.wait_for_line(LISTENING)).groups()
        except BaseException:
            self.kill()
            raise
        self.host, self.port = host.strip("[]"), int(port)

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.output.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def wait_for_line(self, pattern, timeout_s=None):
        """The first line that matches, printed already or soon."""
        deadline = time.monotonic() + (timeout_s or WAIT_S)
        with self.changed:
            seen = 0
            while True:
                for line in self.output[seen:]:
                    if re.search(pattern, line):
                        return line
                seen = len(self.output)
                left = deadline - time.monotonic()
                if left <= 0 or not self.reader.is_alive():
                    raise AssertionError(f"no line like {pattern} in:\n{self.text()}")
                self.changed.wait(min(left, 0.2))

    def text(self):
        return "\n".join(self.output)

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"

    @property
    def pid(self):
        return self.process.pid

    def resident_kib(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def call(self, operation, request, **how):
        connection = Connection(self, **{k: how.pop(k) for k in ("access_key", "region") if k in how})
        with connection:
            return connection.call(operation, request, **how)

    def ok(self, operation, request, **how):
        """The answer's members; anything but 200 fails the test."""
        answer = self.call(operation, request, **how)
        assert answer.status == 200, f"{operation} answered {answer}"
        return answer.json() if answer.body else {}

    def stop(self, sent=signal.SIGTERM):
        """Ends the process as a person would and checks how it went."""
        if self.process.poll() is None:
            self.process.send_signal(sent)
        try:
            code = self.process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running after {sent!r}:\n{self.text()}") from None
        self.reader.join(WAIT_S)
        assert not SANITIZER.search(self.text()), self.text()
        assert code == 0, f"exit code {code}:\n{self.text()}"

    def kill(self):
        """kill -9; returns when the process is gone."""
        self.process.kill()
        self.process.wait()
        self.reader.join(WAIT_S)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
        else:
            self.kill()
            print(self.text())


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def error(self):
        """(status, type, text); the text is None when the answer has no message member."""
        body = self.json()
        return self.status, body.get("__type"), body.get("message", body.get("Message"))

    def __repr__(self):
        return f"{self.status} {self.body[:2000]!r}"


def authorization(access_key="test", region=REGION):
    return (f"AWS4-HMAC-SHA256 Credential={access_key}/20260101/{region}/kinesis/aws4_request, "
            "SignedHeaders=host;x-amz-date;x-amz-target, Signature=" + "0" * 64)


def headers_for(operation, access_key="test", region=REGION):
    return {"X-Amz-Target": TARGET_PREFIX + operation, "Content-Type": JSON,
            "X-Amz-Date": "20260101T000000Z", "Authorization": authorization(access_key, region)}


class Connection:
    """A kept-alive HTTP/1.1 connection; for one thread at a time."""

    def __init__(self, server, access_key="test", region=REGION, timeout_s=None):
        self.access_key, self.region = access_key, region
        self.http = http.client.HTTPConnection(server.host, server.port, timeout=timeout_s or WAIT_S)

    def call(self, operation, request, headers=None):
        """`request` is a dictionary, or a body as bytes."""
        body = request if isinstance(request, bytes) else json.dumps(request).encode()
        return self.send("POST", "/", {**headers_for(operation, self.access_key, self.region),
                                       **(headers or {})}, body)

    def ok(self, operation, request):
        answer = self.call(operation, request)
        assert answer.status == 200, f"{operation} answered {answer}"
        return answer.json() if answer.body else {}

    def send(self, method, path, headers, body):
        self.http.request(method, path, body, headers)
        response = self.http.getresponse()
        return Answer(response.status, response.headers, response.read())

    def close(self):
        self.http.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def b64(data):
    return base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()


def shard_id(index):
    return f"shardId-{index:012}"


def arn(stream, account=ACCOUNT, region=REGION):
    return f"arn:aws:kinesis:{region}:{account}:stream/{stream}"


def create_stream(caller, name, shards=1, **members):
    """Creates a stream and sees it ACTIVE; `caller` is a Server or a Connection."""
    caller.ok("CreateStream", {"StreamName": name, "ShardCount": shards, **members})
    deadline = time.monotonic() + WAIT_S
    while True:
        summary = caller.ok("DescribeStreamSummary", {"StreamName": name})["StreamDescriptionSummary"]
        if summary["StreamStatus"] == "ACTIVE":
            return summary
        assert time.monotonic() < deadline, f"{name} stays {summary['StreamStatus']}"
        time.sleep(0.01)


def put(caller, stream, data, key="k", **members):
    return caller.ok("PutRecord", {"StreamName": stream, "Data": b64(data), "PartitionKey": key, **members})


def iterator(caller, stream, kind="TRIM_HORIZON", shard=0, **members):
    return caller.ok("GetShardIterator", {"StreamName": stream, "ShardId": shard_id(shard),
                                          "ShardIteratorType": kind, **members})["ShardIterator"]


def read(caller, shard_iterator, **members):
    return caller.ok("GetRecords", {"ShardIterator": shard_iterator, **members})


def read_all(caller, stream, shard=0, limit=None):
    """Every record of the shard from the oldest on, until a page reaches the tip."""
    at, records = iterator(caller, stream, shard=shard), []
    while True:
        page = read(caller, at, **({"Limit": limit} if limit else {}))
        records += page["Records"]
        at = page.get("NextShardIterator")
        if at is None or (page["MillisBehindLatest"] == 0 and not page["Records"]):
            return records


def datas(records):
    return [base64.b64decode(record["Data"]) for record in records]
