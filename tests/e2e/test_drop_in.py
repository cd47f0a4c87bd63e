"""What stands in files for kinesalite, kinesis-mock and LocalStack, and what their users notice of it."""

import contextlib
import fcntl
import json
import os
import re
import socket
import ssl

import pytest

from kinesisd import Connection, create_stream, headers_for
from service_clock import move
from test_restart import check_refused, refusal

IMAGE = {"KINESISD_DROP_IN": "1"}
AWS = {"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_ACCOUNT_ID": ""}


@pytest.fixture
def free_ports():
    """Two ports that nobody else gets: bound, but not listened on, they refuse connections until a server listens."""
    with contextlib.ExitStack() as kept:
        ports = []
        for _ in range(2):
            held = kept.enter_context(socket.socket())
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.bind(("127.0.0.1", 0))
            ports.append(held.getsockname()[1])
        yield ports


def get(server, path, port=None):
    with Connection(server) as connection:
        if port:
            connection.http.port = port
        return connection.send("GET", path, {}, None)


def status(server, name):
    return server.ok("DescribeStreamSummary", {"StreamName": name})["StreamDescriptionSummary"]["StreamStatus"]


def check_lasts_an_hour(server, state):
    """The stream s has just come into this state. Seen more than once, it does not last as auto does."""
    assert status(server, "s") == status(server, "s") == state
    move(server, advance="59m")
    assert status(server, "s") == state
    move(server, advance="1m")
    assert status(server, "s") == "ACTIVE"


# One row for a way of saying how long a stream is CREATING: an hour.
@pytest.mark.parametrize("flags, env", [
    (["--createStreamMs", "3600000"], {}),
    (["--createStreamMs=3600000"], {}),
    (["--createStreaMs", "3600000"], {}),
    (["--transition-ms", "auto,create=3600000"], {}),
    ([], {"CREATESTREAMMS": "3600000"}),
    ([], {"CREATE_STREAM_DURATION": "3600000ms"}),
    ([], {"CREATE_STREAM_DURATION": "3599.5s"}),
    ([], {"CREATE_STREAM_DURATION": " 3600000 milliseconds "}),
    ([], {"KINESIS_LATENCY": "3600000"}),
    ([], {"LOCALSTACK_KINESIS_LATENCY": "3600000"}),
    (["--createStreamMs", "3600000"], {"CREATE_STREAM_DURATION": "0"}),
    ([], {"CREATE_STREAM_DURATION": "3600000ms", "KINESIS_LATENCY": "0"}),
    (["--createStreamMs", "3600000"], {"KINESISD_TRANSITION_MS": "0"}),
    ([], {"KINESISD_TRANSITION_MS": "3600000", "CREATE_STREAM_DURATION": "0"}),
])
def test_how_long_a_stream_is_creating(start, flags, env):
    server = start(*flags, env=env)
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    check_lasts_an_hour(server, "CREATING")


@pytest.mark.parametrize("variable, operation, request_of", [
    ("SPLIT_SHARD_DURATION", "SplitShard", {"ShardToSplit": "0", "NewStartingHashKey": "7"}),
    ("UPDATE_SHARD_COUNT_DURATION", "UpdateShardCount", {"TargetShardCount": 2, "ScalingType": "UNIFORM_SCALING"}),
    ("START_STREAM_ENCRYPTION_DURATION", "StartStreamEncryption", {"EncryptionType": "KMS", "KeyId": "k"}),
    ("UPDATESTREAMMS", "IncreaseStreamRetentionPeriod", {"RetentionPeriodHours": 48}),
])
def test_each_change_lasts_as_its_variable_says(start, variable, operation, request_of):
    server = start(env={variable: "3600000"})
    create_stream(server, "s")
    server.ok(operation, {"StreamName": "s", **request_of})
    check_lasts_an_hour(server, "UPDATING")


