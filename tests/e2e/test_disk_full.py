"""A disk that takes no more: requests fail with the bare InternalFailure, nothing acknowledged is lost, and
the server goes on by itself when there is space again. A limit on file sizes stands for the full disk."""

import base64
import os
import resource
import signal

from kinesisd import WAIT_S, Connection, b64, create_stream, datas, put, read_all


def small_files():
    # Without the signal, a write beyond the limit fails with EFBIG.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def limit_files(pid, size):
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_full_disk(start, tmp_path):
    db = tmp_path / "data.db"
    server = start("--db", db, "--limits", "off", preexec_fn=small_files)
    create_stream(server, "s")
    stored = [os.urandom(1000)]
    put(server, "s", stored[0])
    limit_files(server.pid, 2 << 20)
    with Connection(server) as connection:
        failures = 0
        for _ in range(400):
            data = base64.b64encode(os.urandom(15_000))
            answer = connection.call("PutRecord", {"StreamName": "s", "Data": b64(data), "PartitionKey": "k"})
            if answer.status == 200:
                stored.append(data)
            else:
                assert (answer.status, answer.body) == (500, b'{"__type":"InternalFailure"}')
                failures += 1
                if failures == 20:
                    break
        assert failures == 20, "8 MB fit into files of 2 MiB"

        many = connection.ok("PutRecords", {"StreamName": "s", "Records": [
            {"Data": b64(b"m" * 20_000), "PartitionKey": "k"} for _ in range(50)]})
        assert many["FailedRecordCount"] == 50
        assert all(r == {"ErrorCode": "InternalFailure", "ErrorMessage": "Internal service failure."}
                   for r in many["Records"])
        assert connection.call("CreateStream", {"StreamName": "t" * 100, "ShardCount": 900}).status == 500

        # Reads go on, and see exactly what was acknowledged.
        assert datas(read_all(connection, "s")) == stored

        limit_files(server.pid, resource.RLIM_INFINITY)
        last = put(connection, "s", "space again")
        stored.append(b"space again")
        assert int(last["SequenceNumber"]) == max(int(r["SequenceNumber"]) for r in read_all(connection, "s"))
        create_stream(connection, "t")
    server.stop()
    server = start("--db", db)
    assert datas(read_all(server, "s")) == stored
    assert server.ok("ListStreams", {})["StreamNames"] == ["s", "t"]


def test_the_end_on_a_full_disk(start, tmp_path):
    """What cannot be brought into one file is left in two; the log says why, and the exit code that it is so."""
    db = tmp_path / "data.db"
    server = start("--db", db, "--limits", "off", "--tls", "off", preexec_fn=small_files)
    create_stream(server, "s")
    stored = [os.urandom(10_000) for _ in range(30)]
    for data in stored:
        put(server, "s", data)
    limit_files(server.pid, db.stat().st_size)
    assert server.call("PutRecord", {"StreamName": "s", "Data": b64(b"x"), "PartitionKey": "k"}).status == 500
    server.process.terminate()
    assert server.process.wait(WAIT_S) == 3
    server.wait_for_line(
        rf"error Cannot bring {db} into one file: disk I/O error \(File too large\); nothing is lost, but part of it "
        rf"is in {db}-wal: keep the two together, and the next start with room on the disk does it\.$")
    for room in (False, True):
        server = start("--db", db, "--tls", "off",
                       preexec_fn=None if room else lambda: (small_files(), limit_files(0, db.stat().st_size)))
        assert datas(read_all(server, "s")) == stored
        if room:
            server.stop()
        else:
            server.kill()
    assert [path.name for path in tmp_path.iterdir()] == ["data.db"]
