"""One person's records can be proved without anybody else's; nothing else can be."""

import copy
import json
from datetime import timedelta

import pytest

from breaktime.audit.proof import ProofError, check, prove
from breaktime.audit.raw import log_files, raw_lines
from records import VISIT
from sealed import Log, verified


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    log = Log(tmp_path_factory.mktemp("log"))
    recorder = log.open()
    for number in range(30):
        log.at += timedelta(seconds=1)
        who = "r.hughes" if number % 7 == 3 else f"colleague{number}"
        recorder.put(VISIT._replace(at=log.at, person=who, path=f"/{number}"))
        if number % 10 == 9:
            recorder.seal(log.at)
    recorder.close()
    return log


def proof_of(log, who="r.hughes", anchor=None):
    lines = [raw for path in log_files(log.records) for raw in raw_lines(path)]
    return prove(lines, anchor or log.anchor, lambda record: record["user"]["name"] == who)


def test_a_person_can_be_shown_what_is_written_of_them_and_nobody_else(log):
    proof = json.loads(json.dumps(proof_of(log)))
    shown = check(proof, log.anchor)

    assert [json.loads(line)["url"]["path"] for line in shown.records] == [
        "/3",
        "/10",
        "/17",
        "/24",
    ]
    assert shown.origin == log.anchor.origin
    assert "colleague" not in json.dumps(proof)


def test_what_is_not_there_has_no_proof(log):
    assert proof_of(log, "nobody")["records"] == []
    assert check(proof_of(log, "nobody"), log.anchor).records == []


def test_what_is_not_sealed_has_no_proof(log):
    lines = list(raw_lines(log.path))[:-2]
    proof = prove(lines, log.anchor, lambda record: True)

    assert len(proof["records"]) == 20


def test_a_later_anchor_makes_a_shorter_proof(log):
    lines = log.data.splitlines(keepends=True)
    later = verified(b"".join(lines[:12]), log.anchor).anchor
    proof = proof_of(log, anchor=later)

    assert (later.epoch, len(proof["checkpoints"]), len(proof["records"])) == (2, 2, 3)
    assert len(check(proof, later).records) == 3
    with pytest.raises(ProofError, match="where checkpoint 0 should be"):
        check(proof, log.anchor)


OTHERS = {
    "line": lambda line: [line[:9] + "x" + line[10:], line + " ", line[:-1], 1, ""],
    "epoch": lambda epoch: [epoch - 1, epoch + 1, 99, "1", None],
    "index": lambda index: [index - 1, index + 1, -1, 99, 0.5, "0", None],
    "path": lambda path: [[], "x", path[:-1], [*path, "00"], ["zz"]],
}


def test_every_change_of_a_proof_is_found(log):
    """Each value of it, and each character of each line."""
    proof = proof_of(log)
    check(proof, log.anchor)

    def spoilt():
        for number, record in enumerate(proof["records"]):
            for name, value in record.items():
                for other in OTHERS[name](value):
                    changed = copy.deepcopy(proof)
                    changed["records"][number][name] = other
                    yield changed
        for number, line in enumerate(proof["checkpoints"]):
            for place in range(0, len(line), 7):
                changed = copy.deepcopy(proof)
                changed["checkpoints"][number] = line[:place] + "~" + line[place + 1 :]
                yield changed
            changed = copy.deepcopy(proof)
            del changed["checkpoints"][number]
            yield changed

    count = 0
    for changed in spoilt():
        count += 1
        with pytest.raises(ProofError):
            check(changed, log.anchor)
    assert count > 500


@pytest.mark.parametrize(
    "proof", [None, 1, "x", [], {}, {"breaktime-proof": 1}, {"breaktime-proof": 2}]
)
def test_what_is_no_proof(log, proof):
    with pytest.raises(ProofError):
        check(proof, log.anchor)


def test_a_proof_of_another_log(log, tmp_path):
    with pytest.raises(ProofError):
        check(proof_of(log), Log(tmp_path).anchor)
