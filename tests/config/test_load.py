"""Does a configuration load whole or not at all, whatever it is?"""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breaktime.config import ConfigError, load, parse, rules_dir
from written import LEAST, loaded

EXAMPLE = (Path(__file__).parents[2] / "config.example.yaml").read_text("utf-8")


def test_files_are_all_that_was_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.d").mkdir()
    (tmp_path / "people.d" / "a.yaml").write_text("people: {a: {breaks: none}}\n")
    (tmp_path / "htpasswd").touch()
    (tmp_path / "main.yaml").write_text(LEAST + "include: [people.d/*.yaml, later.d/*.yaml]\n")
    files = load("main.yaml").files
    assert all(path.is_absolute() and path.exists() for path in files)
    assert {
        tmp_path,
        tmp_path / "main.yaml",
        tmp_path / "htpasswd",
        tmp_path / "people.d",
        tmp_path / "people.d" / "a.yaml",
        rules_dir(),
        rules_dir() / "facebook.yaml",
    } <= set(files)


@pytest.mark.parametrize("path", ["main.yaml", Path("main.yaml")])
def test_rules_name_the_file_as_it_was_given(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path(path).write_text(LEAST + "exempt: [{person: a, reason: b}]\n")
    assert str(load(path).policy.exemptions[0].rule) == "exempt:person:a (main.yaml:5)"


def test_a_file_that_is_not_there_is_a_problem():
    with pytest.raises(ConfigError) as caught:
        load("missing.yaml")
    assert str(caught.value) == "missing.yaml: does not exist\n1 problem"


def test_five_thousand_people_do_not_take_long():
    """Seconds of the processor, so that a machine that is busy with other tests is no slower."""
    people = [f"p{n}" for n in range(5000)]
    more = "breaks: {lunch: {days: Mon-Fri, at: 12:00-14:00}}\nteams:\n" + "".join(
        f"  t{n}: {{members: [{', '.join(people[n : n + 50])}], breaks: [lunch]}}\n"
        for n in range(0, 5000, 50)
    )
    more += "people:\n" + "".join(
        f"  {each}: {{breaks: [lunch, {{at: 15:00-15:30}}], timezone: Europe/Warsaw}}\n"
        for each in people
    )
    start = time.process_time()
    assert len(loaded(more).policy.directory.people) == 5000
    assert time.process_time() - start < 3


def said(text):
    """Return what is wrong with a configuration, None if nothing is."""
    try:
        parse(text)
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return None


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_configuration_with_a_slip_loads_or_has_problems(data):
    """A line lost, doubled, moved or mangled never becomes a fault of ours."""
    lines = EXAMPLE.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 3))):
        n = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "swap", "indent", "cut", "insert"])):
            case "drop":
                del lines[n]
            case "double":
                lines.insert(n, lines[n])
            case "swap":
                lines[n], lines[n - 1] = lines[n - 1], lines[n]
            case "indent":
                lines[n] = " " * data.draw(st.integers(0, 6)) + lines[n].lstrip(" ")
            case "cut":
                lines[n] = lines[n][: data.draw(st.integers(0, len(lines[n])))] + "\n"
            case "insert":
                at = data.draw(st.integers(0, len(lines[n])))
                piece = data.draw(st.text(":-[]{}'\"#,&*! \t12ab\u00e9", max_size=5))
                lines[n] = lines[n][:at] + piece + lines[n][at:]
    found = said("".join(lines))
    assert found is None or (found and not any("\n" in line for line in found))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**6)
    | st.text(max_size=8)
    | st.sampled_from(
        ["12:00-14:00", "Mon-Fri", "none", "everyone", "x", "facebook.com/a", "10.0.0.0/8"]
    ),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.text("abc", min_size=1, max_size=3)
            | st.sampled_from(
                ["at", "days", "for", "team", "person", "breaks", "add", "kind", "until"]
            ),
            inside,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [
            "breaks",
            "places",
            "teams",
            "everyone",
            "people",
            "exempt",
            "business_cases",
            "suspensions",
            "exceptions",
            "blackouts",
            "when_rules_disagree",
            "ending",
            "include",
            "identity",
            "gateway",
            "records",
            "page",
            "own_pages",
            "never_control",
            "organisation",
            "controlled",
            "version",
        ]
    ),
    VALUES,
)
def test_any_data_in_any_section_loads_or_has_problems(section, value):
    text = "".join(line for line in LEAST.splitlines(True) if not line.startswith(section))
    assert said(text + json.dumps(section) + ": " + json.dumps(value) + "\n") != []
