"""Does the fingerprint change with what is said, and with nothing else?"""

import os
from datetime import date

import pytest

from breaktime.config import fingerprint, parse, rules, zones
from breaktime.config.rules import read_rules
from written import LEAST, loaded

MORE = """
breaks:
  lunch: {days: Mon-Fri, at: 12:00-14:00}
  tea: {at: 10:30-10:45}
teams:
  finance: {members: [a.jones], breaks: [lunch]}
  legal: {members: [b.patel], breaks: [tea]}
exempt:
  - {person: c.lee, reason: x}
  - {person: d.smith, reason: y}
never_control: [gov.uk]
"""


def test_it_is_a_sha_256():
    assert len(loaded(MORE).policy.fingerprint) == 64
    assert int(loaded(MORE).policy.fingerprint, 16)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\nbreaks:", "\n# our breaks\nbreaks:   # all of them"),
        ("{days: Mon-Fri, at: 12:00-14:00}", "{at: '12:00-14:00', days: Mon-Fri}"),
        (
            (
                "  finance: {members: [a.jones], breaks: [lunch]}\n  legal: {members: [b.patel],"
                " breaks: [tea]}\n"
            ),
            (
                "  legal: {members: [b.patel], breaks: [tea]}\n  finance: {members: [a.jones],"
                " breaks: [lunch]}\n"
            ),
        ),
        (
            "  - {person: c.lee, reason: x}\n  - {person: d.smith, reason: y}\n",
            "  - {person: d.smith, reason: y}\n  - {person: c.lee, reason: x}\n",
        ),
        ("never_control: [gov.uk]", "never_control:\n- gov.uk\nblackouts:\n"),
    ],
)
def test_what_means_the_same_has_the_same(before, after):
    assert before in MORE
    assert loaded(MORE).policy.fingerprint == loaded(MORE.replace(before, after)).policy.fingerprint


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("12:00-14:00", "12:00-13:00"),
        ("Mon-Fri", "Mon-Thu"),
        ("[a.jones]", "[a.jones, e.may]"),
        ("gov.uk", "nhs.uk"),
        ("c.lee", "c.leigh"),
        ("breaks: [lunch]", "breaks: [tea]"),
    ],
)
def test_what_means_something_else_has_another(before, after):
    assert before in MORE
    assert loaded(MORE).policy.fingerprint != loaded(MORE.replace(before, after)).policy.fingerprint


def test_the_way_it_is_split_into_files_makes_no_difference(tmp_path):
    (tmp_path / "a.yaml").write_text("breaks: {lunch: {days: Mon-Fri, at: 12:00-14:00}}\n")
    (tmp_path / "b.yaml").write_text(
        MORE.replace("  lunch: {days: Mon-Fri, at: 12:00-14:00}\n", "")
    )
    one = parse(LEAST + "include: [a.yaml, b.yaml]\n", base=tmp_path)
    two = parse(LEAST + "include: ['?.yaml']\n", base=tmp_path)
    assert one.policy.fingerprint == two.policy.fingerprint == loaded(MORE).policy.fingerprint


def test_bank_holidays_and_zones_are_part_of_it(monkeypatch):
    found = {
        fingerprint.of({}, read_rules(), frozenset(["x"]), []),
        fingerprint.of({}, read_rules(), frozenset(["x"]), [date(2026, 12, 25)]),
    }
    monkeypatch.setattr(zones, "VERSION", "another")
    found.add(fingerprint.of({}, read_rules(), frozenset(["x"]), []))
    assert len(found) == 3


def test_lists_of_controlled_platforms_are_part_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(rules, "rules_dir", lambda: tmp_path)

    def shipped(name, domains, stamp):
        path = tmp_path / f"{name}.yaml"
        text = f"# {stamp}\nname: N\ncategory: social-network\ndomains: {{web: {domains}}}\n"
        path.write_text(text + "sources: [s]\n")
        os.utime(path, ns=(stamp, stamp))
        return loaded().policy.fingerprint

    first = shipped("one", "[one.example]", 1)
    assert shipped("one", "[one.example]", 2) == first
    assert shipped("one", "[one.example, two.example]", 3) != first


def test_what_others_own_below_a_controlled_name_is_part_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(rules, "rules_dir", lambda: tmp_path)
    text = "name: N\ncategory: {}\ndomains: {{web: [{}]}}\nsources: [s]\n"
    (tmp_path / "one.yaml").write_text(text.format("social-network", "one.example"))
    alone = loaded().policy.fingerprint
    (tmp_path / "chat.yaml").write_text(text.format("messaging", "chat.example"))
    beside = loaded().policy.fingerprint
    (tmp_path / "chat.yaml").write_text(text.format("messaging", "chat.one.example"))
    below = loaded().policy.fingerprint
    assert alone == beside != below
