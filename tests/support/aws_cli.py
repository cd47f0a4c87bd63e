"""AWS's own command line, as a measure for ours."""

import json
import os
import pathlib
import subprocess

STARTER = pathlib.Path(__file__).with_name("aws_starter.py")


def find_aws():
    """AWS's command line of version 2, if this machine has it."""
    for folder in [*os.environ["PATH"].split(":"), "/usr/bin"]:
        candidate = pathlib.Path(folder) / "aws"
        if candidate.exists():
            shown = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False)
            if shown.stdout.startswith("aws-cli/2"):
                return candidate
    return None


class Aws:
    """Runs command lines of AWS's, loaded only once where it is written in Python, as Debian has it."""

    def __init__(self, aws, environment, cwd=None):
        self.aws, self.how = aws, {"env": environment, "cwd": cwd}
        self.starter = None
        first = aws.read_bytes().split(b"\n", 1)[0]
        if first.startswith(b"#!") and b"python" in first:
            self.starter = subprocess.Popen([*first[2:].decode().split(), STARTER], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, text=True, **self.how)

    def run(self, words):
        """(exit code, stdout)."""
        if self.starter is None:
            done = subprocess.run([self.aws, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  check=False, **self.how)
            return done.returncode, done.stdout
        print(json.dumps(words), file=self.starter.stdin, flush=True)
        return tuple(json.loads(self.starter.stdout.readline()))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.starter is not None:
            self.starter.communicate()
