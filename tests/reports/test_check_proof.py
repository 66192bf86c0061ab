"""The checker for the other side of the table: it proves what ours proves, and nothing else."""

import copy
import json
import subprocess
import sys

import pytest

from breaktime.audit.proof import ProofError, check, prove
from breaktime.audit.raw import Raw
from breaktime.reports import check_proof
from sealed import Log


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    log = Log(tmp_path_factory.mktemp("log"))
    log.write(1, 5, 0, 7)
    return log


def proof_of(log, *files):
    lines = [Raw("log", n, line, True) for n, line in enumerate(log.data.splitlines(), 1)]
    return prove(lines, log.anchor, lambda record: record.get("file", {}).get("path") in files)


@pytest.fixture(scope="module")
def proof(log):
    every = [json.loads(line).get("file", {}).get("path") for line in log.data.splitlines()]
    return proof_of(log, *[each for each in every if each][::2])


def holds(anchor, proof):
    """Whether the second one takes it; the first one has to say the same."""
    try:
        check(proof, anchor)
        first = True
    except ProofError:
        first = False
    try:
        check_proof.check(str(anchor), proof)
        second = True
    except Exception:  # noqa: BLE001  whatever it is, it is not taken
        second = False
    assert first is second
    return second


def test_what_is_proved_is_shown(log, proof):
    lines = check_proof.check(str(log.anchor), proof)

    assert len(lines) > 3
    assert lines == check(proof, log.anchor).records


def spoilt(proof):
    def but(change):
        new = copy.deepcopy(proof)
        change(new)
        return new

    def changed(text, at):
        return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]

    for number, record in enumerate(proof["records"]):
        for at in range(0, len(record["line"]), 17):
            new = changed(record["line"], at)
            yield but(lambda p, n=number, new=new: p["records"][n].update(line=new))
        for index in (record["index"] + 1, record["index"] - 1, 99, -1):
            yield but(lambda p, n=number, i=index: p["records"][n].update(index=i))
        yield but(lambda p, n=number: p["records"][n].update(epoch=99))
        yield but(lambda p, n=number: p["records"][n]["path"].append("0" * 64))
        if record["path"]:
            yield but(lambda p, n=number: p["records"][n]["path"].pop())
    for number, line in enumerate(proof["checkpoints"]):
        for at in range(0, len(line), 23):
            new = changed(line, at)
            yield but(lambda p, n=number, new=new: p["checkpoints"].__setitem__(n, new))
        yield but(lambda p, n=number: p["checkpoints"].pop(n))
        yield but(lambda p, n=number: p["checkpoints"].insert(n, p["checkpoints"][n]))
    yield but(lambda p: p["checkpoints"].reverse())
    yield {}
    yield []
    yield {"breaktime-proof": 1, "checkpoints": ["x"], "records": []}


def test_nothing_that_was_changed_is_proved(log, proof):
    assert holds(log.anchor, proof)
    found = [holds(log.anchor, each) for each in spoilt(proof)]
    assert len(found) > 100
    assert not any(found)


def test_another_anchor_proves_nothing(log, proof, tmp_path):
    assert not holds(Log(tmp_path / "other").anchor, proof)
    assert not holds(log.anchor._replace(epoch=1), proof)
    with pytest.raises(SystemExit, match="no anchor"):
        check_proof.check("x", proof)


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-I", check_proof.__file__, *map(str, arguments)],
        capture_output=True, check=False, text=True,
    )  # fmt: skip


def test_as_a_program_it_shows_what_is_proved_and_says_so(log, proof, tmp_path):
    anchor, file = tmp_path / "anchor.txt", tmp_path / "proof.json"
    anchor.write_text(f"Dear all,\n{log.anchor}\n")
    file.write_text(json.dumps(proof))
    ran = run(anchor, file)
    assert (ran.returncode, ran.stderr) == (0, "")
    *lines, last = ran.stdout.splitlines()
    assert lines == [record["line"] for record in proof["records"]]
    assert last == f"PROVED: {len(lines)} records are in the log of the anchor, as shown"

    file.write_text(json.dumps(proof).replace("Configuration", "configuration", 1))
    ran = run(anchor, file)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("NOT PROVED: ")
    assert "Traceback" not in ran.stderr
    file.write_text("{")
    assert run(anchor, file).stderr.startswith("NOT PROVED: ")
    assert run().returncode == 1


def test_it_can_be_read_at_a_sitting_and_shares_nothing():
    with open(check_proof.__file__, encoding="utf-8") as file:  # noqa: PTH123  a module's
        text = file.read()
    assert len(text.splitlines()) <= 110
    assert "import breaktime" not in text
    assert "from breaktime" not in text
