"""What --limits all adds: the rates of the control plane and the number of streams that change at a time."""

import time

from kinesisd import ACCOUNT, WAIT_S, Connection, create_stream
from tables import LIMIT

OF_ACCOUNT = f"Rate exceeded for account {ACCOUNT}."


def of_stream(stream):
    return f"Rate exceeded for stream {stream} under account {ACCOUNT}."


def refusals(connection, operation, request, times):
    """The errors among the answers to so many calls, and how many seconds those took."""
    begun = time.monotonic()
    answers = [connection.call(operation, request) for _ in range(times)]
    took = time.monotonic() - begun
    return [answer.error() for answer in answers if answer.status != 200], took


def patiently(connection, operation, request):
    """The answer once the rate allows one."""
    deadline = time.monotonic() + WAIT_S
    while True:
        answer = connection.call(operation, request)
        if b"Rate exceeded" not in answer.body:
            return answer
        assert time.monotonic() < deadline
        time.sleep(0.05)


# D.1
def test_rates_of_an_account_and_of_a_stream(start):
    server = start("--limits", "all")
    with Connection(server) as connection, Connection(server, access_key="111122223333") as other:
        refused, took = refusals(connection, "ListStreams", {}, 50)
        assert 50 - 5 - int(took * 5) - 1 <= len(refused) <= 45
        assert refused and set(refused) == {(400, LIMIT, OF_ACCOUNT)}
        assert other.call("ListStreams", {}).status == 200

        create_stream(connection, "s")
        refused, took = refusals(connection, "DescribeStreamSummary", {"StreamName": "s"}, 150)
        assert 150 - 20 - int(took * 20) - 1 <= len(refused)
        assert refused and set(refused) == {(400, LIMIT, of_stream("s"))}

        for stream in ("t", "u"):
            patiently(connection, "CreateStream", {"StreamName": stream, "ShardCount": 1})
            deadline = time.monotonic() + WAIT_S
            while patiently(connection, "ListShards", {"StreamName": stream}).status != 200:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        same_hours = {"StreamName": "t", "RetentionPeriodHours": 24}
        refused, _ = refusals(connection, "IncreaseStreamRetentionPeriod", same_hours, 50)
        assert refused and set(refused) == {(400, LIMIT, of_stream("t"))}
        same = connection.call("IncreaseStreamRetentionPeriod",
                               {"StreamName": "u", "RetentionPeriodHours": 24})
        assert same.status == 200, same


# C.1
def test_five_streams_may_be_creating(start):
    server = start("--limits", "all", "--transition-ms", 10000)
    with Connection(server) as connection:
        for i in range(5):
            connection.ok("CreateStream", {"StreamName": f"s{i}", "ShardCount": 1})
        sixth = patiently(connection, "CreateStream", {"StreamName": "s5", "ShardCount": 1})
        assert sixth.error() == (400, LIMIT, (
            "This request would have exceed the limit on the number  of streams that can simultaneously be in "
            f"CREATING or DELETING for the account {ACCOUNT}. Limit: 5."))
        assert patiently(connection, "DeleteStream", {"StreamName": "s0"}).status == 200
        assert patiently(connection, "ListStreams", {}).json()["StreamNames"] == [f"s{i}" for i in range(5)]


def test_data_leaves_the_control_plane_alone(start):
    server = start("--limits", "data", "--transition-ms", 10000)
    with Connection(server) as connection:
        for i in range(12):
            connection.ok("CreateStream", {"StreamName": f"s{i}", "ShardCount": 1})
        refused, _ = refusals(connection, "ListStreams", {}, 30)
        assert refused == []
