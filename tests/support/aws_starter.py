"""Runs command lines of AWS's command line, which is written in Python, without loading it for each.

Run by the interpreter that AWS's own `aws` names in its first line. Each line of stdin is a list of words in JSON;
for each, in order, comes a line of JSON: its exit code and stdout. Every command line has a process of its own,
forked from this one when everything is loaded.
"""

import json
import os
import sys
import tempfile

from awscli import clidriver


def run(driver, words):
    with tempfile.TemporaryFile() as out:
        child = os.fork()
        if child == 0:
            code = 255
            try:
                os.dup2(out.fileno(), 1)
                os.dup2(os.open(os.devnull, os.O_RDWR), 0)
                os.dup2(0, 2)
                code = driver.main(words)
            except SystemExit as stopped:
                code = stopped.code
            finally:
                sys.stdout.flush()
                os._exit(code or 0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        return code, out.read().decode()


def main():
    driver = clidriver.create_clidriver()
    for line in sys.stdin:
        print(json.dumps(run(driver, json.loads(line))), flush=True)


main()
