"""Concerns: what is taken, what is not and why, at its line; and who may read the files."""

from datetime import UTC, datetime

import pytest

from breaktime.config import ConfigError, archive, load
from breaktime.core.detail import Detail

CONFIG = """
version: 1
organisation: {name: Exampleshire Council, timezone: Europe/London, domains: [EXAMPLE]}
controlled: {categories: [social-network]}
breaks: {lunch: {days: Mon-Fri, at: 12:00-14:00}}
everyone: {breaks: [lunch]}
teams: {finance: {members: [j.bloggs]}}
concerns: concerns.d
identity: [{kind: addresses, table: people.csv}]
page: {managers: {finance: [m.finance]}, helpdesk: [it.help]}
"""

CONCERN = """\
case: HR-2026-0143
person: j.bloggs
detail: page
from: 2026-11-23
until: 2026-12-04
why: possible serious breach, see case file
authorised_by: [head.of.hr, monitoring.officer]
tell_employee: yes
"""


@pytest.fixture
def read(tmp_path):
    """Write a configuration with files of concerns, and load it."""
    folder = tmp_path / "concerns.d"
    folder.mkdir()
    (tmp_path / "people.csv").write_text("address,person\n10.0.0.1,j.bloggs\n")

    def read(*texts, mode=0o640):
        (tmp_path / "breaktime.yaml").write_text(CONFIG)
        for number, text in enumerate(texts):
            path = folder / f"{number}.yaml"
            path.write_text(text)
            path.chmod(mode)
        return load(tmp_path / "breaktime.yaml")

    read.folder = folder
    return read


def problems(read, *texts, **more):
    with pytest.raises(ConfigError) as caught:
        read(*texts, **more)
    return [str(each).partition("concerns.d/")[2] for each in caught.value.problems]


def concerns(loaded):
    return loaded.settings.records.looking.concerns


def test_a_concern_counts_from_its_first_day_to_the_end_of_its_last(read):
    (found,) = concerns(read(CONCERN))["j.bloggs"]
    assert found.since == datetime(2026, 11, 23, tzinfo=UTC)
    assert found.until == datetime(2026, 12, 5, tzinfo=UTC)
    assert (found.case, found.detail, found.told) == ("HR-2026-0143", Detail.PAGE, True)
    assert found.by == ("head.of.hr", "monitoring.officer")


@pytest.mark.parametrize(
    ("days", "since", "until"),
    [
        (("2026-10-20", "2026-11-16"), (2026, 10, 19, 23), (2026, 11, 17, 0)),
        (("2026-03-20", "2026-04-16"), (2026, 3, 20, 0), (2026, 4, 16, 23)),
        (("2026-10-25", "2026-10-25"), (2026, 10, 24, 23), (2026, 10, 26, 0)),
    ],
)
def test_its_days_are_those_of_the_organisation_also_where_the_clock_changes(
    read, days, since, until
):
    text = CONCERN.replace("2026-11-23", days[0]).replace("2026-12-04", days[1])
    (found,) = concerns(read(text))["j.bloggs"]
    assert (found.since, found.until) == (
        datetime(*since, tzinfo=UTC),
        datetime(*until, tzinfo=UTC),
    )
    assert found.runs(found.since)
    assert not found.runs(found.until)


def test_the_person_is_the_one_that_is_recognised(read):
    assert set(concerns(read(CONCERN.replace("j.bloggs", "EXAMPLE\\J.Bloggs")))) == {"j.bloggs"}


def test_no_folder_in_the_configuration_means_no_concern(read, tmp_path):
    loaded = read()
    assert not concerns(loaded)
    text = CONFIG.replace("concerns: concerns.d\n", "")
    (tmp_path / "breaktime.yaml").write_text(text)
    assert load(tmp_path / "breaktime.yaml").settings.records.concerns is None


def test_only_yaml_files_are_read(read):
    (read.folder / "README").write_text("nothing")
    assert not concerns(read())


