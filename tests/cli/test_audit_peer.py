"""`breaktime audit peer`: the one line that the other gateway's configuration needs."""

import pytest

from breaktime.audit.witnesses import read_witness
from breaktime.audit.witnesses.cosign import WitnessKey
from breaktime.config import load
from support.command import breaktime, configuration

ANCHOR = "breaktime-anchor gw-b/1f0c9e1b7a445d0c 0 " + "3b" * 32


@pytest.fixture
def config(tmp_path):
    return configuration(tmp_path)


def witness(config, anchor=ANCHOR):
    text = config.read_text()
    said = f"witness_for: {{listen: 10.0.0.2:8447, anchors: [{anchor}]}}"
    assert text.count("records: {") == 1
    config.write_text(text.replace("records: {", f"records: {{{said}, "))


def test_it_prints_what_the_other_one_writes(config):
    witness(config)
    ran = breaktime("audit", "peer", "-c", config)
    records = load(config).settings.records

    assert ran.returncode == 0, ran.stderr
    found = read_witness(ran.stdout.decode().strip())
    assert found.name == "peer:10.0.0.2:8447"
    assert found.key == WitnessKey.of(records.seal_keys).public


def test_where_nobody_is_witnessed_it_says_what_to_write(config):
    ran = breaktime("audit", "peer", "-c", config)

    assert (ran.returncode, ran.stdout) == (1, b"")
    assert "write `records: witness_for`" in ran.stderr.decode()


def test_an_anchor_that_is_none_is_told_with_its_place(config):
    witness(config, "gw-b")
    ran = breaktime("audit", "peer", "-c", config)

    assert ran.returncode == 1
    assert "config.yaml:" in ran.stderr.decode()
    assert (
        "must be the line that `breaktime audit init` printed on the other gateway"
        in ran.stderr.decode()
    )


def test_a_key_that_cannot_be_used_is_told(config):
    witness(config)
    folder = load(config).settings.records.seal_keys
    folder.mkdir()
    (folder / "witness.key").write_text("x")
    ran = breaktime("audit", "peer", "-c", config)

    assert ran.returncode == 1
    assert "cannot be used" in ran.stderr.decode()
    assert "Traceback" not in ran.stderr.decode()
