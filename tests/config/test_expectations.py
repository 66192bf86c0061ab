"""Files of expectations: what they say, and what is wrong with them by line and column."""

import pytest

from breaktime.config import ConfigError
from breaktime.config.expectations import read

ROW = "{who: ada, url: x.com, at: 2026-11-23 12:30, verdict: allow, because: lunch}"


def written(tmp_path, text):
    path = tmp_path / "expect.yaml"
    path.write_text(text)
    return path


def test_rows_know_where_they_are_written(tmp_path):
    found = read(written(tmp_path, f"config: a/b.yaml\nexpect:\n  - {ROW}\n  - {ROW}\n"), "e.yaml")
    assert found.config == tmp_path / "a/b.yaml"
    assert [(spot.file, spot.line) for _, spot in found.rows] == [("e.yaml", 3), ("e.yaml", 4)]


@pytest.mark.parametrize(
    ("because", "causes"), [("lunch", ("lunch",)), ("[a, b]", ("a", "b")), ("[]", ())]
)
def test_causes_may_be_one_or_several(tmp_path, because, causes):
    row = ROW.replace("lunch", because)
    found = read(written(tmp_path, f"config: b.yaml\nexpect: [{row}]"), "e.yaml")
    assert found.rows[0][0].causes == causes


PROBLEMS = {
    "no rows": ("config: a\nexpect: []", "e.yaml:2:9: expect: "),
    "no config": (f"expect: [{ROW}]", "e.yaml:1:1: `config` is missing"),
    "unknown key": (f"config: a\nexpect: [{ROW.replace('who', 'whom')}]",
                    "e.yaml:2:11: expect[1].whom: unknown key; did you mean `who`"),
    "unknown verdict": (f"config: a\nexpect: [{ROW.replace('allow', 'alow')}]", "e.yaml:2:64: "),
    "causes with keys": (f"config: a\nexpect: [{ROW.replace('lunch', '{a: b}')}]",
                         "e.yaml:2:80: expect[1].because: must be the name of a rule"),
    "not YAML": ("config: [", "e.yaml:"),
    "only text": ("no", "e.yaml:1:1: "),
    "nothing": ("", "e.yaml:1:1: "),
}  # fmt: skip


@pytest.mark.parametrize(("text", "begins"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_is_wrong_is_told_by_line_and_column(tmp_path, text, begins):
    with pytest.raises(ConfigError) as caught:
        read(written(tmp_path, text), "e.yaml")
    assert str(caught.value.problems[0]).startswith(begins)


@pytest.mark.parametrize(
    ("name", "what"), [("none.yaml", "does not exist"), (".", "is a folder"), ("\0", "does not")]
)
def test_a_file_that_cannot_be_read_is_told_too(tmp_path, name, what):
    with pytest.raises(ConfigError, match=what):
        read(tmp_path / name, name)
