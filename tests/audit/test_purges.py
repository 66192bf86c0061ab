"""What is taken out with authority is PURGED, and what is taken out without it is TAMPERED."""

import importlib.util
from hashlib import sha256
from pathlib import Path

import pytest

from breaktime.audit.findings import Status
from breaktime.audit.merkle import leaf_of
from breaktime.audit.tail import sequence_of
from breaktime.audit.tombstone import Tombstone, write_tombstone
from breaktime.core.record import Action, Purge
from records import LOADED
from sealed import Log, verified

SECOND = Path(__file__).parents[2] / "tools" / "verify_audit.py"
_spec = importlib.util.spec_from_file_location("verify_audit", SECOND)
second = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(second)

ID = "0123456789abcdef" * 2


def stone_for(line, purge=ID):
    return write_tombstone(Tombstone(purge, leaf_of(line), sequence_of(line)))


def holds_for_second(log):
    try:
        second.verify(str(log.anchor), [log.path])
    except SystemExit:
        return False
    return True


def found(log):
    """What both verifiers say; the first in full."""
    report = verified(log.data, log.anchor)
    assert holds_for_second(log) is (report.worst in {Status.OK, Status.PURGED})
    return report


def take_out(log, *which, purge=ID):
    """Put tombstones in the place of lines, and return their digest."""
    lines = log.data.splitlines()
    digest = sha256()
    for each in which:
        lines[each] = stone_for(lines[each], purge)
        digest.update(lines[each] + b"\n")
    log.path.write_bytes(b"".join(line + b"\n" for line in lines))
    return digest.hexdigest()


OLD = "audit-gateway-2026-01-01.jsonl"


def allow(log, lines, digest, purge=ID, *, seal=True, file=OLD, rule="break: 90 days"):
    record = LOADED._replace(
        at=log.at, action=Action.AUDIT_PURGED, by="breaktime", file=file,
        purge=Purge(purge, lines, digest, rule),
    )  # fmt: skip
    recorder = log.open()
    assert recorder.put(record)
    if seal:
        recorder.seal(log.at)
    recorder.close()


@pytest.fixture
def log(tmp_path):
    log = Log(tmp_path)
    log.write(3, 2)
    return log


def test_what_a_sealed_record_allows_is_purged(log):
    digest = take_out(log, 1, 3, 5)
    allow(log, 3, digest)

    report = found(log)
    assert (report.worst, report.purged, report.sealed) == (Status.PURGED, 3, 6)
    (finding,) = report.findings
    assert str(finding).startswith("PURGED log:2: 3 records were taken out of this file, from here")
    assert "by breaktime under `break: 90 days`, as record 9 of 2026-" in finding.text


def test_what_is_told_of_and_not_done_yet_is_no_finding(log):
    allow(log, 3, "0" * 64)

    assert found(log).worst is Status.OK


def test_two_purges_of_one_file(log):
    one, two = "1" * 32, "2" * 32
    allow(log, 1, take_out(log, 1, purge=one), one)
    allow(log, 2, take_out(log, 2, 5, purge=two), two)

    report = found(log)
    assert (report.worst, report.purged) == (Status.PURGED, 3)
    assert len(report.findings) == 2


# fmt: off
WITHOUT = [
    ("no record at all",      lambda log: take_out(log, 1)),
    ("of another purge",      lambda log: allow(log, 1, take_out(log, 1), "f" * 32)),
    ("one more",              lambda log: (allow(log, 1, take_out(log, 1)), take_out(log, 2))),
    ("another one",           lambda log: (d := take_out(log, 1), take_out(log, 2), allow(log, 1, d))),  # noqa: E501  a table
    ("not so many",           lambda log: allow(log, 2, "0" * 64, ID) or take_out(log, 1)),
    ("under another name",    lambda log: (allow(log, 1, take_out(log, 1)), take_out(log, 2, purge="f" * 32))),  # noqa: E501
]
# fmt: on


