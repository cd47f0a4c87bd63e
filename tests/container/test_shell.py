"""The image with a shell: scripts at LocalStack's stages, and what Testcontainers does with LocalStack's image."""

import json

import engine
import pytest

SHELL = "kinesisd:shell"
INIT = "/etc/localstack/init"
CREATE = """#!/bin/sh
curl -sS -o /dev/null -X POST http://localhost:4566/ \\
  -H 'X-Amz-Target: Kinesis_20131202.CreateStream' -H 'Content-Type: application/x-amz-json-1.1' \\
  -H 'Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host, \
Signature=0' -H 'X-Amz-Date: 20260101T000000Z' -d '{"StreamName": "NAME", "ShardCount": 1}'
"""


@pytest.fixture
def scripts(tmp_path):
    """scripts({"ready.d/a.sh": text}) gives the flags that mount them where LocalStack has them."""
    def mount(files, mode=0o755):
        for name, text in files.items():
            path = tmp_path / "init" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(mode)
        return ["--volume", f"{tmp_path / 'init'}:{INIT}"]
    return mount


def said(container, line):
    return container.wait_until(lambda: line in container.log().splitlines(), f"the line {line!r}")


def create(name):
    return CREATE.replace("NAME", name)


def test_it_serves_as_the_other_image_does(run, kinesis):
    def measure():
        container = run(image=SHELL)
        assert kinesis(container.url).list_streams()["StreamNames"] == []
        container.wait_until(
            lambda: engine.podman("healthcheck", "run", container.id, check=False).returncode == 0, "health")
        code, seconds = container.stop()
        assert code == 0
        return seconds

    engine.within(1, measure)


def test_tools_that_need_a_shell_find_one(run):
    container = run(image=SHELL)
    for command in ("sh -c", "bash -c"):
        health = container.exec(*command.split(), "curl -sf http://localhost:4567/_kinesisd/health")
        assert json.loads(health)["status"] == "ok"
    container.exec("wget", "-q", "--spider", "http://localhost:4566/_kinesisd/health")


def test_scripts_run_at_their_stages(run, kinesis, scripts):
    flags = scripts({
        "boot.d/1.sh": "#!/bin/sh\ncurl -s http://localhost:4566/_kinesisd/health || echo boot without a server\n",
        "start.d/1.sh": "echo started\n",
        "ready.d/1.sh": create("first"),
        "ready.d/2.sh": "echo second after $0\n",
        "ready.d/note.txt": "",
        "ready.d/stream.py": "print('no')",
        "shutdown.d/1.sh": "curl -sf http://localhost:4566/_kinesisd/health && echo and goodbye\n"})
    container = run(*flags, image=SHELL)
    said(container, f"{INIT}/ready.d/stream.py is skipped: there is no Python in this image.")
    assert kinesis(container.url).list_streams()["StreamNames"] == ["first"]
    code, _ = container.stop()
    log = container.log()
    assert code == 0
    assert f"{INIT}/ready.d/note.txt is skipped: only files that end in .sh or .py are scripts." in log
    order = ["boot without a server", "started", f"second after {INIT}/ready.d/2.sh", "and goodbye", "Stopping"]
    places = [log.find(text) for text in order]
    assert -1 not in places and places == sorted(places), log


def test_a_script_that_is_not_executable_is_run_by_bash(run, scripts):
    flags = scripts({"ready.d/1.sh": "[[ -n $BASH_VERSION ]] && echo by bash\n"}, mode=0o644)
    said(run(*flags, image=SHELL), "by bash")


def test_a_script_that_fails_does_not_stop_those_after_it(run, scripts):
    flags = scripts({"boot.d/0.sh": "echo early\n", "ready.d/1.sh": "exit 3\n", "ready.d/2.sh": "echo still here\n"})
    container = run(*flags, image=SHELL)
    said(container, "still here")
    assert f"{INIT}/ready.d/1.sh failed with exit code 3." in container.log()
    container.wait_until(lambda: json.loads(container.get("/_localstack/init/ready")[1])["completed"], "completion")
    told = json.loads(container.get("/_localstack/init")[1])
    assert [(script["stage"], script["name"], script["state"]) for script in told["scripts"]] == [
        ("BOOT", "0.sh", "SUCCESSFUL"), ("READY", "1.sh", "ERROR"), ("READY", "2.sh", "SUCCESSFUL")]


def test_a_script_of_localstacks_makes_its_streams(run, kinesis, scripts):
    flags = scripts({"ready.d/1.sh": "#!/bin/bash\nset -e\nawslocal kinesis create-stream --stream-name orders "
                                     "--shard-count 2\naws --endpoint-url=http://localhost:4566 kinesis list-streams\n"
                                     "echo done\n"})
    container = run(*flags, image=SHELL)
    said(container, "done")
    assert len(kinesis(container.url).list_shards(StreamName="orders")["Shards"]) == 2


def test_scripts_of_old_places_are_run_when_ready(run, kinesis, tmp_path):
    script = tmp_path / "streams.sh"
    script.write_text(create("legacy") + "echo done\n")
    container = run("--volume", f"{script}:/docker-entrypoint-initaws.d/streams.sh", image=SHELL)
    said(container, "done")
    assert kinesis(container.url).list_streams()["StreamNames"] == ["legacy"]


def test_a_script_does_not_keep_it_from_stopping(run, scripts):
    flags = scripts({"ready.d/1.sh": "echo long; exec sleep 1000\n"})

    def measure():
        container = run(*flags, image=SHELL)
        said(container, "long")
        code, seconds = container.stop()
        assert code == 0
        return seconds

    engine.within(1.5, measure)


def test_flags_go_to_the_server_and_so_does_its_exit_code_come_back(run, scripts):
    flags = scripts({"ready.d/1.sh": "echo never\n"})
    container = run(*flags, image=SHELL, arguments=["--no-such-flag"], wait=False)
    assert engine.podman("wait", container.id) == "2"
    assert "never" not in container.log()
    assert "--no-such-flag is not a setting" in container.log()


def test_testcontainers_way_of_starting_it(run, kinesis, tmp_path):
    """The entrypoint waits for a script that is copied in once the port is known."""
    wait = "while [ ! -f /testcontainers_start.sh ]; do sleep 0.1; done; /testcontainers_start.sh"
    container = run("--entrypoint", '["sh", "-c"]', "-e", "SERVICES=kinesis", image=SHELL, arguments=[wait],
                    port=4566, wait=False)
    script = tmp_path / "start.sh"
    script.write_text("#!/bin/bash\nexport LOCALSTACK_HOST=127.0.0.1\n/usr/local/bin/docker-entrypoint.sh\n")
    script.chmod(0o777)
    engine.podman("cp", script, f"{container.id}:/testcontainers_start.sh")
    assert kinesis(container.ready().url).list_streams()["StreamNames"] == []
