"""
What a witness is told of a checkpoint: one short line that means nothing to anybody else.

    breaktime-seal origin=gateway/1f0c9e1b7a445d0c epoch=9120 hash=5a30...

No person, no address and no number of records is in it. A witness that keeps these lines, wherever
somebody with power over the gateway cannot reach them, makes it visible when the log is cut, or
written anew.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_LINE = re.compile(rb"breaktime-seal origin=(\S{1,100}) epoch=(\d{1,18}) hash=([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Statement:
    """
    What a witness saw.

    Fields:
        origin: name of the log.
        epoch: number of the checkpoint.
        hash: hash of its line.
        line: the checkpoint itself without its line end, where it is at hand; else empty.
    """

    origin: str
    epoch: int
    hash: str
    line: bytes = field(default=b"", compare=False, repr=False)

    def __str__(self) -> str:
        """Write it as one line, without its end."""
        return f"breaktime-seal origin={self.origin} epoch={self.epoch} hash={self.hash}"


def read_statements(lines: Iterable[bytes]) -> Iterable[Statement]:
    """
    Return what stands in the lines of a witness, whatever else does.

    So the file of a witness will do, as well as what `journalctl` and a syslog server show.
    """
    for line in lines:
        for origin, epoch, hash_ in _LINE.findall(line):
            yield Statement(origin.decode("utf-8", "replace"), int(epoch), hash_.decode())
