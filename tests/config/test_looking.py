"""How much is recorded: presets, and the single lines that win over them."""

import pytest

from breaktime.config import parse

CONFIG = """
version: 1
organisation: {name: Exampleshire Council, timezone: Europe/London}
controlled: {categories: [social-network]}
breaks: {lunch: {days: Mon-Fri, at: 12:00-14:00}}
everyone: {breaks: [lunch]}
teams:
  press: {members: [a, b, c, d]}
  finance: {members: [e, f, g, h, i]}
  legal: {members: {directory_group: GG-Legal}}
directory:
  servers: [ldaps://dc.example]
  account: {name: cn=x, password_file: p}
  people: {below: ou=people, name: uid}
  groups: {below: ou=groups}
identity: [{kind: directory}]
"""


def looking(tmp_path, records):
    (tmp_path / "p").write_text("secret")
    return parse(f"{CONFIG}records: {records}\n", base=tmp_path).settings.records


@pytest.mark.parametrize(
    ("records", "details", "names"),
    [
        ("{}", ("page", "page", "page", "count"), True),
        ("{preset: full}", ("page", "page", "page", "count"), True),
        ("{preset: balanced}", ("site", "site", "page", "count"), False),
        ("{preset: strict}", ("count", "site", "site", "none"), False),
        ("{preset: strict, names: clear}", ("count", "site", "site", "none"), True),
        ("{names: pseudonym, detail: {break: site}}", ("site", "page", "page", "count"), False),
        (
            "{detail: {break: none, refused: count, business_case: site, own_page: page}}",
            ("none", "count", "site", "page"),
            True,
        ),
    ],
)
def test_what_is_recorded(tmp_path, records, details, names):
    found = looking(tmp_path, records)
    assert found.looking.details == details
    assert found.names is found.looking.names is names
    assert found.looking.ids is ("balanced" not in records and "strict" not in records)


def test_teams_of_few_are_known_where_they_would_give_somebody_away(tmp_path):
    assert looking(tmp_path, "{names: pseudonym}").looking.small == {"press"}
    assert looking(tmp_path, "{}").looking.small == frozenset()