@pytest.mark.parametrize("env", [{"CREATE_STREAM_DURATION": "Infinity"}, {"CREATE_STREAM_DURATION": "unlimited"}])
def test_a_change_that_never_ends(start, env):
    server = start(env=env)
    server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1})
    for _ in range(2):
        assert status(server, "s") == "CREATING"
        move(server, advance="3650 days")


@pytest.mark.parametrize("flags, env, limit", [
    (["--shardLimit", "3"], {}, 3),
    ([], {"SHARDLIMIT": "3"}, 3),
    ([], {"SHARD_LIMIT": "3"}, 3),
    ([], {"KINESIS_SHARD_LIMIT": "3"}, 3),
    ([], {"SHARD_LIMIT": "3", "KINESISD_SHARD_LIMIT": "4"}, 4),
    (["--shardLimit", "3"], {"KINESISD_SHARD_LIMIT": "4"}, 3),
    (["--shardLimit", "3", "--shard-limit", "5"], {}, 5),
])
def test_limits_of_shards(start, flags, env, limit):
    server = start(*flags, env=env)
    create_stream(server, "s", shards=limit)
    refused = server.call("CreateStream", {"StreamName": "t", "ShardCount": 1}).error()
    assert refused[:2] == (400, "LimitExceededException") and f"Limit: {limit}." in refused[2]


@pytest.mark.parametrize("name", ["ON_DEMAND_STREAM_COUNT_LIMIT", "KINESIS_ON_DEMAND_STREAM_COUNT_LIMIT"])
def test_limits_of_on_demand_streams(start, name):
    server = start(env={name: "0"})
    mode = {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}
    assert server.call("CreateStream", {"StreamName": "s", **mode}).error()[1] == "LimitExceededException"


# Where it listens. P and Q are free ports; in the image they come to what the image listens on.
@pytest.mark.parametrize("flags, env, ports, gone", [
    (["--port", "P"], {}, "P", ""),
    (["-p", "P"], {}, "P", ""),
    (["--port=P"], {"KINESISD_LISTEN": "127.0.0.1:Q"}, "P", "Q"),
    ([], {"KINESIS_MOCK_TLS_PORT": "P", "KINESIS_MOCK_PLAIN_PORT": "Q"}, "PQ", ""),
    ([], {"KINESISD_LISTEN": "127.0.0.1:P", "KINESIS_MOCK_TLS_PORT": "Q"}, "P", "Q"),
    ([], {**IMAGE, "KINESISD_LISTEN": "127.0.0.1:P", "KINESIS_MOCK_TLS_PORT": "Q"}, "PQ", ""),
    ([], {**IMAGE, "KINESISD_LISTEN": "127.0.0.1:P", "PORT": "Q"}, "PQ", ""),
    ([], {**IMAGE, "KINESISD_LISTEN": "127.0.0.1:P", "EDGE_PORT": "Q"}, "PQ", ""),
    ([], {**IMAGE, "KINESISD_LISTEN": "127.0.0.1:P", "GATEWAY_LISTEN": "127.0.0.1:Q"}, "PQ", ""),
    ([], {**IMAGE, "KINESISD_LISTEN": "0.0.0.0:P", "GATEWAY_LISTEN": "0.0.0.0:P,:Q"}, "PQ", ""),
    (["--port", "Q"], {**IMAGE, "KINESISD_LISTEN": "0.0.0.0:P,[::]:P"}, "PQ", ""),
    (["--port", "P"], {**IMAGE, "KINESISD_LISTEN": "0.0.0.0:P,[::]:P"}, "P", ""),
    ([], {"KINESISD_LISTEN": "127.0.0.1:P", "PORT": "Q", "EDGE_PORT": "Q", "GATEWAY_LISTEN": ":Q"}, "P", "Q"),
])
def test_ports(start, free_ports, flags, env, ports, gone):
    number = dict(zip("PQ", map(str, free_ports)))

    def numbered(text):
        return re.sub(r"\b[PQ]\b", lambda m: number[m[0]], text)

    server = start(*map(numbered, flags), listen=None, env={k: numbered(v) for k, v in env.items()})
    for port in ports:
        assert get(server, "/healthcheck", int(number[port])).status == 200
    for port in gone:
        with pytest.raises(ConnectionRefusedError):
            get(server, "/healthcheck", int(number[port]))


