"""Are problems told in the words and the order that a person can work through?"""

import pytest

from breaktime.config.problems import (
    ConfigError,
    Problem,
    counted,
    nearest,
    one_of,
    quoted,
    report,
    suggestion,
)


def test_a_problem_is_one_line_with_its_place():
    problem = Problem("a.yaml", 4, 7, "breaks.lunch", "`at` is missing", "write it")
    assert str(problem) == "a.yaml:4:7: breaks.lunch: `at` is missing; write it"


def test_a_problem_of_a_whole_file_has_no_line():
    assert str(Problem("a.yaml", 0, 0, "", "does not exist")) == "a.yaml: does not exist"


def test_nothing_in_a_problem_steers_a_terminal():
    assert "\x1b" not in str(Problem("a\n.yaml", 1, 1, "key\x1b[31m", "unknown key"))
    assert "\n" not in str(Problem("a\n.yaml", 1, 1, "", "unknown key"))


def test_problems_come_in_the_order_of_the_files_each_once():
    later, earlier = Problem("b", 1, 1, "", "x"), Problem("a", 10, 1, "", "x")
    error = ConfigError([later, earlier, Problem("a", 9, 9, "", "x"), later])
    assert [str(problem) for problem in error.problems] == ["a:9:9: x", "a:10:1: x", "b:1:1: x"]
    assert str(error).endswith("\n3 problems")


def test_a_report_counts_problems_and_warnings():
    one = Problem("a", 1, 1, "", "x")
    assert report([one]) == "a:1:1: x\n1 problem"
    assert report([], [one, one]) == "warning: a:1:1: x\nwarning: a:1:1: x\n0 problems, 2 warnings"
    assert report([]) == "0 problems"
    assert counted(1, "file") == "1 file"


@pytest.mark.parametrize(
    ("found", "shows"),
    [
        (None, "nothing"),
        ("", "nothing"),
        (True, "`true`"),
        (8080, "`8080`"),
        ({"a": 1}, "keys with values"),
        ([], "a list"),
        ("a `b`\n c", "`a 'b' c`"),
        ("x" * 100, "`" + "x" * 57 + "...`"),
    ],
)
def test_input_is_quoted_in_backticks(found, shows):
    assert quoted(found) == shows


def test_choices_read_like_a_sentence():
    assert one_of(["a"]) == "`a`"
    assert one_of(["a", "b", "c"]) == "`a`, `b` or `c`"


@pytest.mark.parametrize(
    ("name", "meant"),
    [("lnuch", "lunch"), ("LUNCH", "lunch"), ("town_hall", "town-hall"), ("zzz", None)],
)
def test_the_nearest_name_is_meant(name, meant):
    assert nearest(name, ["lunch", "tea", "town-hall"]) == meant
    assert suggestion(name, ["lunch", "tea", "town-hall"]) == (
        f"did you mean `{meant}`" if meant else ""
    )
