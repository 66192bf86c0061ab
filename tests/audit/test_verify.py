"""Whatever is done to a sealed log, both verifiers find it, and find nothing where nothing was."""

import functools
import importlib.util
import json
import random
import shutil
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from hypothesis import given
from hypothesis import strategies as st

from breaktime.audit import checkpoint
from breaktime.audit.anchor import Anchor
from breaktime.audit.checkpoint import FIRST, Checkpoint, laid_out, signed, to_sign
from breaktime.audit.findings import Status
from breaktime.audit.merkle import EMPTY
from breaktime.audit.sealer import RestoredError
from breaktime.audit.verify import Verifier
from records import LOADED
from sealed import Log, status, verified

SECOND = Path(__file__).parents[2] / "tools" / "verify_audit.py"
_spec = importlib.util.spec_from_file_location("verify_audit", SECOND)
second = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(second)


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    log = Log(tmp_path_factory.mktemp("log"))
    log.write(2, 0, 1)
    return log


@pytest.fixture(scope="module", autouse=True)
def quickly():
    """Each signature is tried once: whether it holds does not change."""

    class Key:
        def __init__(self, key):
            self.key = key

        @classmethod
        def from_public_bytes(cls, key):
            return cls(key)

        @functools.lru_cache(None)  # noqa: B019  one module long
        def _holds(self, signature, text):
            try:
                Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text)
            except InvalidSignature:
                return False
            return True

        def verify(self, signature, text):
            if not self._holds(signature, text):
                raise InvalidSignature

        def __hash__(self):
            return hash(self.key)

        def __eq__(self, other):
            return self.key == other.key

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(checkpoint, "Ed25519PublicKey", Key)
        patched.setattr(second, "Ed25519PublicKey", Key)
        yield


@pytest.fixture(scope="module")
def holds(log):
    """Say for both verifiers whether bytes are the log that the witness saw."""
    witness = "\n".join(map(str, log.statements)).encode()

    def both(data):
        first = status(data, log.anchor, log.statements) is Status.OK

        def lines_of(_):
            *whole, rest = data.split(b"\n")
            if rest:
                raise SystemExit("half a line")
            return enumerate(whole)

        second.lines_of = lines_of
        try:
            second.verify(str(log.anchor), [], witness)
        except SystemExit:
            return first, False
        return first, True

    return both


def test_what_was_written_holds(log, holds):
    report = verified(log.data, log.anchor, log.statements)

    assert holds(log.data) == (True, True)
    assert (report.worst, report.sealed, report.checkpoints, report.tail) == (Status.OK, 3, 4, 0)
    assert report.head == log.statements[-1]
    assert report.findings == []


def test_every_changed_byte_is_found(log, holds):
    """Each byte of the log, changed in one bit that a reader sees, and in one by chance."""
    chance = random.Random(20261123)
    data = log.data
    for place in range(len(data)):
        spoilt = bytearray(data)
        spoilt[place] ^= 1 << chance.randrange(8)
        assert holds(bytes(spoilt)) == (False, False), place


def test_every_line_that_is_gone_doubled_or_moved_is_found(log, holds):
    lines = log.data.splitlines(keepends=True)
    for one in range(len(lines)):
        without = lines[:one] + lines[one + 1 :]
        assert holds(b"".join(without)) == (False, False)
        for other in range(len(lines) + 1):
            again = [*lines[:other], lines[one], *lines[other:]]
            assert holds(b"".join(again)) == (False, False)
            if other not in {one, len(lines)}:
                swapped = lines.copy()
                swapped[one], swapped[other] = swapped[other], swapped[one]
                assert holds(b"".join(swapped)) == (False, False)


def test_every_cut_is_found(log, holds):
    """Also one between two checkpoints, where only the witness knows better."""
    data = log.data
    for end in range(len(data)):
        assert holds(data[:end]) == (False, False), end
        assert holds(data[len(data) - end :]) == (False, False), end


def test_without_a_witness_the_end_may_be_missing(log):
    """That is what a witness is for, and the documents say so."""
    lines = log.data.splitlines(keepends=True)

    assert status(b"".join(lines[:-2]), log.anchor) is Status.OK
    report = verified(b"".join(lines[:-2]), log.anchor, log.statements)
    assert report.worst is Status.TRUNCATED
    assert str(report.findings[0]) == "TRUNCATED a witness saw checkpoint 3; here the last one is 2"


