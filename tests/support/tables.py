"""Tables of requests and the errors they are answered with."""

import typing

import pytest

import kinesisd

# AWS's own sentence is not known: any will do, but there has to be one.
UNKNOWN = "AWS's text is not known"

VALIDATION = "ValidationException"
ARGUMENT = "InvalidArgumentException"
NOT_FOUND = "ResourceNotFoundException"
IN_USE = "ResourceInUseException"
LIMIT = "LimitExceededException"
SERIALIZATION = "SerializationException"

NAME_PATTERN = "[a-zA-Z0-9_.-]+"
ARN_PATTERN = r"arn:aws.*:kinesis:.*:\d{12}:stream/\S+"
HASH_KEY_PATTERN = r"0|([1-9]\d{0,38})"
SEQUENCE_NUMBER_PATTERN = r"0|([1-9]\d{0,128})"


class Row(typing.NamedTuple):
    why: str
    request: dict
    type: str
    text: str
    status: int = 400


def table(*rows):
    return pytest.mark.parametrize("row", [pytest.param(row, id=row.why) for row in rows])


def check(caller, operation, row):
    answer = caller.call(operation, row.request)
    status, kind, text = answer.error()
    assert (status, kind) == (row.status, row.type), answer
    if row.text == UNKNOWN:
        assert text
    else:
        assert text == row.text
    assert answer.headers["Content-Type"] == kinesisd.JSON


def violations(*items):
    """The text of a ValidationException: `items` are (path, value as printed or None, constraint)."""
    noun = "error" if len(items) == 1 else "errors"
    return f"{len(items)} validation {noun} detected: " + "; ".join(
        f"Value{'' if value is None else ' ' + value} at '{path}' failed to satisfy constraint: {constraint}"
        for path, value, constraint in items)


NOT_NULL = "Member must not be null"


def missing(path):
    return path, "null", NOT_NULL


def min_length(path, value, bound):
    return path, value, f"Member must have length greater than or equal to {bound}"


def max_length(path, value, bound):
    return path, value, f"Member must have length less than or equal to {bound}"


def min_value(path, value, bound):
    return path, f"'{value}'", f"Member must have value greater than or equal to {bound}"


def max_value(path, value, bound):
    return path, f"'{value}'", f"Member must have value less than or equal to {bound}"


def pattern(path, value, expected):
    return path, f"'{value}'", f"Member must satisfy regular expression pattern: {expected}"


def one_of(path, value, *names):
    return path, f"'{value}'", f"Member must satisfy enum value set: [{', '.join(names)}]"


def empty_name(path):
    return pattern(path, "", NAME_PATTERN), min_length(path, "''", 1)