def test_two_cases_about_one_person(read):
    other = CONCERN.replace("0143", "0144")
    found = concerns(read(CONCERN, other))["j.bloggs"]
    assert [one.case for one in found] == ["HR-2026-0143", "HR-2026-0144"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "[head.of.hr, monitoring.officer]",
            "[head.of.hr]",
            "0.yaml:7:16: authorised_by: must name two different people, found 1",
        ),
        (
            "[head.of.hr, monitoring.officer]",
            "[head.of.hr, EXAMPLE\\Head.Of.HR]",
            "0.yaml:7:16: authorised_by: must name two different people, found 1",
        ),
        (
            "monitoring.officer",
            "m.finance",
            (
                "0.yaml:7:29: authorised_by[2]: decides the requests of this person; name somebody"
                " who does not manage them"
            ),
        ),
        (
            "monitoring.officer",
            "it.help",
            (
                "0.yaml:7:29: authorised_by[2]: is of the help desk; name somebody who does not run"
                " the gateway"
            ),
        ),
        (
            "monitoring.officer",
            "j.bloggs",
            "0.yaml:7:29: authorised_by[2]: is the person whom it is about; name somebody else",
        ),
        (
            "tell_employee: yes",
            "tell_employee: no",
            (
                "0.yaml:7:16: authorised_by: must name three different people where the person is"
                " not told, found 2"
            ),
        ),
        (
            "until: 2026-12-04",
            "until: 2026-12-21",
            (
                "0.yaml:1:1: runs for 29 days, and may for 28; end it earlier, and renew it with a"
                " new file if it has to go on"
            ),
        ),
        (
            "until: 2026-12-04",
            "until: 2026-11-22",
            "0.yaml:1:1: `until` (`2026-11-22`) must not be before `from` (`2026-11-23`)",
        ),
        (
            "detail: page",
            "detail: all",
            "0.yaml:3:9: detail: must be `site` or `page`, found `all`",
        ),
        ("why: possible", "reason: possible", "0.yaml:1:1: `why` is missing"),
    ],
)
def test_what_is_not_taken_and_why(read, old, new, told):
    assert told in problems(read, CONCERN.replace(old, new))


def test_who_manages_somebody_of_a_table_may_not_authorise_it(read, monkeypatch):
    table = "people: {table: people.table.csv}\nteams: {finance: {}}\n"
    monkeypatch.setitem(
        globals(), "CONFIG", CONFIG.replace("teams: {finance: {members: [j.bloggs]}}\n", table)
    )
    (read.folder.parent / "people.table.csv").write_text("person,team\nj.bloggs,finance\n")
    assert concerns(read(CONCERN))
    (told,) = problems(read, CONCERN.replace("monitoring.officer", "m.finance"))
    assert "decides the requests of this person" in told


def test_a_person_whom_nobody_is_known_as_is_refused(read):
    (told,) = problems(read, CONCERN.replace("person: j.bloggs", "person: a\\b\\c"))
    assert told == "0.yaml:2:9: person: can be read in two ways; nobody is known by it"


def test_28_days_are_taken(read):
    assert concerns(read(CONCERN.replace("2026-12-04", "2026-12-20")))


def test_three_may_agree_that_the_person_is_not_told(read):
    text = CONCERN.replace("yes", "no").replace("monitoring.officer", "x.chief, d.law")
    (found,) = concerns(read(text))["j.bloggs"]
    assert not found.told


def test_a_reference_is_used_once(read):
    (told,) = problems(read, CONCERN, CONCERN)
    assert told.startswith("1.yaml:1:1: case: `HR-2026-0143` has a file already")


def test_nobody_else_may_read_it(read):
    (told,) = problems(read, CONCERN, mode=0o644)
    assert told.startswith("0.yaml: can be read by everybody on this machine; run `chmod o-rwx")


@pytest.mark.parametrize(
    ("text", "told"),
    [("- a", "0.yaml:1:1: must be keys with values, found a list"), ("case: [", "0.yaml:2:1:")],
)
def test_what_is_no_concern_is_told_with_its_line(read, text, told):
    assert problems(read, text)[0].startswith(told)


def test_a_folder_that_is_not_there_is_told(read):
    read.folder.rmdir()
    read.folder.parent.joinpath("breaktime.yaml").write_text(CONFIG)
    with pytest.raises(ConfigError) as caught:
        load(read.folder.parent / "breaktime.yaml")
    (problem,) = caught.value.problems
    assert problem.where == "concerns"
    assert "does not exist" in problem.what


def test_a_new_file_is_noticed_and_the_policy_stays_the_same(read):
    before = read()
    after = read(CONCERN)
    assert read.folder in before.files
    assert read.folder / "0.yaml" in after.files
    assert before.policy.fingerprint == after.policy.fingerprint


def test_no_copy_of_it_is_archived(read, tmp_path):
    loaded = read(CONCERN)
    archive.keep(loaded, tmp_path / "policies")
    kept = [path.read_bytes() for path in (tmp_path / "policies").rglob("*") if path.is_file()]
    assert not any(b"HR-2026-0143" in each or b"0.yaml" in each for each in kept)
    assert archive.policy_of(tmp_path / "policies", loaded.policy.fingerprint)
