"""CBOR as AWS's clients speak it: bytes are blobs, a `Time` is tag 1 with whole milliseconds."""

import struct


class Time(int):
    """Milliseconds since the epoch."""


class Raw(bytes):
    """An item written already."""


def encode(value, pieces=False):
    """With `pieces` nothing has a length, as the Java SDK writes maps and lists; strings come in two."""
    if isinstance(value, Raw):
        return bytes(value)
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
    if isinstance(value, Time):
        return b"\xc1" + encode(int(value))
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, (str, bytes)):
        major = 3 if isinstance(value, str) else 2
        data = value.encode() if major == 3 else value
        if not pieces:
            return _head(major, len(data)) + data
        half = len(data) // 2
        parts = b"".join(_head(major, len(part)) + part for part in (data[:half], data[half:]))
        return bytes([major << 5 | 31]) + parts + b"\xff"
    items = [item for entry in value.items() for item in entry] if isinstance(value, dict) else value
    body = b"".join(encode(item, pieces) for item in items)
    major = 5 if isinstance(value, dict) else 4
    return bytes([major << 5 | 31]) + body + b"\xff" if pieces else _head(major, len(value)) + body


def _head(major, number):
    for code, (top, form) in {24: (0xff, ">B"), 25: (0xffff, ">H"), 26: (0xffffffff, ">I"),
                              27: (2**64 - 1, ">Q")}.items():
        if number < 24:
            return bytes([major << 5 | number])
        if number <= top:
            return bytes([major << 5 | code]) + struct.pack(form, number)
    raise ValueError(number)


def decode(data):
    """One item and nothing after it, as servers write it: with lengths, and heads as short as can be."""
    value, rest = _item(memoryview(data))
    assert not rest, f"{len(rest)} bytes too many"
    return value


def _item(data):
    major, info = data[0] >> 5, data[0] & 31
    data = data[1:]
    if major == 7:
        return {20: False, 21: True}[info], data
    number = info
    if info >= 24:
        size = {24: 1, 25: 2, 26: 4, 27: 8}[info]
        number = int.from_bytes(data[:size], "big")
        assert number >= (24 if size == 1 else 2 ** (size * 4)), "a head longer than needed"
        data = data[size:]
    if major in (0, 1):
        return number if major == 0 else -1 - number, data
    if major in (2, 3):
        text = bytes(data[:number])
        assert len(text) == number
        return text if major == 2 else text.decode(), data[number:]
    if major == 6:
        assert number == 1
        value, data = _item(data)
        assert type(value) is int
        return Time(value), data
    items = []
    for _ in range(number if major == 4 else 2 * number):
        item, data = _item(data)
        items.append(item)
    return items if major == 4 else dict(zip(items[::2], items[1::2])), data
