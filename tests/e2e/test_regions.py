"""An iterator or NextToken of one region is of no use in another, unless --worlds one makes them one."""

from kinesisd import create_stream, iterator, put, read

ELSEWHERE = {"region": "eu-west-1"}
ITERATOR = (400, "InvalidArgumentException", "Invalid ShardIterator.")
TOKEN = (400, "InvalidArgumentException", "Invalid NextToken.")


def test_an_iterator_is_good_in_its_region_alone(server, name):
    create_stream(server, name)
    put(server, name, "here")
    at = iterator(server, name)
    # Also where there is a stream of that name.
    server.ok("CreateStream", {"StreamName": name, "ShardCount": 1}, **ELSEWHERE)
    assert server.call("GetRecords", {"ShardIterator": at}, **ELSEWHERE).error() == ITERATOR
    page = read(server, at)
    assert len(page["Records"]) == 1
    assert server.call("GetRecords", {"ShardIterator": page["NextShardIterator"]}, **ELSEWHERE).error() == ITERATOR
    server.ok("DeleteStream", {"StreamName": name})
    assert server.call("GetRecords", {"ShardIterator": at}, **ELSEWHERE).error() == ITERATOR


def test_an_iterator_of_another_account_is_denied(server, name):
    create_stream(server, name)
    at = iterator(server, name)
    status, kind, _ = server.call("GetRecords", {"ShardIterator": at}, access_key="123456789012").error()
    assert (status, kind) == (400, "AccessDeniedException")


def test_next_tokens_are_good_in_their_region_alone(start):
    server = start("--transition-ms", "0")
    for where in ({}, ELSEWHERE, {"access_key": "123456789012"}):
        for name in ("a", "b"):
            server.ok("CreateStream", {"StreamName": name, "ShardCount": 2}, **where)
    token = server.ok("ListStreams", {"Limit": 1})["NextToken"]
    assert server.call("ListStreams", {"NextToken": token}, **ELSEWHERE).error() == TOKEN
    assert server.call("ListStreams", {"NextToken": token}, access_key="123456789012").error() == TOKEN
    assert server.ok("ListStreams", {"NextToken": token})["StreamNames"] == ["b"]

    token = server.ok("ListShards", {"StreamName": "a", "MaxResults": 1})["NextToken"]
    assert server.call("ListShards", {"NextToken": token}, **ELSEWHERE).error() == TOKEN
    assert server.call("ListShards", {"NextToken": token}, access_key="123456789012").error()[1] == (
        "AccessDeniedException")
    assert len(server.ok("ListShards", {"NextToken": token})["Shards"]) == 1

    arns = []
    for where in ({}, ELSEWHERE):
        arns.append(server.ok("DescribeStreamSummary", {"StreamName": "a"}, **where)[
            "StreamDescriptionSummary"]["StreamARN"])
        for consumer in ("x", "y"):
            server.ok("RegisterStreamConsumer", {"StreamARN": arns[-1], "ConsumerName": consumer}, **where)
    token = server.ok("ListStreamConsumers", {"StreamARN": arns[0], "MaxResults": 1})["NextToken"]
    assert server.call("ListStreamConsumers", {"StreamARN": arns[1], "NextToken": token}, **ELSEWHERE).error() == TOKEN


def test_one_world_has_one_region(start):
    server = start("--worlds", "one", "--transition-ms", "0")
    for name in ("a", "b"):
        server.ok("CreateStream", {"StreamName": name, "ShardCount": 2})
    put(server, "a", "x")
    assert server.call("GetRecords", {"ShardIterator": iterator(server, "a")}, **ELSEWHERE).status == 200
    token = server.ok("ListStreams", {"Limit": 1})["NextToken"]
    assert server.ok("ListStreams", {"NextToken": token}, **ELSEWHERE)["StreamNames"] == ["b"]
    token = server.ok("ListShards", {"StreamName": "a", "MaxResults": 1})["NextToken"]
    assert len(server.ok("ListShards", {"NextToken": token}, **ELSEWHERE)["Shards"]) == 1


def test_an_iterator_outlives_a_restart_in_its_region(start, tmp_path):
    server = start("--db", tmp_path / "data.db")
    create_stream(server, "s")
    at = iterator(server, "s")
    server.stop()
    server = start("--db", tmp_path / "data.db")
    assert server.call("GetRecords", {"ShardIterator": at}, **ELSEWHERE).error() == ITERATOR
    assert read(server, at)["Records"] == []