def test_bytes_put_in_are_found(log, holds):
    lines = log.data.splitlines(keepends=True)
    for one in range(len(lines) + 1):
        for more in (b"\n", b"{}\n", b"\x00\xff\n"):
            assert holds(b"".join([*lines[:one], more, *lines[one:]])) == (False, False)


def test_lines_that_are_not_sealed_are_no_finding_while_a_gateway_writes(log):
    more = log.data + b'{"event":{"sequence":99}}\n'

    assert verified(more, log.anchor).worst is Status.UNSEALED
    assert verified(more, log.anchor, live=True).worst is Status.OK
    assert verified(more + b"{", log.anchor, live=True).tail == 2


def test_what_was_written_before_the_keys_is_not_sealed(tmp_path):
    log = Log(tmp_path)
    log.write(1)
    before = b'{"event":{"sequence":1}}\n' * 2

    report = verified(before + log.data, log.anchor)
    assert report.worst is Status.UNSEALED
    assert str(report.findings[0]) == (
        "UNSEALED log:1: 2 lines are not sealed, from here to the first checkpoint"
    )
    assert report.sealed == 1


def test_without_a_checkpoint_there_is_nothing_to_say(log):
    assert status(b"", log.anchor) is Status.TRUNCATED
    assert status(b"{}\n", log.anchor) is Status.TRUNCATED
    assert status(b"{}\n", log.anchor, live=True) is Status.TRUNCATED


def test_the_anchor_of_another_log_proves_nothing(log, tmp_path):
    other = Log(tmp_path)

    assert status(log.data, other.anchor) is Status.TRUNCATED
    assert status(log.data, log.anchor._replace(key=other.anchor.key)) is Status.TRUNCATED


def test_a_log_may_be_read_from_a_later_anchor_on(log):
    lines = log.data.splitlines(keepends=True)
    later = verified(b"".join(lines[:-2]), log.anchor).anchor
    assert later.epoch == 3

    report = verified(log.data, later, log.statements)
    assert (report.worst, report.sealed, report.checkpoints) == (Status.OK, 1, 1)
    assert status(b"".join(lines[-3:]), later) is Status.OK


def test_two_logs_in_a_row_need_both_anchors(tmp_path):
    one, two = Log(tmp_path / "1"), Log(tmp_path / "2")
    one.write(2)
    two.write(3)
    data = one.data + two.data

    assert status(data, one.anchor) is Status.TAMPERED
    verifier = Verifier([one.anchor, two.anchor])
    for number, line in enumerate(data.splitlines(), 1):
        verifier.take("log", number, line)
    assert verifier.finish().worst is Status.OK


def test_the_end_of_a_log_before_another_is_asked_of_the_witness_too(tmp_path):
    one, two = Log(tmp_path / "1"), Log(tmp_path / "2")
    one.write(2, 1)
    two.write(3)
    cut = one.data.splitlines()[:-2]
    verifier = Verifier([one.anchor, two.anchor], [*one.statements, *two.statements])
    for number, line in enumerate([*cut, *two.data.splitlines()], 1):
        verifier.take("log", number, line)

    assert verifier.finish().worst is Status.TRUNCATED


def test_old_records_sealed_with_the_key_of_today(tmp_path):
    """Whoever has the key of today can write nothing into yesterday."""
    log = Log(tmp_path)
    log.write(2, 2)
    stolen = tmp_path / "stolen"
    forger = Log(stolen)
    shutil.copytree(log.keys, forger.keys, dirs_exist_ok=True)
    shutil.rmtree(forger.records, ignore_errors=True)
    lines = log.data.splitlines(keepends=True)
    forger.records.mkdir()
    forged = lines[1].replace(b"A new", b"No new").replace(b"loaded", b"lodged")
    (forger.records / log.path.name).write_bytes(b"".join([lines[0], forged, *lines[2:]]))
    forger.write(1)

    report = verified(forger.data, log.anchor)
    assert report.worst is Status.TAMPERED
    assert "are not the lines that were sealed" in str(report.findings[0])


def test_a_checkpoint_of_yesterday_made_anew_with_the_key_of_today(tmp_path):
    """The keys of before are gone: the forged checkpoint is signed with another."""
    log = Log(tmp_path)
    log.write(2)
    lines = log.data.splitlines(keepends=True)
    log.write(1)
    later = log.data.splitlines(keepends=True)[len(lines) :]

    report = verified(b"".join([*lines[:3], *later]), log.anchor)
    assert report.worst is Status.TAMPERED
    assert "1 checkpoint is missing before this one" in str(report.findings[0])


