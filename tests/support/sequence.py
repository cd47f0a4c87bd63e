"""AWS's 186-bit sequence numbers (version 2), taken apart and put together."""

import typing


class Sequence(typing.NamedTuple):
    created_s: int
    index: int
    record_s: int
    shard: int
    version: int = 2

    def text(self):
        return str(int(f"2{self.created_s:09x}{self.shard & 15:x}{self.index:016x}00"
                       f"{self.record_s:09x}{self.shard:08x}{self.version:x}", 16))


def parse(text):
    digits = f"{int(text):x}"
    assert len(digits) == 47 and digits[0] == "2" and digits[27:29] == "00", digits
    number = Sequence(int(digits[1:10], 16), int(digits[11:27], 16), int(digits[29:38], 16),
                      int(digits[38:46], 16), int(digits[46], 16))
    assert number.text() == text
    return number
