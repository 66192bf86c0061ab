"""What is done to sealed logs, and to proofs: every way of spoiling them that we know of."""

import json
import random
import shutil
from collections.abc import Iterator, Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from forging import Forger
from table import Case

from breaktime.audit.anchor import Anchor
from breaktime.audit.checkpoint import hash_of, signed
from breaktime.audit.merkle import leaf_of
from breaktime.audit.proof import prove
from breaktime.audit.raw import Raw
from breaktime.audit.tail import sequence_of
from breaktime.audit.tombstone import Tombstone, write_tombstone
from breaktime.core.record import Action, Purge
from records import BLOCKED, LOADED, VISIT
from sealed import Log

OLD = "audit-gateway-2026-01-01.jsonl"
ZERO = "0" * 64


def _log(folder: Path, *intervals: int) -> Log:
    log = Log(folder)
    log.write(*intervals)
    return log


def _joined(lines: Sequence[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def cases(folder: Path) -> Iterator[Case]:
    """Yield the table; logs are made in a folder."""
    yield from _spoilt(_log(folder / "a", 2, 0, 3, 1))
    yield from _witnessed(_log(folder / "b", 2, 1))
    yield from _gaps(folder / "c")
    yield from _purged(folder / "d")
    yield from _begun_anew(folder / "e")
    yield from _forked(folder / "f")
    yield from _forged()
    for count in range(12):  # trees of every shape
        log = _log(folder / f"tree{count}", count)
        yield Case(f"a tree of {count}", log.data, f"{log.anchor}\n")


def _spoilt(log: Log) -> Iterator[Case]:
    """What anybody can do to bytes and lines."""
    chance = random.Random(20261123)
    anchor, data = f"{log.anchor}\n", log.data
    lines = data.splitlines()
    yield Case("as it was written", data, anchor)
    yield Case("as it was written, live", data, anchor, live=True)
    for number in range(len(lines)):
        rest = lines[:number] + lines[number + 1 :]
        yield Case(f"line {number} deleted", _joined(rest), anchor)
        twice = [*lines[: number + 1], *lines[number:]]
        yield Case(f"line {number} twice", _joined(twice), anchor)
        for live in (False, True):
            yield Case(f"cut at {number}, {live}", _joined(lines[:number]), anchor, live=live)
            half = _joined(lines[:number]) + lines[number][:40]
            yield Case(f"cut in {number}, {live}", half, anchor, live=live)
        if number:
            swapped = [*lines[: number - 1], lines[number], lines[number - 1], *lines[number + 1 :]]
            yield Case(f"line {number} swapped", _joined(swapped), anchor)
            yield Case(f"begins at {number}", _joined(lines[number:]), anchor)
    for _ in range(120):
        spoilt = bytearray(data)
        spoilt[chance.randrange(len(data))] ^= 1 << chance.randrange(7)
        yield Case("a byte changed", bytes(spoilt), anchor)
    for number, line in enumerate(lines):
        for found in (b'"integrity-checkpoint"', b'"seal":{', b',"sig":"', b'"v":1', b'"epoch":',
                      b'"lines":', b'"root":"', b'"prev":"', b'"next":"', b'"origin":"',
                      b'"}}}'):  # fmt: skip
            if found in line:
                for by in (b"", found[:-1] + b"0", b" " + found):
                    other = [*lines]
                    other[number] = line.replace(found, by, 1)
                    yield Case(f"{found!r} of {number}", _joined(other), anchor)
    marks = (b'{"event":{"action":"integrity-checkpoint"}}', b'{"breaktime":{"seal":{}}}',
             b'{"a":1,"sig":"x"}')  # fmt: skip
    for mark in marks:
        yield Case("a mark alone", _joined([*lines[:2], mark, *lines[2:]]), anchor)
    for more in (b"{}", b"[" * 9000, b"\xff", b'{"event":{"sequence":99}}', lines[-1]):
        yield Case("more at the end", data + more + b"\n", anchor)
        yield Case("more, live", data + more, anchor, live=True)
        yield Case("more before", more + b"\n" + data, anchor)
    yield Case("nothing", b"", anchor)
    yield Case("nothing, live", b"", anchor, live=True)
    yield Case("another anchor", data, anchor.replace(anchor[-20:-4], "0" * 16))
    yield Case("another origin", data, anchor.replace("gateway/", "getaway/"))


def _witnessed(log: Log) -> Iterator[Case]:
    """What witnesses say, right, wrong, of more, and of others."""
    anchor, seen = f"{log.anchor}\n", [str(each) for each in log.statements]
    later = seen[-1].replace("epoch=2", "epoch=3")
    wrong = seen[1].replace("hash=", "hash=00").replace("00", "", 1)[: len(seen[1])]
    for name, lines in {
        "right": seen,
        "one": seen[:1],
        "the last": seen[-1:],
        "more": [*seen, later],
        "much more": [seen[-1].replace("epoch=2", "epoch=7")],
        "wrong": [*seen, wrong[:-4] + "0000"],
        "wrong first": [seen[0][:-4] + "ffff"],
        "wrong last": [seen[-1][:-4] + "ffff"],
        "of another log": [later.replace("gateway/", "getaway/")],
        "nonsense": ["breaktime-seal", "hash=" + ZERO, "\u202e"],
    }.items():
        yield Case(f"witness: {name}", log.data, anchor, "\n".join(lines))
        yield Case(f"witness: {name}, live", log.data, anchor, "x " + "\nx ".join(lines), live=True)
    cut = _joined(log.data.splitlines()[:1])
    yield Case("cut, and a witness", cut, anchor, "\n".join(seen))
    middle = Anchor(log.statements[1].origin, 1, _keys_of(log.data)[0])
    for data in (log.data, _joined(log.data.splitlines()[1:]), _joined(log.data.splitlines()[4:])):
        yield Case("an anchor in the middle", data, f"{middle}\n", "\n".join(seen))


def _keys_of(data: bytes) -> list[str]:
    """Return the public keys that the checkpoints of a log promise, the first for number 1."""
    seals = [json.loads(line)["breaktime"].get("seal") for line in data.splitlines()]
    return [seal["next"] for seal in seals if seal]


def _gaps(folder: Path) -> Iterator[Case]:
    for number, lost in enumerate((1, 3)):
        log = Log(folder / str(number))
        recorder = log.open()
        recorder.put(LOADED)
        recorder.lose(LOADED, lost)
        recorder.put(BLOCKED)
        recorder.seal(log.at)
        recorder.close()
        yield Case(f"{lost} lost", log.data, f"{log.anchor}\n")
        cut = _joined(log.data.splitlines()[:-1])
        yield Case(f"{lost} lost, unsealed", cut, f"{log.anchor}\n", live=True)
    lines = log.data.splitlines()
    again = lines[1].replace(b'"sequence":2,', b'"sequence":1,')
    yield from _made([[again, lines[1]], [b"{}", b"x", lines[1]]])


def _purged(folder: Path) -> Iterator[Case]:
    """With authority and without; of these lines and of others; in time and too early."""
    table = {
        "allowed": {},
        "two": {"which": (1, 2)},
        "not allowed": {"id_": None},
        "by another": {"id_": "f" * 32},
        "of more lines": {"lines": 2},
        "of other lines": {"digest": "0" * 64},
        "too early": {"rule": "break: 400 days"},
        "to the day": {"rule": "break: 325 days"},
        "a day too early": {"rule": "break: 326 days"},
        "one of two too early": {"rule": "break: 3 days, refused: 999 days"},
        "no rule": {"rule": "because"},
        "no day": {"file": "log"},
        "packed": {"file": OLD + ".gz"},
        "unsealed": {"seal": False},
    }
    for number, (name, how) in enumerate(table.items()):
        log = _log(folder / str(number), 3)
        _take_out(log, **how)
        yield Case(f"purge {name}", log.data, f"{log.anchor}\n")
        lines = log.data.splitlines()
        stone = next(at for at, line in enumerate(lines) if line.startswith(b'{"breaktime":{"p'))
        less = lines[:stone] + lines[stone + 1 :]
        yield Case("and a stone less", _joined(less), f"{log.anchor}\n")
        other = lines[stone].replace(b'"sequence":', b'"sequence":7')
        yield Case(
            "a stone", _joined([*lines[:stone], other, *lines[stone + 1 :]]), f"{log.anchor}"
        )


def _take_out(  # noqa: PLR0913  a table has columns
    log: Log, *, which: tuple[int, ...] = (1,), id_: str | None = "a" * 32,
    lines: int | None = None, digest: str | None = None, rule: str = "break: 90 days",
    file: str = OLD, seal: bool = True,
) -> None:  # fmt: skip
    """Put tombstones in the place of lines, and have that allowed as told."""
    all_, over = log.data.splitlines(), sha256()
    for at in which:
        stone = Tombstone("a" * 32, leaf_of(all_[at]), sequence_of(all_[at]) or 1)
        all_[at] = write_tombstone(stone)
        over.update(all_[at] + b"\n")
    log.path.write_bytes(_joined(all_))
    if id_ is None:
        return
    purge = Purge(id_, lines or len(which), digest or over.hexdigest(), rule)
    recorder = log.open()
    recorder.put(
        LOADED._replace(
            at=log.at, action=Action.AUDIT_PURGED, by="breaktime", purge=purge, file=file
        )
    )
    if seal:
        recorder.seal(log.at)
    recorder.close()


def _begun_anew(folder: Path) -> Iterator[Case]:
    """Two logs in one folder: the keys were made anew. And lines from before there were keys."""
    first, second = _log(folder / "1", 2), _log(folder / "2", 1)
    both = f"{first.anchor}\n{second.anchor}\n"
    data = first.data + second.data
    for anchors in (both, f"{first.anchor}\n", f"{second.anchor}\n"):
        yield Case("begun anew", data, anchors)
        yield Case("the other way round", second.data + first.data, anchors)
    before = second.data.splitlines()[1]
    yield Case("before the keys", _joined([before]) + second.data, both)
    yield Case("between", first.data + _joined([before]) + second.data, both)
    yield Case("twice", first.data + first.data, both)
    later = str(first.statements[-1]).replace("epoch=1", "epoch=2")
    yield Case("begun anew, cut before", data, both, later)
    middle = Anchor(second.statements[1].origin, 1, _keys_of(second.data)[0])
    rest = _joined(second.data.splitlines()[1:])
    yield Case("begun anew in the middle", first.data + rest, f"{first.anchor}\n{middle}\n")


def _forked(folder: Path) -> Iterator[Case]:
    """A machine that was rolled back, and keys that were stolen."""
    log = _log(folder / "1", 1)
    shutil.copytree(log.folder, folder / "2")
    other = Log.__new__(Log)
    other.__dict__.update(log.__dict__)
    other.folder = folder / "2"
    other.records, other.keys = other.folder / "records", other.folder / "keys"
    before, anchor = log.data, f"{log.anchor}\n"
    log.at += timedelta(seconds=9)
    log.write(1)
    other.write(2)
    tail = other.data[len(before) :]
    seen = "\n".join(map(str, log.statements))
    yield Case("two histories", log.data + tail, anchor)
    yield Case("the other history", other.data, anchor, seen)
    yield Case("the other history alone", other.data, anchor)
    changed = log.data.replace(b"A new", b"No new").replace(b"loaded", b"lodged")
    yield Case("re-sealed by nobody", changed, anchor)


def _made(intervals: Sequence[Sequence[bytes]]) -> Iterator[Case]:
    """Yield logs of one interval each, with whatever lines."""
    forger = Forger()
    first = forger.seal(0, ZERO)
    for lines in intervals:
        data = _joined([first, *lines, forger.seal(1, hash_of(first), lines)])
        yield Case("lines of any kind", data, forger.anchor)


def _forged() -> Iterator[Case]:
    forger = Forger()
    first = forger.seal(0, ZERO)
    lines = [b'{"event":{"sequence":%d}}' % number for number in (1, 2, 3)]
    after = hash_of(first)
    wrong: list[dict[str, Any]] = [
        {}, {"origin": "gateway/2"}, {"epoch": 2}, {"epoch": 0}, {"lines": 2}, {"lines": 4},
        {"root": ZERO}, {"prev": ZERO}, {"prev": "a" * 64}, {"next": "g" * 64}, {"next": ""},
        {"key": 2}, {"key": 0}, {"lines": -1}, {"epoch": 1 << 63}, {"epoch": True},
        {"lines": (1 << 63) - 1}, {"origin": 7}, {"root": 7}, {"more": {"v": 2}},
        {"more": {"x": 1}},
        {"root": ZERO.upper().replace("0", "A")}, {"lines": 3.0}, {"lines": 1 << 63},
    ]  # fmt: skip
    for how in wrong:
        second = forger.seal(1, after, lines, **how)
        data = _joined([first, *lines, second])
        yield Case(f"forged {how}", data, forger.anchor)
        third = forger.seal(2, hash_of(second), lines[:1])
        yield Case(f"forged {how}, lines after", data + _joined(lines), forger.anchor)
        later = f"breaktime-seal origin=gateway/1 epoch=7 hash={ZERO}"
        yield Case(f"forged {how}, witnessed", data, forger.anchor, later)
        yield Case(f"forged {how}, and on", _joined([first, *lines, second, lines[0], third]),
                   forger.anchor)  # fmt: skip
    yield Case("begun wrongly", _joined([forger.seal(0, "a" * 64)]), forger.anchor)
    chain, prev = [first], after
    for epoch in range(1, 7):
        chain.append(forger.seal(epoch, prev))
        prev = hash_of(chain[-1])
    yield Case("a chain", _joined(chain), forger.anchor)
    for number in range(1, 5):
        rest = chain[:number] + chain[number + 2 :]
        yield Case("two of a chain missing", _joined(rest), forger.anchor)
    other = f"{Anchor('gateway/9', 5, forger.public[5])}\n"
    yield Case("another's later anchor", _joined([*lines, *chain]), other)
    yield Case("nothing, witnessed", b"", forger.anchor, later)
    for number in range(5):
        again = forger.seal(3, hash_of(chain[2]), next="b" * 64)
        yield Case("a short memory", _joined([*chain, again]), forger.anchor, remembered=number)
    listed = ["v", "origin", "epoch", "lines", "root", "prev", "next", "sig"]
    text = json.dumps({"breaktime": {"seal": listed, "x": {"a": 1}}}, separators=(",", ":"))
    yield Case(
        "a list for a seal", _joined([first, signed(text.encode(), bytes(64))]), forger.anchor
    )
    yield from _authorities(forger, first)
    for anchor in (Anchor("gateway/1", 3, forger.public[3]), Anchor("gateway/1", 9, ZERO)):
        yield Case("a later anchor", _joined(chain), f"{anchor}\n")
        yield Case("a later anchor, from there", _joined(chain[3:]), f"{anchor}\n")
        yield Case("a later anchor, lines before", _joined([*lines, *chain]), f"{anchor}\n")
    repeated = forger.seal(3, hash_of(chain[2]), key=3, next="b" * 64)
    yield Case("a second history", _joined([*chain, repeated]), forger.anchor)
    yield Case("an old one again", _joined([*chain, chain[3]]), forger.anchor)
    yield Case("many findings", _joined([first, *[b"{}"] * 3, *[b"x"] * 120]), forger.anchor)
    numbers = [b'{"event":{"sequence":%d}}' % number for number in range(2, 460, 2)]
    yield from _made([numbers])
    yield Case("half of a sealed one", _joined([first])[:-1], forger.anchor)


def _authorities(forger: Forger, first: bytes) -> Iterator[Case]:
    """What says that it allows a purge, in whatever form, and at the very moment."""
    stone = write_tombstone(Tombstone("a" * 32, leaf_of(b"x"), 1))
    order = {"id": "a" * 32, "lines": 1, "digest": sha256(stone + b"\n").hexdigest()}
    for action, at in (
        ("audit-purged", "2026-04-02T00:00:00.000000Z"),
        ("audit-purged", "2026-04-01T23:59:59.999999Z"),
        ("audit-purged", "2026-04-02T01:00:00+01:00"),
        ("audit-purged", "9999-99-99"),
        ("other", "2026-06-01T00:00:00Z"),
    ):
        record = {
            "@timestamp": at,
            "event": {"action": action, "sequence": 2},
            "file": {"path": OLD},
            "breaktime": {
                "by": "x",
                "purge": {**order, "rule": "break: 90 days"},
                "x": {"action": "audit-purged"},
            },
        }
        line = json.dumps(record, separators=(",", ":")).encode()
        seal = forger.seal(1, hash_of(first), [b"x", line])
        yield Case(f"{action} {at}", _joined([first, stone, line, seal]), forger.anchor)


def _chains() -> Iterator[tuple[str, str]]:
    """Yield proofs whose checkpoints do not follow from each other, in one thing each."""
    forger = Forger()
    first = forger.seal(0, ZERO)
    line = b'{"event":{"sequence":1}}'
    after = hash_of(first)
    record = {"line": line.decode(), "epoch": 1, "index": 0, "path": []}
    for how in ({}, {"key": 2}, {"prev": ZERO}, {"origin": "gateway/2"}, {"epoch": 2}):
        seal = forger.seal(1, after, [line], **how)
        for begin in (first, forger.seal(0, "a" * 64), forger.seal(0, ZERO, key=3), b"x"):
            chain = [begin.decode(), seal.decode()]
            proof = {"breaktime-proof": 1, "checkpoints": chain, "records": [record]}
            yield json.dumps(proof), forger.anchor
        middle = f"{Anchor('gateway/1', 1, forger.public[1])}\n"
        alone = {"breaktime-proof": 1, "checkpoints": [seal.decode()], "records": [record]}
        yield json.dumps(alone), middle


def proofs(folder: Path) -> list[tuple[str, str]]:
    """Return proofs, right ones and others, each with the anchor that it is checked with."""
    log = Log(folder / "proofs")
    recorder = log.open()
    for count in (3, 5, 1):
        for number in range(count):
            recorder.put(VISIT._replace(at=log.at, lost=None, person=f"p{number}"))
        recorder.seal(log.at)
    recorder.close()
    raws = [Raw("log", at, line, whole=True) for at, line in enumerate(log.data.splitlines(), 1)]
    right = [
        prove(raws, log.anchor, lambda record, who=f"p{number}": who in json.dumps(record))
        for number in range(6)
    ]
    texts = []
    for proof in right:
        changes: list[dict[str, Any]] = [
            {}, {"breaktime-proof": 2}, {"breaktime-proof": None}, {"checkpoints": []},
            {"checkpoints": proof["checkpoints"][1:]}, {"checkpoints": proof["checkpoints"][:-1]},
            {"checkpoints": 7}, {"records": 7}, {"records": [{}]},
            {"checkpoints": proof["checkpoints"][::-1]},
        ]  # fmt: skip
        for record in proof["records"]:
            index, epoch, path = record["index"], record["epoch"], record["path"]
            spoilt = (
                {"index": index + 1}, {"index": index - 1}, {"index": True}, {"index": 99},
                {"index": index ^ 1}, {"epoch": epoch + 1}, {"epoch": 99}, {"epoch": 0},
                {"path": path[1:]}, {"path": [*path, ZERO]}, {"path": path[::-1]}, {"path": ["x"]},
                {"line": record["line"] + " "}, {"line": None},
            )  # fmt: skip
            changes += [{"records": [{**record, **change}]} for change in spoilt]
        texts += [json.dumps({**proof, **change}) for change in changes]
    texts += ["7", "null", "[]", "{}"]
    return [*((text, f"{log.anchor}\n") for text in texts), *_chains()]
