"""
Is an audit log of breaktime what was written? A second opinion, which shares no code with it:
    python3 verify_audit.py ANCHOR LOG... [--witness FILE]
ANCHOR holds what `breaktime audit init` printed; LOG are the unpacked files of one log. Its lines
are records and checkpoints. A checkpoint ends with ,"sig":"<128 hex digits>"}}} and seals the lines
since the one before. Its object breaktime.seal holds:
  origin, epoch   name of the log; number of the checkpoint, from 0 on
  lines, root     number of lines; tree of RFC 6962 over them: SHA-256 of the byte 0 and a line
                  without its end, or of the byte 1 and two hashes
  prev, next      SHA-256 of the byte 2 and the checkpoint before, or 64 zeros; an Ed25519 key
Signed is "breaktime checkpoint 1", a line feed, and the line up to the signature, with the key of
the anchor, then each time the next. What a witness keeps as hash, the next checkpoint calls prev.
{"breaktime":{"purged":["<purge>","<hash>"]},... is left of a deleted line, and has its hash in the
tree; the sealed record audit-purged of that purge has the SHA-256 over all that is left by it, the
file with its day, and the rule: so many days had to be over.
Exit status: 0 every line is proved, or deleted as a sealed record says; 1 not, and why.
"""

import argparse
import json
import re
from datetime import date
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNED = rb'(?s)(.*),"sig":"([0-9a-f]{128})"\}\}\}'
MARKS = b'"integrity-checkpoint"', b'"seal":{', b',"sig":"'
STONE = rb'\{"breaktime":\{"purged":\["(\w{32})","([0-9a-f]{64})"\]\},"event":\{"sequence":\d+\}\}'
ORDER = rb'"(.{10})T.*"action":"audit-purged",.*"id":"(\w{32})","lines":\d+,"digest":"(\w{64})",'
ORDER += rb'"rule":"((?:\w+: \d+ days(?:, )?)+)"\}.*"path":"[^"]*(\d{4}-\d\d-\d\d)(?:-\d+)?\.jsonl'


def tree(level):
    while len(level) > 1:
        pairs, odd = map(bytes.__add__, level[::2], level[1::2]), level[len(level) & ~1 :]
        level = [sha256(b"\1" + pair).digest() for pair in pairs] + odd
    return level[0] if level else sha256(b"").digest()


def first(path):
    with path.open("rb") as file:
        found = re.search(rb'"sequence": ?(\d{1,18})[,}]', file.readline(20_000))
    return int(found[1]) if found else 1 << 63


def lines_of(paths):
    for path in sorted(paths, key=first):
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(20_000), b""), 1):
                if not line.endswith(b"\n"):
                    raise SystemExit(f"NOT OK: {path!a}:{number}: half a line, or far too long")
                yield f"NOT OK: {path!a}:{number}", line[:-1]


def verify(anchor, paths, witness=b""):
    origin, key = anchor.split()[1:4:2]
    epoch, prev, leaves, proved, deleted = 0, "0" * 64, [], 0, 0
    place, gone, orders = "NOT OK", {}, []
    saw = rb"origin=" + re.escape(origin).encode() + rb" epoch=(\d+) hash=([0-9a-f]{64})"
    seen = {int(number): hash_.decode() for number, hash_ in re.findall(saw, witness)}
    for place, line in lines_of(paths):
        try:
            if not any(mark in line for mark in MARKS):
                for at, purge, hash_, rule, day in re.findall(ORDER, line):
                    age = date.fromisoformat(at.decode()) - date.fromisoformat(day.decode())
                    if age.days > max(map(int, re.findall(rb"\d+", rule))):
                        orders.append((purge, hash_))
                leaves.append(sha256(b"\0" + line).digest())
                if stone := re.fullmatch(STONE, line):
                    gone.setdefault(stone[1], sha256()).update(line + b"\n")
                    leaves[-1], deleted = bytes.fromhex(stone[2].decode()), deleted + 1
                continue
            text, signature = re.fullmatch(SIGNED, line).groups()
            seal = json.loads(line)["breaktime"]["seal"]
            public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
            public.verify(bytes.fromhex(signature.decode()), b"breaktime checkpoint 1\n" + text)
            due = origin, epoch, prev, len(leaves), tree(leaves).hex()
            holds = due == tuple(map(seal.get, ("origin", "epoch", "prev", "lines", "root")))
            prev, key = sha256(b"\2" + line).hexdigest(), seal["next"]
        except Exception:  # noqa: BLE001  whatever is wrong with it
            raise SystemExit(f"{place}: this line is not the one that was made") from None
        if not holds or seen.get(epoch, prev) != prev:
            raise SystemExit(f"{place}: the lines before it, or what a witness saw, are not these")
        proved, leaves, epoch = proved + len(leaves), [], epoch + 1
    if leaves or prev == "0" * 64 or max(seen, default=-1) >= epoch:
        raise SystemExit(f"{place}: {len(leaves)} lines are not sealed, or the end is missing")
    if not {(purge, hash_.hexdigest().encode()) for purge, hash_ in gone.items()} <= set(orders):
        raise SystemExit("NOT OK: lines were deleted, and no sealed record says that it was these")
    return f"{proved} lines proved, {deleted} deleted, {epoch} checkpoints; witness saw {len(seen)}"


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("anchor", type=Path)
    given.add_argument("log", type=Path, nargs="+")
    given.add_argument("--witness", type=Path, default="/dev/null")
    told = given.parse_args()
    print("OK:", verify(told.anchor.read_text(), told.log, told.witness.read_bytes()))
