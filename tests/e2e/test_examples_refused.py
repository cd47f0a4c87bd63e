"""The examples that start the executable, when it does not start: they say what it said, and no test runs."""

import os
import pathlib
import shutil
import socket
import subprocess
import sys

import pytest

from kinesisd import EXECUTABLE, ROOT, WAIT_S

EXAMPLES = ROOT / "tests/examples"
# As much of JUnit as the extension needs to be compiled and called.
JUNIT = """
package org.junit.jupiter.api.extension;
public interface ExtensionContext {
    ExtensionContext getRoot();
    Store getStore(Namespace namespace);
    enum Namespace { GLOBAL }
    interface Store {
        Object getOrComputeIfAbsent(Object key, java.util.function.Function<Object, Object> make);
    }
}
"""
CALLBACK = """
package org.junit.jupiter.api.extension;
public interface BeforeAllCallback {
    void beforeAll(ExtensionContext context) throws Exception;
}
"""
MAIN = """
import org.junit.jupiter.api.extension.ExtensionContext;
public class Main implements ExtensionContext, ExtensionContext.Store {
    public ExtensionContext getRoot() { return this; }
    public Store getStore(Namespace namespace) { return this; }
    public Object getOrComputeIfAbsent(Object key, java.util.function.Function<Object, Object> make) {
        return make.apply(key);
    }
    public static void main(String[] arguments) throws Exception {
        new Kinesisd().beforeAll(new Main());
        System.out.println("went on to " + System.getProperty("aws.endpointUrlKinesis"));
    }
}
"""
TAKEN = ("Cannot listen on 127.0.0.1:{port}: the port is taken; stop the other program or choose another with "
         "--listen ADDR:PORT (0 means any free port).")


@pytest.fixture
def taken(tmp_path, monkeypatch):
    """`kinesisd` in the PATH wants this port, which is taken; the sentence that it says."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (tmp_path / "bin").mkdir()
        script = tmp_path / "bin/kinesisd"
        script.write_text(f'#!/bin/sh\nexec {EXECUTABLE} "$@" --listen 127.0.0.1:{port}\n')
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
        for name in [name for name in os.environ if name.startswith(("KINESISD_", "AWS_"))]:
            monkeypatch.delenv(name)
        yield TAKEN.format(port=port)


def run(command, folder):
    done = subprocess.run([str(word) for word in command], cwd=folder, stdin=subprocess.DEVNULL, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=3 * WAIT_S)
    return done.returncode, done.stdout


def test_pytest(tmp_path, taken):
    shutil.copy(EXAMPLES / "python/conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text("def test_it():\n    print('went on')\n    assert False\n")
    code, said = run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"], tmp_path)
    assert code == 1 and f"kinesisd did not start: {taken}" in said, said
    assert "1 error in" in said and "went on" not in said


NODE = """require(process.argv[1])().then(
    () => console.log("went on"),
    (error) => console.log("refused:", error.message, process.env.AWS_ENDPOINT_URL_KINESIS, process.env.AWS_REGION));"""


def test_jest(tmp_path, taken):
    code, said = run(["node", "-e", NODE, EXAMPLES / "node/global-setup.js"], tmp_path)
    assert code == 0 and f"refused: kinesisd did not start: {taken}" in said, said
    assert said.endswith("undefined undefined\n") and "went on" not in said


def test_jest_without_the_executable(tmp_path):
    node = pathlib.Path(shutil.which("node"))
    (tmp_path / "node").symlink_to(node.resolve())
    done = subprocess.run([tmp_path / "node", "-e", NODE, EXAMPLES / "node/global-setup.js"], check=False,
                          stdout=subprocess.PIPE, text=True, timeout=WAIT_S, env={"PATH": str(tmp_path)})
    assert done.stdout == ("refused: kinesisd did not start: spawn kinesisd ENOENT undefined undefined\n")


def test_junit(tmp_path, taken):
    api = tmp_path / "org/junit/jupiter/api/extension"
    api.mkdir(parents=True)
    (api / "ExtensionContext.java").write_text(JUNIT)
    (api / "BeforeAllCallback.java").write_text(CALLBACK)
    (tmp_path / "Main.java").write_text(MAIN)
    shutil.copy(EXAMPLES / "java/Kinesisd.java", tmp_path)
    code, said = run(["javac", "-d", tmp_path, *tmp_path.rglob("*.java")], tmp_path)
    assert code == 0, said
    code, said = run(["java", "-cp", tmp_path, "Main"], tmp_path)
    assert code == 1 and f"java.lang.IllegalStateException: {taken}" in said, said
    assert "went on" not in said
