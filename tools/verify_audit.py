#!/usr/bin/env python3
"""
Is an audit log of breaktime what was written? A second opinion, which shares no code with breaktime.

    python3 verify_audit.py ANCHOR LOG... [--witness FILE]

ANCHOR is the file with the line that `breaktime audit init` printed; LOG the files of one log, in
any order, unpacked. It needs Python 3.9 or newer and the package `cryptography`, and nothing else.

A log is lines. Most are records. A *checkpoint* ends with  ,"sig":"<128 hex digits>"}}}  and seals
the lines since the checkpoint before it. In its object breaktime.seal stand:
  origin, epoch  name of the log, and number of the checkpoint, from 0, without a gap
  lines, root    how many lines it seals, and the tree hash over them as in RFC 6962: SHA-256, a line
                 with the byte 0 before it, two hashes with the byte 1; line ends do not count
  prev           SHA-256 of the byte 2 and the whole checkpoint before; 64 zeros in checkpoint 0
  next           the Ed25519 public key of the checkpoint after it
Signed is "breaktime checkpoint 1", a line feed, and the line up to the signature; checkpoint 0 with
the key of the anchor. Checkpoint 0 seals no lines. A *witness* keeps lines  breaktime-seal
origin=... epoch=... hash=...  with the hash that the next checkpoint calls prev.

It says OK and ends with 0 only if every line is under a checkpoint that holds; else it says why and
ends with 1.
"""

import hashlib
import json
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNATURE = re.compile(rb'(.*),"sig":"([0-9a-f]{128})"\}\}\}', re.DOTALL)
NUMBER = re.compile(rb'"sequence": ?(\d{1,18})[,}]')


class Wrong(Exception):
    """The log is not what was written."""


def tree(hashes):
    while len(hashes) > 1:
        pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(hashes[::2], hashes[1::2])]
        hashes = pairs + hashes[len(pairs) * 2 :]
    return hashes[0] if hashes else hashlib.sha256(b"").digest()


def lines_of(names):
    def first(name):
        with open(name, "rb") as file:
            found = NUMBER.search(file.readline(20_000))
        return int(found[1]) if found else 1 << 63

    for name in sorted(names, key=first):
        with open(name, "rb") as file:
            number = 0
            while line := file.readline(20_000):
                number += 1
                if not line.endswith(b"\n"):
                    raise Wrong(f"{name}:{number}: half a line, or one that is too long")
                yield f"{name}:{number}", line[:-1]


def verify(anchor, names, witness=b""):
    """Return how many lines are proved and the number of the last checkpoint, or raise Wrong."""
    word, origin, epoch, key = anchor.split()[:4]
    epoch, prev, leaves, proved, begun, place = int(epoch), "0" * 64, [], 0, False, "no line"
    seen = dict(
        re.findall(
            rb"origin=" + re.escape(origin).encode() + rb" epoch=(\d+) hash=([0-9a-f]{64})", witness
        )
    )
    for place, line in lines_of(names):
        if (
            b'"integrity-checkpoint"' not in line
            and b',"sig":"' not in line
            and b'"seal":{' not in line
        ):
            leaves.append(hashlib.sha256(b"\0" + line).digest())
            continue
        try:
            signed, signature = SIGNATURE.fullmatch(line).groups()
            seal = json.loads(line)["breaktime"]["seal"]
            if (seal["origin"], seal["epoch"]) != (origin, epoch):
                raise Wrong(f"{place}: checkpoint {epoch} of {origin} should be here")
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
                bytes.fromhex(signature.decode()), b"breaktime checkpoint 1\n" + signed
            )
        except (InvalidSignature, AttributeError, KeyError, TypeError, ValueError, RecursionError):
            raise Wrong(f"{place}: this checkpoint does not hold") from None
        if seal["prev"] != prev or (seal["lines"], seal["root"]) != (
            len(leaves),
            tree(leaves).hex(),
        ):
            raise Wrong(f"{place}: the lines before it are not the ones that were sealed")
        prev, key = hashlib.sha256(b"\2" + line).hexdigest(), seal["next"]
        if seen.pop(str(epoch).encode(), prev.encode()) != prev.encode():
            raise Wrong(f"{place}: a witness saw another checkpoint {epoch}")
        proved, leaves, epoch, begun = proved + len(leaves), [], epoch + 1, True
    if leaves or not begun:
        raise Wrong(f"{place}: {len(leaves)} lines before it are under no checkpoint")
    if any(int(later) >= epoch for later in seen):
        raise Wrong(f"{place}: a witness saw later checkpoints than this one: the end is missing")
    return proved, epoch - 1


if __name__ == "__main__":
    given = sys.argv[1:]
    said = (
        open(given.pop(given.index("--witness") + 1), "rb").read() if "--witness" in given else b""
    )
    files = [name for name in given[1:] if name != "--witness"]
    try:
        count, last = verify(open(given[0]).read(), files, said)
    except Wrong as wrong:
        sys.exit(f"NOT OK: {ascii(str(wrong))[1:-1]}")
    print(f"OK: {count} lines are proved, under checkpoints 0 to {last}")