@pytest.mark.parametrize("wrapped", [
    ["--", "/usr/src/app/node_modules/kinesalite/cli.js"], ["kinesalite"], ["/usr/bin/node", "cli.js"],
    ["node", "main.js"]])
def test_commands_of_other_images(start, free_ports, wrapped):
    port = free_ports[0]
    server = start(*wrapped, "--port", port, "--ssl", listen=None)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port)) as plain, context.wrap_socket(plain) as secure:
        assert secure.version()
    assert server.port == port


@pytest.mark.parametrize("flags, env, file", [
    (["--path", "F/data"], {}, "F/data/kinesisd.db"),
    (["--path", "F/data"], {"KINESISD_DB": "F/other.db"}, "F/data/kinesisd.db"),
    (["--path", "F/data", "--db", "F/other.db"], {}, "F/other.db"),
    ([], {**IMAGE, "KPATH": "F/data"}, "F/data/kinesisd.db"),
    ([], {"SHOULD_PERSIST_DATA": "true", "PERSIST_PATH": "F/data"}, "F/data/kinesisd.db"),
    ([], {"SHOULD_PERSIST_DATA": "true", "PERSIST_PATH": "F", "PERSIST_FILE_NAME": "my.json"}, "F/my.db"),
    ([], {**IMAGE, "DATA_DIR": "F/data"}, "F/data/kinesisd.db"),
    ([], {"KINESISD_DB": "F/ours.db", "SHOULD_PERSIST_DATA": "1", "PERSIST_PATH": "F"}, "F/ours.db"),
])
def test_what_is_kept(start, tmp_path, flags, env, file):
    def placed(text):
        return text.replace("F/", f"{tmp_path}/") if "F/" in text else re.sub("^F$", str(tmp_path), text)

    for streams in ([], ["s"]):
        server = start(*map(placed, flags), env={k: placed(v) for k, v in env.items()})
        assert server.ok("ListStreams", {})["StreamNames"] == streams
        if not streams:
            create_stream(server, "s")
        server.stop()
    assert os.path.exists(placed(file))


@pytest.mark.parametrize("env", [
    {"KPATH": "F"}, {"DATA_DIR": "F"}, {"SHOULD_PERSIST_DATA": "false", "PERSIST_PATH": "F"},
    {**IMAGE, "DATA_DIR": "F", "KINESIS_PERSISTENCE": "0"}, {"PERSIST_PATH": "F"},
    {"KINESISD_DB_IF_MOUNTED": "F"}])
def test_what_is_not_kept(start, tmp_path, env):
    server = start(env={k: v.replace("F", str(tmp_path)) for k, v in env.items()})
    server.wait_for_line("Nothing is kept after exit")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written(start):
    folder = "/proc/no-such-folder"
    check_refused(refusal("--path", folder), "--path", folder)
    server = start("--path", folder, env=IMAGE)
    assert folder in server.wait_for_line("asks to keep everything in")
    server.wait_for_line("Nothing is kept after exit")


