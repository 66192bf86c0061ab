"""`breaktime audit`; its guide is run as a whole by tests/repo/test_audit_guide.py."""

import json
import stat

import pytest

from breaktime.audit.noted import PLACE, Taken, notes, record_of
from breaktime.audit.opening import open_log
from breaktime.audit.pseudonyms import Pseudonyms
from breaktime.audit.readings import Reading, note_reading, readings
from records import NOON, VISIT
from sealed import Log
from support.command import CONFIG, breaktime, configuration


@pytest.fixture
def log(tmp_path):
    log = Log(tmp_path / "log")
    log.write(2)
    (tmp_path / "anchor").write_text(f"{log.anchor}\n")
    return log


def verify(log, *more):
    done = breaktime("audit", "verify", log.records, "-a", log.folder.parent / "anchor", *more)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_init_makes_keys_once(tmp_path):
    config = configuration(tmp_path)
    config.write_text(CONFIG.replace("{directory: audit}", "{directory: audit, seal_keys: seal}"))
    first = breaktime("audit", "init", "-c", config)
    before = (tmp_path / "seal" / "seal.key").read_bytes()
    second = breaktime("audit", "init", "-c", config)

    assert first.returncode == 0
    assert first.stdout.startswith(b"breaktime-anchor gateway/")
    assert (tmp_path / "seal" / "seal.anchor").read_bytes() == first.stdout
    assert stat.S_IMODE((tmp_path / "seal" / "seal.key").stat().st_mode) == 0o600
    assert second.returncode == 1
    assert b"there are keys in" in second.stderr
    assert (tmp_path / "seal" / "seal.key").read_bytes() == before


def test_what_verify_says_and_its_status(log):
    data = log.data
    status, said, _ = verify(log)
    assert (status, said.splitlines()[0]) == (0, "OK: 2 records under 2 checkpoints are proved")

    log.path.write_bytes(data + b'{"event":{"sequence":5}}\n')
    assert verify(log)[0] == 4
    assert verify(log, "--live")[:1] == (0,)
    log.path.write_bytes(data.replace(b"loaded", b"lodged", 1))
    status, said, _ = verify(log)
    assert status == 8
    assert said.startswith(f"TAMPERED {log.path.name}:2: from here to {log.path.name}:4 are not")
    log.path.write_bytes(data[:-9])
    assert verify(log)[0] == 8
    witness = log.folder / "witness"
    witness.write_text("".join(f"{each}\n" for each in log.statements))
    log.path.write_bytes(data.splitlines(keepends=True)[0])
    assert verify(log)[0] == 0
    assert verify(log, "-w", witness)[0] == 6
    log.path.write_bytes(data)
    status, said, _ = verify(log, "-w", witness)
    assert status == 0
    assert "\nwitnesses saw 2 checkpoints of this log, the last one 1\n" in said


@pytest.mark.parametrize("text", ["", "junk\n", "breaktime-seal origin=other/1 epoch=1 hash=%s"])
def test_a_witness_who_saw_nothing_of_a_log_does_not_agree(log, text):
    """The wrong file: an OK would look as if somebody had confirmed it."""
    witness = log.folder / "witness"
    witness.write_text(text.replace("%s", "a" * 64))
    status, said, wrong = verify(log, "-w", witness)
    assert (status, said) == (1, "")
    assert wrong.startswith(f"there is nothing about this log in {witness}: a line with")
    log.path.write_bytes(b"\x00\xff\x1b[2J" * 100_000)
    status, said, told = verify(log)
    assert status == 6
    assert (said + told).isascii()


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify"], ["verify", "LOG"], ["verify", "LOG", "-c", "x"], ["prove", "LOG", "-a", "x"],
        ["check", "/dev/null"], ["init"],
    ],
)  # fmt: skip
def test_what_is_not_understood(arguments):
    assert breaktime("audit", *arguments).returncode == 2


def test_what_cannot_be_read_is_told_in_a_sentence(log, tmp_path):
    missing = breaktime("audit", "verify", log.records, "-a", tmp_path / "none")
    (tmp_path / "empty").touch()
    empty = breaktime("audit", "verify", log.records, "-a", tmp_path / "empty")
    away = breaktime("audit", "verify", tmp_path / "away", "-a", tmp_path / "anchor")

    for done in (missing, empty, away):
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1


def test_a_proof_of_one_record(log, tmp_path):
    anchor = tmp_path / "anchor"
    made = breaktime("audit", "prove", log.records, "-a", anchor, "--record", "3")
    proof = tmp_path / "proof.json"
    proof.write_bytes(made.stdout)
    checked = breaktime("audit", "check", proof, "-a", anchor)
    proof.write_bytes(made.stdout.replace(b"loaded", b"lodged"))
    spoilt = breaktime("audit", "check", proof, "-a", anchor)
    none = breaktime("audit", "prove", log.records, "-a", anchor, "--record", "99")

    assert (made.returncode, checked.returncode) == (0, 0)
    assert json.loads(checked.stdout)["event"]["sequence"] == 3
    assert (spoilt.returncode, none.returncode) == (8, 1)
    assert b"NOT PROVED" in spoilt.stderr


def test_whose_records_are_proved_is_noted_first_and_they_are_found_as_they_sign_in(tmp_path):
    keys = tmp_path / "keys"
    end = f"seal_keys: seal, names: pseudonym, pseudonym_keys: {keys}}}"
    text = CONFIG.replace("seal_keys: seal}", end)
    assert text != CONFIG
    config = configuration(
        tmp_path, text.replace("organisation: {", "organisation: {domains: [x],")
    )
    assert breaktime("audit", "init", "-c", config).returncode == 0
    opened = open_log(
        tmp_path / "audit", "gateway", tmp_path / "seal", tell=print, hide=Pseudonyms(keys).hide
    )
    opened.recorder.begin(NOON)
    for person in ("c.lee", "colleague"):
        assert opened.recorder.put(VISIT._replace(person=person, raised=None, pseudonym=None))
    opened.recorder.seal(NOON)
    opened.recorder.close()

    made = breaktime("audit", "prove", "-c", config, "--person", "X\\C.Lee")
    assert (made.returncode, made.stderr) == (0, b"")
    assert len(json.loads(made.stdout)["records"]) == 1
    (noted,) = readings(tmp_path / "audit")
    assert (noted["event"]["action"], noted["user"]["name"]) == ("subject-exported", "c.lee")
    assert noted["message"] == "The records were read: prove"


def test_a_note_of_who_has_read_that_was_changed_is_told(log):
    """The log holds; what stands beside it is not what was sealed."""
    for person in ("c.lee", "a.jones"):
        note_reading(log.records, Reading(NOON, "m.finance", "export", person, person))
    recorder = log.open()
    for one in notes(log.records, Taken()):
        assert recorder.put(record_of(one, log.at, "f00"))
    recorder.seal(log.at)
    recorder.close()
    assert verify(log)[0] == 0

    path = log.records / PLACE
    path.write_bytes(path.read_bytes().replace(b"a.jones", b"a.janes"))
    status, said, _ = verify(log)
    assert status == 8
    assert f"TAMPERED {PLACE}:1: 1 note is not what was sealed of who has read the log" in said
