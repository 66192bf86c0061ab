"""
A witness that is another gateway: it checks each checkpoint before it says that it has seen it.

    -> breaktime-witness 1 gateway/1f0c9e1b7a445d0c
    <- due 9120
    -> {"@timestamp": ...                   the checkpoint 9120, and those that follow
    <- seen <signature>                     or `refused <why>`, and the end

The peer says which checkpoint it has to have next, so it misses none, also where one of both was
away for longer than anybody remembers: what is missing is read from the log. It signs what it has
seen; so nobody on the way can swallow a checkpoint and say that it came.

Nothing in it is secret: a checkpoint names nobody.
"""

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

from breaktime.audit.checkpoint import hash_of, means_to_be_one, read_checkpoint
from breaktime.audit.raw import log_files, raw_lines
from breaktime.audit.statement import Statement
from breaktime.audit.witnesses.cosign import is_cosigned

SECONDS = 5.0

LONGEST = 16_384
"""Bytes of a line of either side."""

GREETING = "breaktime-witness 1 "

_PLACE = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:\[\]]+):(\d{1,5}) key=([0-9a-f]{64})")
_DUE = re.compile(rb"due (\d{1,18})\n")
_SEEN = re.compile(rb"seen ([0-9a-f]{128})\n")
_REFUSED = re.compile(rb"refused ([ -~]{1,200})\n")


@dataclass(frozen=True, slots=True)
class PeerWitness:
    """
    Another gateway.

    Fields:
        host, port: where it listens for checkpoints.
        key: its public key, 64 hexadecimal digits.
        log: folder of our records, to read from what it does not have yet.
    """

    host: str
    port: int
    key: str
    log: Path = Path()

    @property
    def name(self) -> str:
        """As the configuration calls it, without the key."""
        return f"peer:{self.host}:{self.port}"

    def beside(self, base: Path, log: Path) -> "PeerWitness":  # noqa: ARG002  it has no paths
        """Return the witness for a gateway whose records are in a folder."""
        return replace(self, log=log)

    def tell(self, statement: Statement) -> None:
        """
        Have the peer see a checkpoint, and all that it does not have before it.

        Raises:
            OSError: it cannot be reached, does not take it, or is not who it should be.
        """
        way = socket.create_connection((self.host, self.port), SECONDS)
        with way, way.makefile("rwb") as both:
            file = cast("BinaryIO", both)
            due = int(_asked(file, f"{GREETING}{statement.origin}\n".encode(), _DUE)[1])
            for each in self._from(min(due, statement.epoch), statement):
                signature = _asked(file, each.line + b"\n", _SEEN)[1].decode()
                if not is_cosigned(each, signature, self.key):
                    raise OSError("the answer is not signed with the key of the peer")

    def _from(self, due: int, statement: Statement) -> Iterator[Statement]:
        """Yield the checkpoints from one on up to the one that it is about."""
        missing = range(due, statement.epoch if statement.line else statement.epoch + 1)
        if missing:
            yield from _of_log(self.log, statement.origin, missing)
        if statement.line:
            yield statement


def read_peer(text: str) -> PeerWitness | None:
    """Return the peer that a text names as `HOST:PORT key=HEX`, None where it names none."""
    found = _PLACE.fullmatch(text)
    if found is None or not 0 < int(found[2]) < 1 << 16:
        return None
    return PeerWitness(found[1].strip("[]"), int(found[2]), found[3])


def _of_log(directory: Path, origin: str, epochs: range) -> Iterator[Statement]:
    """
    Yield checkpoints of the log in a folder.

    Raises:
        OSError: it cannot be read, or they are not there.
    """
    due = epochs.start
    for path in log_files(directory):
        for raw in raw_lines(path):
            if not means_to_be_one(raw.line):
                continue
            found = read_checkpoint(raw.line)
            if found is not None and (found.origin, found.epoch) == (origin, due):
                yield Statement(origin, due, hash_of(raw.line), raw.line)
                due += 1
                if due == epochs.stop:
                    return
    raise OSError(f"checkpoint {due} is not in the log any more")


def _asked(file: BinaryIO, what: bytes, answer: re.Pattern[bytes]) -> re.Match[bytes]:
    file.write(what)
    file.flush()
    line = file.readline(LONGEST)
    if (found := answer.fullmatch(line)) is not None:
        return found
    refused = _REFUSED.fullmatch(line)
    raise OSError("the peer does not answer" if refused is None else refused[1].decode())
