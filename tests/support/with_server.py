"""Runs a client against a fresh server: with_server.py COMMAND... The client finds it in KINESIS_ENDPOINT."""

import os
import subprocess
import sys

import kinesisd

with kinesisd.Server() as server:
    code = subprocess.run(sys.argv[1:], env={**os.environ, "KINESIS_ENDPOINT": server.url}, check=False).returncode
    if code:
        print(server.text())
sys.exit(code)
