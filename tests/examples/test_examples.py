"""Every example does what it says. What they need beside the engine is in $EXAMPLES_BUILD."""

import os
import pathlib
import re
import sys

import pytest
import workflow

FOLDER = pathlib.Path(__file__).parent
BUILD = pathlib.Path(os.environ["EXAMPLES_BUILD"])
SUPPORT = FOLDER.parent / "support"
# What names the libraries, which is not for copying.
NOT_FOR_COPYING = {"package.json", "package-lock.json", "pom.xml", "requirements.txt"}
LINES_MAX = 25


def examples():
    return [path for folder in ("compose", "github-actions", "java", "node", "python")
            for path in sorted((FOLDER / folder).iterdir())
            if path.is_file() and path.name not in NOT_FOR_COPYING]


@pytest.mark.parametrize("path", examples(), ids=lambda path: path.name)
def test_an_example_is_short(path):
    assert len(path.read_text().splitlines()) <= LINES_MAX


def test_docker_compose(run, copy_of):
    folder = copy_of("compose")
    try:
        said = run(["docker-compose", "up", "--exit-code-from", "app"], folder)
    finally:
        run(["docker-compose", "down", "--volumes"], folder)
    assert re.search(r"app_1 .*exited with code 0", said), said


def test_github_actions(docker, copy_of):
    workflow.run(copy_of("github-actions") / "test.yaml", docker)


@pytest.mark.parametrize("name", ["test_fixture.py", "test_testcontainers.py"])
def test_python(run, copy_of, name):
    said = run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", name], copy_of("python"))
    assert re.search(r"^1 passed", said, re.MULTILINE), said


def test_node(run, copy_of):
    folder = copy_of("node")
    (folder / "node_modules").symlink_to(BUILD / "node/node_modules")
    said = run(["npm", "test"], folder)
    assert re.search(r"^Tests: +2 passed, 2 total", said, re.MULTILINE), said


def test_java(run, tmp_path):
    said = run([SUPPORT / "java_run", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "org.junit.platform.console.ConsoleLauncher", "execute", "--scan-classpath", "--disable-banner",
                "--disable-ansi-colors"], tmp_path, BUILD=str(BUILD / "java"), TMPDIR=str(tmp_path))
    assert re.search(r"3 tests successful", said), said
