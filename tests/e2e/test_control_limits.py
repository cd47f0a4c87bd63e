"""What --limits all adds: the rates of the control plane and the number of streams that change at a time."""

from kinesisd import ACCOUNT, Connection, create_stream
from service_clock import move
from tables import LIMIT

OF_ACCOUNT = f"Rate exceeded for account {ACCOUNT}."


def of_stream(stream):
    return f"Rate exceeded for stream {stream} under account {ACCOUNT}."


def served(server, operation, request, times, refusal):
    """How many of so many calls at once are served; the others are refused like this."""
    with Connection(server) as connection:
        answers = [connection.call(operation, request) for _ in range(times)]
    refused = [answer.error() for answer in answers if answer.status != 200]
    assert set(refused) <= {refusal}
    assert all(answer.status == 200 for answer in answers[:times - len(refused)])
    return times - len(refused)


# D.1
def test_rates_of_an_account_and_of_a_stream(start):
    server = start("--limits", "all", "--clock", "frozen")
    refusal = (400, LIMIT, OF_ACCOUNT)
    assert served(server, "ListStreams", {}, 50, refusal) == 5
    assert server.call("ListStreams", {}, access_key="111122223333").status == 200
    move(server, advance="1s")
    assert served(server, "ListStreams", {}, 50, refusal) == 5
    move(server, advance="200ms")
    assert served(server, "ListStreams", {}, 50, refusal) == 1

    for stream in ("s", "t", "u"):
        create_stream(server, stream)
    move(server, advance="1s")
    described = {"StreamName": "s"}
    assert served(server, "DescribeStreamSummary", described, 150, (400, LIMIT, of_stream("s"))) == 20

    same_hours = {"StreamName": "t", "RetentionPeriodHours": 24}
    assert served(server, "IncreaseStreamRetentionPeriod", same_hours, 50, (400, LIMIT, of_stream("t"))) == 5
    same = server.call("IncreaseStreamRetentionPeriod", {"StreamName": "u", "RetentionPeriodHours": 24})
    assert same.status == 200, same


# C.1
def test_five_streams_may_be_creating(start):
    server = start("--limits", "all", "--transition-ms", 3_600_000)
    with Connection(server) as connection:
        for i in range(5):
            connection.ok("CreateStream", {"StreamName": f"s{i}", "ShardCount": 1})
        move(server, advance="1s")  # which the rate of calls asks for
        sixth = connection.call("CreateStream", {"StreamName": "s5", "ShardCount": 1})
        assert sixth.error() == (400, LIMIT, (
            "This request would have exceed the limit on the number  of streams that can simultaneously be in "
            f"CREATING or DELETING for the account {ACCOUNT}. Limit: 5."))
        connection.ok("DeleteStream", {"StreamName": "s0"})
        assert connection.ok("ListStreams", {})["StreamNames"] == [f"s{i}" for i in range(5)]


def test_data_leaves_the_control_plane_alone(start):
    server = start("--limits", "data", "--transition-ms", 3_600_000, "--clock", "frozen")
    with Connection(server) as connection:
        for i in range(12):
            connection.ok("CreateStream", {"StreamName": f"s{i}", "ShardCount": 1})
        for _ in range(30):
            connection.ok("ListStreams", {})