@pytest.fixture
def mounted():
    """A folder where something is mounted; no other run of these tests is in it."""
    if not os.path.ismount("/dev/shm"):
        pytest.skip("no folder to try it with")
    folder = os.open("/dev/shm", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if os.path.exists("/dev/shm/kinesisd.db"):
            pytest.skip("somebody keeps streams there")
        yield
    finally:
        os.close(folder)


def test_a_folder_with_something_mounted_there(start, mounted):
    # Nothing is left there.
    server = start(env={"KINESISD_DB_IF_MOUNTED": "/dev/shm"})
    try:
        assert os.path.exists("/dev/shm/kinesisd.db")
    finally:
        server.stop()
        for file in os.listdir("/dev/shm"):
            if file.startswith("kinesisd.db"):
                os.unlink(f"/dev/shm/{file}")


@pytest.mark.parametrize("env, level", [
    ({**IMAGE, "LOG_LEVEL": "DEBUG"}, "debug"), ({"LS_LOG": "trace"}, "debug"), ({**IMAGE, "DEBUG": "1"}, "debug"),
    ({"LS_LOG": "warning"}, "warn"), ({"KINESIS_MOCK_LOG_LEVEL": "ERROR"}, "error"),
    ({"LOG_LEVEL": "DEBUG", "DEBUG": "1"}, "info"), ({**IMAGE, "DEBUG": "express:*"}, "info"),
    ({**IMAGE, "DEBUG": "1", "KINESISD_LOG_LEVEL": "info"}, "info"),
])
def test_how_much_is_logged(start, env, level):
    server = start(env=env)
    server.ok("ListStreams", {})
    server.call("DescribeStream", {"StreamName": "none"})
    server.stop()
    assert ("ListStreams" in server.text()) == (level == "debug")
    assert ("DescribeStream" in server.text()) == (level in ("debug", "info"))


@pytest.mark.parametrize("env, words", [
    ({**IMAGE, "SERVICES": "kinesis,s3:4572 dynamodb"}, ["SERVICES", "s3, dynamodb"]),
    ({**IMAGE, "LOCALSTACK_SERVICES": '"s3"'}, ["SERVICES", "s3"]),
    ({"KINESIS_PROVIDER": "kinesalite"}, ["KINESIS_PROVIDER"]),
    ({"KINESIS_MOCK_CERT_PATH": "server.json", "KINESIS_PROVIDER": "x"}, ["KINESIS_MOCK_CERT_PATH", "KINESIS_PROVIDER"]),
    ({"LOAD_DATA_IF_EXISTS": "false"}, ["LOAD_DATA_IF_EXISTS"]),
])
def test_what_is_not_honoured_is_named_in_one_warning(start, env, words):
    server = start(env=env)
    line = server.wait_for_line("this has no effect")
    assert all(word in line for word in words), line
    assert server.text().count("no effect") == 1


@pytest.mark.parametrize("env", [
    {**IMAGE, "SERVICES": "kinesis"}, {**IMAGE, "SERVICES": "kinesis, sts,cloudwatch"}, {"SERVICES": "s3"},
    {**IMAGE, "SERVICES": " ", "DATA_DIR": " ", "KINESIS_ERROR_PROBABILITY": " "},
    {"KINESIS_MOCK_MAXIMUM_HEAP_SIZE": "512m", "PERSIST_INTERVAL": "5s", "ROOT_LOG_LEVEL": "ERROR"},
    {"PORT": "none", "LOG_LEVEL": "loud", "LOCALSTACK_HOST": "//", "USE_SSL": "maybe", "PERSISTENCE": "?"},
    {**IMAGE, "USE_SSL": "1", "DEBUG": "0", "LOCALSTACK_HOST": "localstack:4566", "KINESIS_LATENCY": "0"},
])
def test_what_goes_without_saying(start, env):
    server = start(env={**AWS, **env})
    server.ok("ListStreams", {})
    server.stop()
    assert "warn" not in server.text().lower()


@pytest.mark.parametrize("flags, env, words", [
    (["--createStreamMs", "soon"], {}, ["--createStreamMs soon"]),
    (["--port", "99999"], {}, ["--port 99999"]),
    (["--port"], {}, ["--port needs a value"]),
    (["--path"], {}, ["--path needs a value"]),
    (["--shardLimit", "few"], {}, ["--shardLimit few"]),
    (["--ssl=perhaps"], {}, ["--ssl perhaps"]),
    ([], {"CREATE_STREAM_DURATION": "soon"}, ["CREATE_STREAM_DURATION=soon", "500ms"]),
    ([], {"INITIALIZE_STREAMS": "a:b:c:d"}, ["INITIALIZE_STREAMS=a:b:c:d", "NAME:SHARDS:REGION"]),
    ([], {"INITIALIZE_STREAMS": "a:none"}, ["INITIALIZE_STREAMS=a:none"]),
    ([], {"SHARD_LIMIT": "-1"}, ["SHARD_LIMIT=-1"]),
    ([], {"SHOULD_PERSIST_DATA": "perhaps"}, ["SHOULD_PERSIST_DATA=perhaps"]),
    ([], {"KINESIS_MOCK_TLS_PORT": "0"}, ["KINESIS_MOCK_TLS_PORT=0"]),
    ([], {"KINESIS_ERROR_PROBABILITY": "2"}, ["KINESIS_ERROR_PROBABILITY=2"]),
    ([], {"CUSTOM_SSL_CERT_PATH": "/no/such.pem"}, ["CUSTOM_SSL_CERT_PATH=/no/such.pem cannot be read: No such file or directory; name a file in PEM form."]),
    ([], {**IMAGE, "AWS_REGION": "Nowhere!"}, ["AWS_REGION=Nowhere!"]),
    ([], {**IMAGE, "LOCALSTACK_HOST": "a b"}, ["LOCALSTACK_HOST=a b"]),
    ([], {**IMAGE, "LOG_LEVEL": "loud"}, ["LOG_LEVEL=loud"]),
    ([], {**IMAGE, "GATEWAY_LISTEN": "everywhere"}, ["GATEWAY_LISTEN=everywhere"]),
])
def test_a_wrong_value_is_one_sentence(flags, env, words):
    check_refused(refusal(*flags, env={**AWS, **env}), *words)


def test_the_machines_own_aws_variables_do_no_harm(start):
    server = start(env={"AWS_REGION": "Nowhere!", "AWS_ACCOUNT_ID": "1234-5678-9012"})
    assert "AWS_REGION=Nowhere!" in server.wait_for_line("AWS_REGION.*passed over")
    server.wait_for_line("AWS_ACCOUNT_ID.*passed over")


@pytest.mark.parametrize("flags, env, lines", [
    ([], {"KINESIS_MOCK_TLS_PORT": "P", "KINESIS_MOCK_PLAIN_PORT": "Q"},
     ["Starting Kinesis TLS Mock Service on port P", "Starting Kinesis Plain Mock Service on port Q"]),
    ([], {**IMAGE, "KINESISD_LISTEN": "127.0.0.1:P", "KINESIS_MOCK_PLAIN_PORT": "Q"},
     ["Starting Kinesis Plain Mock Service on port Q"]),
    (["--ssl", "--port", "Q"], {**IMAGE, "KINESISD_LISTEN": "127.0.0.1:P"}, ["Listening at https://:::Q"]),
    (["--port", "Q"], {**IMAGE, "KINESISD_LISTEN": "127.0.0.1:P"}, ["Listening at http://:::Q"]),
    (["--port", "P"], {}, ["Listening at http"]),
])
def test_lines_that_users_wait_for(start, free_ports, flags, env, lines):
    number = dict(zip("PQ", map(str, free_ports)))

    def numbered(text):
        return re.sub(r"\b[PQ]\b", lambda m: number[m[0]], text)

    server = start(*map(numbered, flags), listen=None, env={k: numbered(v) for k, v in env.items()})
    for line in lines:
        server.wait_for_line("^" + re.escape(numbered(line)))


def test_the_certificate_of_localstack(start, tmp_path):
    """CUSTOM_SSL_CERT_PATH: certificate and key in one file."""
    made = start("--db", tmp_path / "k.db")
    made.stop()
    pem = tmp_path / "server.test.pem"
    pem.write_text((tmp_path / "k.db-ca.key").read_text() + (tmp_path / "k.db-ca.pem").read_text())
    server = start(env={"CUSTOM_SSL_CERT_PATH": str(pem)})
    server.wait_for_line(f"certificate of {pem}")


@pytest.mark.parametrize("holds, said", [
    ([], "CUSTOM_SSL_CERT_PATH={pem} has no certificate in PEM form; name a file that begins with the server's own."),
    (["a.db-ca.pem"], "CUSTOM_SSL_CERT_PATH={pem} has no key in PEM form; name a file with the private key, without "
     "a passphrase."),
    (["a.db-ca.pem", "b.db-ca.key"], "The key in CUSTOM_SSL_CERT_PATH={pem} is not that of its first certificate; "
     "name a file in which they belong together."),
])
def test_a_wrong_certificate_of_localstack_names_its_variable(start, tmp_path, holds, said):
    for name in ("a.db", "b.db"):
        start("--db", tmp_path / name).stop()
    pem = tmp_path / "server.test.pem"
    pem.write_text("".join((tmp_path / name).read_text() for name in holds))
    check_refused(refusal("--listen", "127.0.0.1:0", env={"CUSTOM_SSL_CERT_PATH": str(pem)}), said.format(pem=pem))


def test_names_of_the_certificate(start, tmp_path):
    server = start(env={**IMAGE, "LOCALSTACK_HOST": "my-stack.test:4566", "HOSTNAME_EXTERNAL": "other.test"})
    authority = tmp_path / "ca.pem"
    authority.write_bytes(get(server, "/_kinesisd/ca.pem").body)
    context = ssl.create_default_context(cafile=authority)
    with socket.create_connection((server.host, server.port)) as plain:
        with context.wrap_socket(plain, server_hostname="localhost.localstack.cloud") as secure:
            names = {name for _, name in secure.getpeercert()["subjectAltName"]}
    assert {"my-stack.test", "other.test", "localhost.localstack.cloud", "*.localhost.localstack.cloud"} <= names


def test_health_as_others_have_it(server, start):
    assert get(server, "/healthcheck").status == 200
    fresh = start()
    health = get(fresh, "/_localstack/health")
    assert health.status == 200 and b'"kinesis": "available"' in health.body
    assert get(fresh, "/health").json()["services"] == {"kinesis": "running"}
    create_stream(fresh, "s")
    health = get(fresh, "/_localstack/health").json()
    assert health["services"] == {"kinesis": "running"}
    assert health["edition"] == "community" and health["version"]
    info = get(fresh, "/_localstack/info").json()
    assert info["edition"] == "community" and info["uptime"] >= 0 and isinstance(info["is_docker"], bool)


def test_init_without_scripts(start):
    server = start()
    assert get(server, "/_localstack/init").json() == {
        "completed": {"BOOT": True, "START": True, "READY": True, "SHUTDOWN": False}, "scripts": []}
    assert b'"completed": true' in get(server, "/_localstack/init/ready").body
    assert get(server, "/_localstack/init/later").status == 404


def tell(server, **what):
    with Connection(server) as connection:
        return connection.send("PUT", "/_kinesisd/scripts", {"Content-Type": "application/json"},
                               json.dumps(what).encode())


def test_init_scripts_of_an_image(start):
    server = start(env={"KINESISD_INIT_SCRIPTS": "1"})
    assert get(server, "/_localstack/init").json()["completed"] == {
        "BOOT": False, "START": False, "READY": False, "SHUTDOWN": False}
    assert tell(server, stage="BOOT", completed=True).status == 200
    assert tell(server, stage="READY", name='a "b".sh', state="RUNNING").status == 200
    running = {"stage": "READY", "name": 'a "b".sh', "state": "RUNNING"}
    assert get(server, "/_localstack/init/ready").json() == {"completed": False, "scripts": [running]}
    assert get(server, "/_localstack/init/boot").json() == {"completed": True, "scripts": []}
    assert tell(server, stage="READY", name='a "b".sh', state="SUCCESSFUL").status == 200
    assert tell(server, stage="READY", completed=True).status == 200
    done = {**running, "state": "SUCCESSFUL"}
    assert get(server, "/_localstack/init/READY").json() == {"completed": True, "scripts": [done]}
    assert get(server, "/_localstack/init").json()["scripts"] == [done]


@pytest.mark.parametrize("what, word", [
    ({"stage": "LATER", "completed": True}, "LATER"), ({"stage": "READY"}, "name"),
    ({"stage": "READY", "name": "x.sh", "state": "GOOD"}, "GOOD"),
    ({"stage": "READY", "completed": False}, "completed"), ({"stage": "READY", "nmae": "x"}, "nmae")])
def test_what_is_not_told_well(server, what, word):
    answer = tell(server, **what)
    assert answer.status == 400 and word in answer.json()["error"]


def test_errors_at_random(start):
    server = start(env={"KINESIS_ERROR_PROBABILITY": "1"})
    create_stream(server, "s")
    record = {"Data": "YQ==", "PartitionKey": "k"}
    refused = server.call("PutRecord", {"StreamName": "s", **record}).error()
    assert refused[:2] == (400, "ProvisionedThroughputExceededException")
    put = server.ok("PutRecords", {"StreamName": "s", "Records": [record, record]})
    assert put["FailedRecordCount"] == 2
    assert {one["ErrorCode"] for one in put["Records"]} == {"ProvisionedThroughputExceededException"}


@pytest.mark.parametrize("flags, env, seen", [
    (["--createStreamMs", "0"], {}, ["s"]),
    (["--shardLimit", "9"], {"KINESISD_WORLDS": "account"}, ["s"]),
    ([], {"DELETESTREAMMS": "5"}, ["s"]),
    (["--createStreamMs", "0", "--worlds", "account"], {}, []),
    ([], {"DELETESTREAMMS": "5", "KINESISD_WORLDS": "account"}, []),
    ([], {"CREATE_STREAM_DURATION": "0"}, []),
])
def test_one_namespace_as_kinesalite_has_it(start, flags, env, seen):
    server = start(*flags, env=env)
    create_stream(server, "s")
    with Connection(server, access_key="111122223333", region="eu-west-1") as elsewhere:
        assert elsewhere.ok("ListStreams", {})["StreamNames"] == seen


def test_motos_reset(start):
    server = start("--transition-ms", "60000")
    for where in ({}, {"region": "eu-west-1"}, {"access_key": "123456789012"}):
        server.ok("CreateStream", {"StreamName": "s", "ShardCount": 1}, **where)

    def reset(headers=None, body=None, method="POST"):
        with Connection(server) as connection:
            return connection.send(method, "/moto-api/reset", headers or {}, body)

    # Not for a web page, by the rules of /_kinesisd/reset.
    for headers, body, status in (({"Origin": "https://evil.example"}, None, 403), ({"Host": "evil.example"}, None, 403),
                                  ({"Origin": f"http://{server.host}:3000"}, None, 415),
                                  ({"Content-Type": "text/plain"}, b"x", 415)):
        assert reset(headers, body).status == status
    assert server.ok("ListStreams", {})["StreamNames"] == ["s"]
    answer = reset()
    assert (answer.status, answer.body) == (200, b'{"status": "ok"}\n')
    for where in ({}, {"region": "eu-west-1"}, {"access_key": "123456789012"}):
        assert server.ok("ListStreams", {}, **where)["StreamNames"] == []
    assert reset({"Content-Type": "application/json"}, b"{}").status == 200
    # The path is the API's for its calls.
    assert (reset(method="GET").status, reset(method="OPTIONS").status) == (405, 405)
    with Connection(server) as connection:
        listed = connection.send("POST", "/moto-api/reset", headers_for("ListStreams"), b"{}")
    assert (listed.status, listed.json()["StreamNames"]) == (200, [])
