"""Is each row of a rota's table one day of one shift?"""

from datetime import date
from pathlib import Path

from breaktime.config.draft import Draft
from breaktime.config.duties import Duty, from_table
from breaktime.config.sources import gather_text
from breaktime.core.signin import SignInNames

AT = ("rotas", "r", "table")


def duties(folder, text, domains=()):
    (folder / "t.csv").write_text(text)
    draft = Draft(gather_text("rotas: {r: {table: t.csv}}", "breaktime.yaml", Path(folder)))
    names = SignInNames(frozenset(domains))
    return from_table(draft, AT, "t.csv", names), [str(problem) for problem in draft.problems]


def test_a_table_of_people(tmp_path):
    found, problems = duties(tmp_path, "date,person,shift\n2026-11-23,P.Kaur,Early turn\n")
    assert found == [Duty(date(2026, 11, 23), "Early turn", "p.kaur", "t.csv", 2, 19, "shift")]
    assert not problems


def test_a_table_of_a_whole_team(tmp_path):
    found, _ = duties(tmp_path, "shift,date\nearly,2026-11-23\nearly,2026-11-24\n")
    assert [(one.day.day, one.shift, one.person) for one in found] == [
        (23, "early", ""), (24, "early", ""),
    ]  # fmt: skip


def test_a_name_with_a_domain_is_the_same_person(tmp_path):
    written = ("A.Jones", "EXAMPLE\\a.jones", "a.jones@example.org", "a.jones@other.org")
    rows = "".join(f"{who},2026-11-23,early\n" for who in written)

    found, problems = duties(tmp_path, f"person,date,shift\n{rows}", ["example", "example.org"])

    assert [one.person for one in found] == ["a.jones"] * 3 + ["a.jones@other.org"]
    assert not problems


def test_a_name_that_could_be_two_is_refused(tmp_path):
    found, problems = duties(tmp_path, "person,date,shift\na\\b@c,2026-11-23,early\n")

    assert not found
    assert problems == ["t.csv:2:1: person: `a\\b@c` can be read in two ways"]


def test_rows_with_problems_do_not_hide_those_of_others(tmp_path):
    found, problems = duties(
        tmp_path, "person,date,shift\na,x,early\n,2026-11-23,early\na,2026-11-23,\n"
    )
    assert not found
    assert [line.partition(": ")[0] for line in problems] == [
        "t.csv:2:3",
        "t.csv:3:1",
        "t.csv:4:14",
    ]


def test_a_table_that_is_not_there_has_no_duties(tmp_path):
    draft = Draft(gather_text("rotas: {r: {table: t.csv}}", "breaktime.yaml", tmp_path))
    assert from_table(draft, AT, "t.csv", SignInNames()) == []
    assert len(draft.problems) == 1
