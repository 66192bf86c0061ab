"""Is each row of a rota's table one day of one shift?"""

from datetime import date
from pathlib import Path

from breaktime.config.draft import Draft
from breaktime.config.duties import Duty, from_table
from breaktime.config.sources import gather_text

AT = ("rotas", "r", "table")


def duties(folder, text):
    (folder / "t.csv").write_text(text)
    draft = Draft(gather_text("rotas: {r: {table: t.csv}}", "breaktime.yaml", Path(folder)))
    return from_table(draft, AT, "t.csv"), [str(problem) for problem in draft.problems]


def test_a_table_of_people(tmp_path):
    found, problems = duties(tmp_path, "date,person,shift\n2026-11-23,P.Kaur,Early turn\n")
    assert found == [Duty(date(2026, 11, 23), "Early turn", "p.kaur", "t.csv", 2, 19, "shift")]
    assert not problems


def test_a_table_of_a_whole_team(tmp_path):
    found, _ = duties(tmp_path, "shift,date\nearly,2026-11-23\nearly,2026-11-24\n")
    assert [(one.day.day, one.shift, one.person) for one in found] == [
        (23, "early", ""), (24, "early", ""),
    ]  # fmt: skip


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
    assert from_table(draft, AT, "t.csv") == []
    assert len(draft.problems) == 1
