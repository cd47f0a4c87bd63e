"""Runs a client against a fresh server: with_server.py COMMAND... The client finds it in KINESIS_ENDPOINT."""

import os
import subprocess
import sys

import kinesisd

with kinesisd.Server() as server:
    environment = {**os.environ, "KINESIS_ENDPOINT": server.url}
    code = subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    if code:
        print(server.text())
sys.exit(code)
