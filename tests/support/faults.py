"""Trouble on demand: the rules of a server, over HTTP."""

import json

import kinesisd

PATH = "/_kinesisd/faults"


def call(server, method, rules=None, path=PATH):
    """The answer as it comes."""
    with kinesisd.Connection(server) as connection:
        body = b"" if rules is None else json.dumps(rules).encode()
        return connection.send(method, path, {"Content-Type": "application/json"}, body)


def add(server, *rules):
    """Their ids."""
    answer = call(server, "POST", list(rules))
    assert answer.status == 200, answer
    return answer.json()["ids"]


def listed(server):
    return call(server, "GET").json()["rules"]


def hits(server):
    """How often each rule has hit, by its id."""
    return {rule["id"]: rule["hits"] for rule in listed(server)}