@pytest.mark.parametrize("spoil", [row[1] for row in WITHOUT], ids=[row[0] for row in WITHOUT])
def test_what_no_sealed_record_allows_is_tampering(log, spoil):
    spoil(log)

    assert found(log).worst is Status.TAMPERED


def test_a_count_that_is_not_the_one_of_the_record(log):
    """The digest is; who wrote the record wrote something else than was done."""
    allow(log, 2, take_out(log, 1))

    assert verified(log.data, log.anchor).worst is Status.TAMPERED


def test_a_record_that_is_not_sealed_allows_nothing(log):
    allow(log, 1, take_out(log, 1), seal=False)

    assert verified(log.data, log.anchor).worst is Status.TAMPERED
    assert verified(log.data, log.anchor, live=True).worst is Status.TAMPERED
    assert not holds_for_second(log)


def test_every_changed_byte_of_a_tombstone_is_found(log):
    allow(log, 2, take_out(log, 1, 3))
    data = log.data
    end = data.index(b"\n", data.index(b'{"breaktime":{"purged"'))
    start = data.index(b'{"breaktime":{"purged"')
    for place in range(start, end + 1):
        spoilt = bytearray(data)
        spoilt[place] ^= 1
        log.path.write_bytes(spoilt)
        assert found(log).worst is Status.TAMPERED, place


def test_a_tombstone_for_a_line_that_was_never_there(log):
    """Or the record back in the place of its tombstone, from a backup."""
    before = log.data
    allow(log, 2, take_out(log, 1, 3))
    after = log.data.splitlines(keepends=True)

    back = [*after[:1], before.splitlines(keepends=True)[1], *after[2:]]
    log.path.write_bytes(b"".join(back))
    assert found(log).worst is Status.TAMPERED
    log.path.write_bytes(b"".join([*after[:2], after[1], *after[2:]]))
    assert found(log).worst is Status.TAMPERED


def test_what_cannot_be_sealed_yet_goes_on_under_a_tombstone(tmp_path):
    """The tree of a gateway that starts anew has the leaf, and not the tombstone."""
    log = Log(tmp_path)
    recorder = log.open()
    recorder.put(LOADED)
    recorder.close()
    digest = take_out(log, 1)
    allow(log, 1, digest)

    report = found(log)
    assert (report.worst, report.purged) == (Status.PURGED, 1)


# fmt: off
RULES = {
    "break: 90 days":                       True,
    "break: 325 days":                      True,   # to the second: a day before it
    "break: 90 days, refused: 325 days":    True,
    "break: 326 days":                      False,
    "break: 90 days, system: 400 days":     False,  # each of them has to be over
    "":                                     False,
    "because":                              False,
    "break: x days":                        False,
    "break: 90 days; refused: 1 days":      False,
}
# fmt: on


@pytest.mark.parametrize("rule", RULES)
def test_what_was_taken_out_before_its_time_was_tampered_with(tmp_path, rule):
    """Whoever has the keys and purges early leaves that in writing."""
    log = Log(tmp_path)
    log.write(3)
    digest = take_out(log, 1)
    allow(log, 1, digest, rule=rule)  # on 2026-11-23, of a file of 2026-01-01

    report = verified(log.data, log.anchor)
    assert report.worst is (Status.PURGED if RULES[rule] else Status.TAMPERED)
    assert holds_for_second(log) is RULES[rule]
    if not RULES[rule]:
        assert "the time of that rule was not over" in str(report.findings[0])


@pytest.mark.parametrize(
    "file",
    [
        "audit-gateway-2026-11-23.jsonl",
        "audit-gateway-2026-02-31.jsonl",
        "audit.jsonl",
        "",
        "2026-01-01",
    ],
)
def test_the_day_of_a_purge_is_in_the_name_of_its_file(tmp_path, file):
    log = Log(tmp_path)
    log.write(3)
    allow(log, 1, take_out(log, 1), file=file)

    assert verified(log.data, log.anchor).worst is Status.TAMPERED
    assert not holds_for_second(log)