def test_a_machine_that_was_rolled_back_is_seen_by_the_witness(tmp_path):
    """Log and keys restored from yesterday's snapshot: both histories hold in themselves."""
    log = Log(tmp_path / "a")
    log.write(2)
    shutil.copytree(log.folder, tmp_path / "snapshot")
    log.write(2)
    shutil.rmtree(log.folder)
    shutil.copytree(tmp_path / "snapshot", log.folder)
    seen = list(log.statements)
    log.write(3)

    assert status(log.data, log.anchor) is Status.OK
    report = verified(log.data, log.anchor, seen)
    assert report.worst is Status.FORKED
    assert "a witness saw another checkpoint 2" in str(report.findings[0])


def test_keys_that_were_restored_alone_sign_nothing(tmp_path):
    log = Log(tmp_path)
    log.write(1)
    shutil.copytree(log.keys, tmp_path / "old")
    log.write(1, 1)
    shutil.rmtree(log.keys)
    (tmp_path / "old").rename(log.keys)

    with pytest.raises(RestoredError, match="older than the log's last checkpoint"):
        log.open()


def test_a_second_history_in_one_file(tmp_path):
    """Two checkpoints of one number, both signed with its key."""
    log = Log(tmp_path / "a")
    log.write(1)
    shutil.copytree(log.folder, tmp_path / "b")
    other = Log.__new__(Log)
    other.__dict__.update(log.__dict__)
    other.folder, other.records, other.keys = (
        tmp_path / "b", tmp_path / "b" / "records", tmp_path / "b" / "keys",
    )  # fmt: skip
    before = log.data
    log.write(1)
    other.write(2)

    report = verified(log.data + other.data[len(before) :], log.anchor)
    assert report.worst is Status.FORKED


def test_numbers_that_are_missing_are_told_exactly(tmp_path):
    log = Log(tmp_path)
    recorder = log.open()
    recorder.put(LOADED)
    recorder.lose(LOADED, 3)
    recorder.put(LOADED)
    recorder.seal(log.at)
    recorder.close()

    report = verified(log.data, log.anchor)
    assert report.worst is Status.GAP
    assert [str(finding) for finding in report.findings] == [
        "GAP log:3: numbers 3-5 are missing before this line: never written"
    ]


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.sampled_from([b"", b"{" * 9000, b'{"breaktime":' * 3000, b'"seal":{', b',"sig":"']),
            st.binary(max_size=20).map(
                lambda raw: b'{"breaktime":{"seal":' + raw + b',"sig":"' + b"0" * 128 + b'"}}}'
            ),
        ),
        max_size=12,
    )
)
def test_whatever_bytes_come_there_is_an_answer(log, lines):
    report = verified(log.data + b"\n".join(lines), log.anchor)

    assert report.worst in Status
    assert all(str(finding) for finding in report.findings)


def test_the_second_verifier_can_be_read_at_a_sitting_and_shares_nothing():
    text = SECOND.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 100
    assert "import breaktime" not in text
    assert "from breaktime" not in text


def test_a_signature_that_does_not_hold_needs_no_witness_to_be_found(log):
    last = log.data.rindex(b'"}}}')
    digit = b"0" if log.data[last - 1 : last] != b"0" else b"1"

    assert status(log.data[: last - 1] + digit + log.data[last:], log.anchor) is Status.TAMPERED


def test_a_checkpoint_that_follows_another_than_the_one_before_it(tmp_path):
    """Signed with the right key, over the right lines; only what it names as the last is not."""
    keys = [Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(3)]
    public = [key.public_key().public_bytes_raw().hex() for key in keys]

    def seal(epoch, prev):
        said = Checkpoint("gateway/1", epoch, 0, EMPTY.hex(), prev, public[epoch + 1])
        line = json.dumps({"breaktime": {"seal": laid_out(said)}}, separators=(",", ":"))
        line = ("{" + '"event":{"action":"integrity-checkpoint"},' + line[1:]).encode()
        return signed(line, keys[epoch].sign(to_sign(line)))

    one = seal(0, FIRST)
    anchor = Anchor("gateway/1", 0, public[0])
    fine = b"".join(line + b"\n" for line in (one, seal(1, checkpoint.hash_of(one))))
    spoilt = b"".join(line + b"\n" for line in (one, seal(1, "a" * 64)))

    assert status(fine, anchor) is Status.OK
    report = verified(spoilt, anchor)
    assert report.worst is Status.FORKED
    assert "follows another one than the one before it" in str(report.findings[0])
    begun = seal(0, "a" * 64) + b"\n"
    assert status(begun, anchor) is Status.FORKED
