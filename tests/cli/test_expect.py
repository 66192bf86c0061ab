"""`breaktime test`: what an administrator expects, and what happens where it is not so."""

import pytest

from breaktime.cli.expect import failures_of
from support.command import ROOT, breaktime

POLICY = sorted(
    path for path in (ROOT / "tests/policy").glob("*.yaml") if "expect:" in path.read_text()
)
CONFIG = """\
version: 1
organisation: {name: Exampleshire Council, timezone: Europe/London}
controlled: {categories: [social-network]}
breaks:
  lunch: {days: Mon-Fri, at: 12:00-14:00}
everyone: {breaks: [lunch]}
blackouts: [{for: everyone, at: 13:00-13:30}]
teams: {legal: {members: {directory_group: GG-Legal}, breaks: [{at: 09:00-09:30}]}}
identity: [{kind: basic, file: htpasswd}]
"""


@pytest.mark.parametrize("path", POLICY, ids=lambda path: path.stem)
def test_our_own_policy_is_as_expected(path):
    failures, rows = failures_of(path)
    assert failures == []
    assert rows > 10


@pytest.fixture
def expecting(tmp_path, monkeypatch):
    """Write rows, and return what the verb says of them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(CONFIG)

    def of(*rows):
        lines = ["config: config.yaml", "expect:", *(f"  - {{{row}}}" for row in rows)]
        (tmp_path / "expect.yaml").write_text("\n".join(lines) + "\n")
        return breaktime("test", "expect.yaml")

    return of


NOON = "who: ada, url: x.com, at: 2026-11-23 12:30"
PHONES = "who: ada, url: x.com, at: 2026-11-23 13:10"

LUNCH = "break:lunch (config.yaml:5), everyone (config.yaml:6)"
IN_LUNCH = f"found allow (break_fixed) because of {LUNCH}"
UNKNOWN = "found block (identity_unknown)"
IN_BLACKOUT = "found block (blackout) because of blackout:1 (config.yaml:7)"
NO_CLOCK = "`2026-03-29 01:30` is on no clock in Europe/London: the clocks go forward then"

# fmt: off
ROWS = {
    "the other verdict": (
        f"{NOON}, verdict: block",
        f"ada, x.com, 2026-11-23 12:30: expected block; {IN_LUNCH}"),
    "the right verdict for another reason": (
        f"{PHONES}, verdict: block, reason: outside_breaks",
        f"ada, x.com, 2026-11-23 13:10: expected outside_breaks; {IN_BLACKOUT}"),
    "the right verdict by another rule": (
        f"{NOON}, verdict: allow, because: [everyone, tea]",
        f"ada, x.com, 2026-11-23 12:30: expected because of tea; {IN_LUNCH}"),
    "nothing right": (
        "url: x.com, at: 2026-11-23, verdict: allow, reason: exempt, because: a",
        f"nobody known, x.com, 2026-11-23: expected allow, exempt, because of a; {UNKNOWN}"),
    "a time that no clock shows": (
        "url: x.com, at: 2026-03-29 01:30, verdict: block", NO_CLOCK),
}
# fmt: on


@pytest.mark.parametrize(("row", "line"), ROWS.values(), ids=ROWS)
def test_what_is_not_as_expected_is_one_line(expecting, row, line):
    done = expecting(f"{NOON}, verdict: allow", row)
    assert done.stdout.decode().splitlines() == [
        f"expect.yaml:4: {line}",
        "1 failure in 2 expectations",
    ]
    assert done.returncode == 1


def test_where_all_is_as_expected_it_says_so(expecting):
    done = expecting(f"{NOON}, verdict: allow, because: lunch, reason: break_fixed")
    assert (done.returncode, done.stdout) == (0, b"1 expectation, all met\n")


def test_the_groups_of_the_directory_count(expecting):
    cause = "(outside_breaks) because of everyone (config.yaml:6)"
    row = "who: ada, url: x.com, at: 2026-11-23 09:10, verdict: allow, groups: "
    done = expecting(f"{row}[GG-Legal]", f"{row}[]", f"{row}[gg-legal]")
    assert done.stdout.decode().splitlines() == [
        f"expect.yaml:4: ada, x.com, 2026-11-23 09:10: expected allow; found block {cause}",
        "expect.yaml:5: no team has the directory group `gg-legal`; did you mean `GG-Legal`",
        "2 failures in 3 expectations",
    ]


def test_a_file_with_problems_is_a_failure(expecting):
    done = expecting(f"{NOON}, verdict: allowed")
    assert done.returncode == 1
    first, last = done.stdout.decode().splitlines()
    assert first.startswith("expect.yaml:3:")
    assert "verdict" in first
    assert last == "1 failure in 0 expectations"


def test_a_configuration_with_problems_is_a_failure(expecting, tmp_path):
    expecting()
    (tmp_path / "expect.yaml").write_text(
        f"config: none.yaml\nexpect: [{{{NOON}, verdict: allow}}]"
    )
    done = breaktime("test", "expect.yaml")
    assert done.returncode == 1
    assert done.stdout.decode().splitlines()[0] == "none.yaml: does not exist"


def test_without_a_file_the_command_line_is_not_understood():
    assert breaktime("test").returncode == 2
