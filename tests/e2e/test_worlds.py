"""The account comes from a 12-digit access key id, the region from the scope; worlds never meet."""

from kinesisd import ACCOUNT, arn, create_stream, datas, put, read_all


def test_worlds_are_separate(start):
    server = start()
    create_stream(server, "s")
    put(server, "s", "default")
    for world in ({"access_key": "123456789012"}, {"region": "eu-west-1"}):
        account = world.get("access_key", ACCOUNT)
        region = world.get("region", "us-east-1")
        assert server.ok("ListStreams", {}, **world)["StreamNames"] == []
        absent = server.call("DescribeStreamSummary", {"StreamName": "s"}, **world)
        text = f"Stream s under account {account} not found."
        assert absent.error() == (400, "ResourceNotFoundException", text)
        line = server.wait_for_line(r"ResourceNotFoundException.*\bs\b.*us-east-1")
        assert ACCOUNT in line
        server.ok("CreateStream", {"StreamName": "s", "ShardCount": 2}, **world)
        summary = server.ok("DescribeStreamSummary", {"StreamName": "s"}, **world)["StreamDescriptionSummary"]
        assert summary["StreamARN"] == arn("s", account, region)
        assert summary["OpenShardCount"] == 2
    assert datas(read_all(server, "s")) == [b"default"]


def test_only_twelve_digits_are_an_account(start):
    server = start("--account-id", "999988887777")
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1}, region="eu-central-1")
    for key in ("AKIAIOSFODNN7EXAMPLE", "12345678901", "1234567890123", "test"):
        who = {"access_key": key, "region": "eu-central-1"}
        summary = server.ok("DescribeStreamSummary", {"StreamName": "s"}, **who)
        assert summary["StreamDescriptionSummary"]["StreamARN"] == arn("s", "999988887777", "eu-central-1")


def test_every_access_key_can_have_a_world(start):
    server = start("--worlds", "key")
    keys = ("test", "other", "123456789012")
    for shards, key in enumerate(keys, 1):
        server.ok("CreateStream", {"StreamName": "s", "ShardCount": shards}, access_key=key)
    arns = set()
    for shards, key in enumerate(keys, 1):
        summary = server.ok("DescribeStreamSummary", {"StreamName": "s"}, access_key=key)
        summary = summary["StreamDescriptionSummary"]
        assert summary["OpenShardCount"] == shards
        arns.add(summary["StreamARN"])
        # What the server names is found by that name.
        server.ok("ListShards", {"StreamARN": summary["StreamARN"]}, access_key=key)
    assert len(arns) == 3 and arn("s", "123456789012") in arns


def test_all_callers_can_have_one_world(start):
    server = start("--worlds", "one", "--region", "eu-west-1")
    create_stream(server, "s")
    put(server, "s", "same")
    for world in ({"access_key": "123456789012"}, {"region": "ap-south-1"}):
        summary = server.ok("DescribeStreamSummary", {"StreamName": "s"}, **world)["StreamDescriptionSummary"]
        assert summary["StreamARN"] == arn("s", region="eu-west-1")
    assert datas(read_all(server, "s")) == [b"same"]


def test_streams_at_start_are_in_the_one_world(start, tmp_path):
    file = tmp_path / "streams.toml"
    file.write_text('[[streams]]\nname = "s"\naccount = "123456789012"\nregion = "eu-west-1"\nshards = 1\n')
    server = start("--worlds", "one", "--init", file)
    put(server, "s", "found")
    assert datas(read_all(server, "s")) == [b"found"]


def test_arns_of_any_account_and_region_name_what_is_in_the_one_world(start):
    server = start("--worlds", "one")
    create_stream(server, "s")
    elsewhere = arn("s", "123456789012", "eu-west-1")
    for caller in ({}, {"access_key": "999999999999", "region": "ap-south-1"}):
        def ok(operation, **request):
            return server.ok(operation, request, **caller)
        summary = ok("DescribeStreamSummary", StreamARN=elsewhere)["StreamDescriptionSummary"]
        assert summary["StreamARN"] == arn("s")
        ok("TagResource", ResourceARN=elsewhere, Tags={"a": caller.get("region", "")})
        assert ok("ListTagsForResource", ResourceARN=arn("s"))["Tags"] == [
            {"Key": "a", "Value": caller.get("region", "")}]
    made = server.ok("RegisterStreamConsumer", {"StreamARN": elsewhere, "ConsumerName": "c"})["Consumer"]
    assert made["ConsumerARN"].startswith(arn("s"))
    other = made["ConsumerARN"].replace("us-east-1", "eu-west-1")
    described = server.ok("DescribeStreamConsumer", {"ConsumerARN": other})["ConsumerDescription"]
    assert described["ConsumerARN"] == made["ConsumerARN"]
    missing = server.call("DescribeStreamSummary", {"StreamARN": arn("none", "123456789012", "eu-west-1")})
    assert missing.error()[1] == "ResourceNotFoundException"


def test_without_a_scope_the_settings_say_the_region(start):
    server = start("--region", "ap-south-1")
    bare = {"Authorization": "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=a, Signature=b"}
    assert server.call("CreateStream", {"StreamName": "s", "ShardCount": 1}, headers=bare).status == 200
    answer = server.call("DescribeStreamSummary", {"StreamName": "s"}, region="ap-south-1")
    assert answer.json()["StreamDescriptionSummary"]["StreamARN"] == arn("s", region="ap-south-1")
