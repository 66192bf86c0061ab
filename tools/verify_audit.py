"""
Is an audit log of breaktime what was written? A second opinion, which shares no code with it.

    python3 verify_audit.py ANCHOR LOG... [--witness FILE]

ANCHOR holds what `breaktime audit init` printed; LOG are the unpacked files of one log.

A log is lines. A checkpoint ends with ,"sig":"<128 hex digits>"}}} and seals the lines since the
checkpoint before it. Its object breaktime.seal holds:
  origin, epoch   name of the log; number of the checkpoint, from 0 on
  lines, root     how many lines it seals; the tree of RFC 6962 over them: SHA-256, of the byte 0
                  and a line without its end, or of the byte 1 and two hashes
  prev            SHA-256 of the byte 2 and the checkpoint before; 64 zeros in checkpoint 0
  next            the Ed25519 public key of the next checkpoint
Signed is "breaktime checkpoint 1", a line feed, and the line up to the signature; checkpoint 0 with
the key of the anchor. A witness keeps lines breaktime-seal origin=... epoch=... hash=...: the hash
is what the next checkpoint calls prev. Exit status: 0 every line is proved; 1 not, and why.
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNED = re.compile(rb'(.*),"sig":"([0-9a-f]{128})"\}\}\}', re.DOTALL)
NUMBER = re.compile(rb'"sequence": ?(\d{1,18})[,}]')
MARKS = b'"integrity-checkpoint"', b'"seal":{', b',"sig":"'
BAD = InvalidSignature, AttributeError, LookupError, TypeError, ValueError, RecursionError


class WrongError(Exception):
    """It is not what was written."""


def tree(level):
    while len(level) > 1:
        odd = level[len(level) & ~1 :]
        pairs = map(bytes.__add__, level[::2], level[1::2])
        level = [hashlib.sha256(b"\1" + pair).digest() for pair in pairs] + odd
    return level[0] if level else hashlib.sha256(b"").digest()


def first(path):
    with path.open("rb") as file:
        found = NUMBER.search(file.readline(20_000))
    return int(found[1]) if found else 1 << 63


def lines_of(paths):
    for path in sorted(paths, key=first):
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(20_000), b""), 1):
                if not line.endswith(b"\n"):
                    raise WrongError(f"{path}:{number}: half a line, or one that is too long")
                yield f"{path}:{number}", line[:-1]


def verify(anchor, paths, witness=b""):
    origin, key = anchor.split()[1:4:2]
    epoch, prev, leaves, proved, place = 0, "0" * 64, [], 0, "the log"
    saw = rb"origin=" + re.escape(origin).encode() + rb" epoch=(\d+) hash=([0-9a-f]{64})"
    seen = {int(number): hash_.decode() for number, hash_ in re.findall(saw, witness)}
    for place, line in lines_of(paths):
        if not any(mark in line for mark in MARKS):
            leaves += [hashlib.sha256(b"\0" + line).digest()]
            continue
        try:
            text, signature = SIGNED.fullmatch(line).groups()
            seal = json.loads(line)["breaktime"]["seal"]
            public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
            public.verify(bytes.fromhex(signature.decode()), b"breaktime checkpoint 1\n" + text)
            due = origin, epoch, prev, len(leaves), tree(leaves).hex()
            holds = due == tuple(map(seal.get, ("origin", "epoch", "prev", "lines", "root")))
            prev, key = hashlib.sha256(b"\2" + line).hexdigest(), seal["next"]
        except BAD:
            raise WrongError(f"{place}: this checkpoint is not the one that was made") from None
        if not holds or seen.get(epoch, prev) != prev:
            raise WrongError(f"{place}: the lines before it, or what a witness saw, are not these")
        proved, leaves, epoch = proved + len(leaves), [], epoch + 1
    if leaves or prev == "0" * 64 or max(seen, default=-1) >= epoch:
        raise WrongError(f"{place}: {len(leaves)} lines are not sealed, or the end is missing")
    return proved, epoch - 1


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("anchor", type=Path)
    given.add_argument("log", type=Path, nargs="+")
    given.add_argument("--witness", type=Path, default="/dev/null")
    told = given.parse_args()
    try:
        count, last = verify(told.anchor.read_text(), told.log, told.witness.read_bytes())
        print(f"OK: {count} lines are proved, under checkpoints 0 to {last}")
    except WrongError as wrong:
        sys.exit(f"NOT OK: {ascii(str(wrong))[1:-1]}")
