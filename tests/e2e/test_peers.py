"""Two gateways that witness each other, as two processes: what one loses, the other has seen."""

import os
import shutil
import subprocess
import sys

import pytest

from breaktime.audit.anchor import Anchor
from breaktime.audit.keys import KeyFile
from breaktime.audit.statement import read_statements
from breaktime.audit.witnesses.cosign import WitnessKey
from support.clients import curl
from support.command import breaktime
from support.gateway import PEOPLE, ROOT, running
from support.workers import until

pytestmark = pytest.mark.e2e

FACEBOOK = "https://www.facebook.com/"
NAMES = ("gw-a", "gw-b")


def place(number):
    """An address of this run's own: nobody else listens there."""
    pid = os.getpid()
    return f"127.{200 + number}.{pid >> 8 & 255}.{pid & 255}:8447"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A folder for each, with its keys, and what the other one has to know of them."""
    found = []
    for number, name in enumerate(NAMES):
        folder = tmp_path_factory.mktemp(name)
        keys = KeyFile.create(folder / "seal", name)
        anchor = Anchor(keys.now.origin, 0, keys.now.public)
        keys.close()
        (folder / "anchor").write_text(f"{anchor}\n")
        key = WitnessKey.of(folder / "seal").public
        found.append((folder, anchor, f"peer:{place(number)} key={key}"))
    return found


@pytest.fixture(scope="module")
def pair(folders, origin):
    (one, anchor_a, line_a), (two, anchor_b, line_b) = folders
    with (
        running(one, origin, records=records(0, anchor_b, line_b), gateway="  name: gw-a") as a,
        running(two, origin, records=records(1, anchor_a, line_a), gateway="  name: gw-b") as b,
    ):
        yield a, b


def records(number, anchor, witness):
    own = f"witness_for: {{listen: {place(number)}, anchors: [{anchor}]}}"
    return f", seal_every: 1 second, witnesses: ['{witness}'], {own}"


def witnessed(gateway, anchor):
    """What a gateway has seen of the other one's log."""
    path = gateway.folder / "audit" / "witnessed" / f"{anchor.origin.replace('/', '-')}.witness"
    return list(read_statements(path.read_bytes().splitlines())) if path.exists() else []


def seals(gateway):
    return [
        line["breaktime"]["seal"]["epoch"]
        for line in gateway.lines()
        if "seal" in line["breaktime"]
    ]


@pytest.mark.parametrize("number", [0, 1], ids=NAMES)
def test_each_sees_what_the_other_one_seals(pair, folders, number):
    """The second one was not there yet when the first one began; it has all of them."""
    gateway, other, anchor = pair[number], pair[1 - number], folders[number][1]
    assert curl(gateway, FACEBOOK, source=PEOPLE["a.jones"]).status == 403
    due = max(until(lambda: seals(gateway))) + 2

    until(lambda: [each for each in witnessed(other, anchor) if each.epoch >= due])
    epochs = [each.epoch for each in witnessed(other, anchor)]
    assert epochs == list(range(len(epochs)))
    assert b"Traceback" not in (other.folder / "stderr").read_bytes()


def test_a_log_that_is_cut_is_seen_to_be_by_what_the_peer_has(pair, folders, tmp_path):
    """The end that is missing is gone without a trace for whoever has the log and the anchor."""
    a, b = pair
    folder, anchor, _ = folders[0]
    last = max(until(lambda: seals(a)))
    until(lambda: [each for each in witnessed(b, anchor) if each.epoch >= last])
    (path,) = (folder / "audit").glob("*.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    ends = [n for n, line in enumerate(lines, 1) if b'"seal":{' in line]
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / path.name).write_bytes(b"".join(lines[: ends[1]]))
    (own,) = (b.folder / "audit" / "witnessed").iterdir()
    witness = shutil.copy(own, tmp_path / "witness")

    alone = breaktime("audit", "verify", copy, "-a", folder / "anchor")
    seen = breaktime("audit", "verify", copy, "-a", folder / "anchor", "-w", witness)
    assert alone.returncode == 0, alone
    assert seen.returncode == 6, seen
    assert b"a witness saw checkpoint" in seen.stdout
    tool = [sys.executable, ROOT / "tools" / "verify_audit.py", folder / "anchor"]
    second = subprocess.run(
        [*tool, copy / path.name, "--witness", witness], check=False, capture_output=True
    )
    assert second.returncode == 1, second
    assert b"the end is missing" in second.stderr
