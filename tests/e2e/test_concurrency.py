"""Writers and readers at the tip of one shard, all at once: every reader sees every record once, in order."""

import threading

from kinesisd import Connection, Server, b64, create_stream, iterator, read_all

WRITERS, READERS, RECORDS = 8, 4, 200


def write(server, writer, acknowledged, failures):
    try:
        with Connection(server) as connection:
            for i in range(0, RECORDS, 4):
                for single in (i, i + 1):
                    answer = connection.ok("PutRecord", {"StreamName": "s", "Data": b64(f"{writer}-{single}"),
                                                         "PartitionKey": str(writer)})
                    acknowledged[int(answer["SequenceNumber"])] = f"{writer}-{single}"
                pair = [f"{writer}-{i + 2}", f"{writer}-{i + 3}"]
                answer = connection.ok("PutRecords", {"StreamName": "s", "Records": [
                    {"Data": b64(data), "PartitionKey": str(writer)} for data in pair]})
                assert answer["FailedRecordCount"] == 0
                for data, entry in zip(pair, answer["Records"]):
                    acknowledged[int(entry["SequenceNumber"])] = data
    except BaseException as error:  # noqa: BLE001 - a thread's failure is told by the test
        failures.append(error)


def follow(server, at, seen, done, failures, limit):
    try:
        with Connection(server) as connection:
            while True:
                last = done.is_set()
                page = connection.ok("GetRecords", {"ShardIterator": at, "Limit": limit})
                seen += [(int(r["SequenceNumber"]), r["Data"]) for r in page["Records"]]
                at = page["NextShardIterator"]
                if last and not page["Records"]:
                    return
    except BaseException as error:  # noqa: BLE001
        failures.append(error)


def test_eight_writers_and_tip_readers_on_one_shard(tmp_path):
    with Server("--db", tmp_path / "data.db", "--limits", "off", "--threads", 4) as server:
        create_stream(server, "s")
        acknowledged = [{} for _ in range(WRITERS)]
        seen = [[] for _ in range(READERS)]
        failures, done = [], threading.Event()
        tip = iterator(server, "s", "LATEST")
        readers = [threading.Thread(target=follow, args=(server, tip, seen[i], done, failures,
                                                         (1, 7, 100, 10000)[i % 4]))
                   for i in range(READERS)]
        writers = [threading.Thread(target=write, args=(server, i, acknowledged[i], failures))
                   for i in range(WRITERS)]
        for thread in readers + writers:
            thread.start()
        for thread in writers:
            thread.join()
        done.set()
        for thread in readers:
            thread.join()
        assert not failures, failures[0]

        expected = {number: b64(data) for one in acknowledged for number, data in one.items()}
        assert len(expected) == WRITERS * RECORDS, "a sequence number was given twice"
        for one in seen:
            assert one == sorted(expected.items())
        for one in acknowledged:  # each writer's records are in the order it wrote them
            assert [one[number] for number in sorted(one)] == list(one.values())
        stored = [(int(r["SequenceNumber"]), r["Data"]) for r in read_all(server, "s")]
        assert stored == sorted(expected.items())
