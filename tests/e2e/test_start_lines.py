"""What is said at start, for a log collector in its form."""

import json
import re


def test_with_log_format_json_every_line_is_json(start):
    server = start("--log-format", "json", "--log-level", "warn")
    server.wait_for_line("Ready")
    server.call("ListStreams", {})
    server.stop()
    lines = [json.loads(line) for line in server.output]
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert [line["message"] for line in lines[:1]] == ["Nothing is kept after exit; --db PATH keeps it."]
    said = [line for line in lines if line["message"].startswith(("Listening at http://127.0.0.1:", "Ready."))]
    assert [(line["level"], line["message"].split(":")[0]) for line in said] == [
        ("info", "Listening at http"), ("info", "Ready.")]
