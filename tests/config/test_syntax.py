"""Is a complaint of the YAML parser told in words of the file? The corpus of bad/ has the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.config.positions import read
from breaktime.config.problems import ConfigError

JARGON = ("mapping", "scalar", "token", "node", "block", "flow", "stream", "context", "scanning")


def said(text):
    with pytest.raises(ConfigError) as caught:
        read(text, "f")
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "a: b: c\n",
            (
                "f:1:5: a second `:` follows on one line; put text with a colon in quotes, `'b:"
                " c'`,"
                " or keys in braces, `{b: c}`"
            ),
        ),
        (
            "a: it's: b\n",
            (
                "f:1:8: a second `:` follows on one line; put text with a colon in quotes,"
                ' `"it\'s: b"`'
            ),
        ),
        ("a\nb: 1\n", "f:1:1: `:` is missing after `a`"),
        ("a: 1\nb\n", "f:2:1: `:` is missing after `b`"),
        (
            "a: 1\n\n# note\n  b: 2\n",
            (
                "f:4:3: this line is indented too far; line 1 has a value already:"
                " begin both lines at the same column"
            ),
        ),
        (
            "a:\n  b: 1\n c: 2\n",
            (
                "f:3:2: this line is not aligned with those above it;"
                " begin it at the same column as the lines it belongs to"
            ),
        ),
        (
            "a:\n  - {b: c}\n d: 1\n",
            (
                "f:3:2: this line is not aligned with those above it;"
                " begin it at the same column as the lines it belongs to"
            ),
        ),
        (
            "- a\nb: 1\n",
            (
                "f:2:1: this line does not belong to the list above it;"
                " begin it with `- ` like the list from line 1, or indent it less"
            ),
        ),
        (
            "a: 'b\n",
            "f:1:4: the quote that opens here is never closed; add the same quote at its end",
        ),
        (
            "a: 'b' c\n",
            (
                "f:1:8: text follows after the closing quote; put the whole value in one pair of"
                " quotes"
            ),
        ),
        ("a: [b] c\n", "f:1:8: text follows after the closing bracket; remove it"),
        ("a: `b`\n", "f:1:4: text may not begin with a backtick; put it in quotes"),
        ("a: %b\n", "f:1:4: text may not begin with `%`; put it in quotes: `'%b'`"),
        (
            "a: {b: c]\n",
            (
                "f:1:9: `]` stands where `{` of line 1, column 4 is still open; write `}` before"
                " it, or remove it"
            ),
        ),
        (
            "a: [b\n",
            (
                "f:1:4: what opens here with `[` does not end; put a `,` between entries and a"
                " `]` at the end"
            ),
        ),
        (
            'a: "\\q"\n',
            "f:1:5: `\\q` has no meaning; write `\\\\` for a backslash, or use single quotes",
        ),
        (
            "%YAML 9.9\n---\na: 1\n",
            (
                "f:1:1: a line may not begin with `%`; remove the line, or put text that begins"
                " with `%` in quotes"
            ),
        ),
    ],
)
def test_what_is_said(text, says):
    assert said(text) == says


@given(st.text("ab:[]{}-&*!|>'\"%@`,#? \n\t\\", max_size=40))
def test_no_word_of_the_parser_gets_through(text):
    try:
        read(text, "f")
    except ConfigError as error:
        for problem in error.problems:
            assert not any(word in problem.what + problem.hint for word in JARGON)
            assert problem.what


def test_the_end_of_the_file_comes_too_soon():
    assert said("a: [").endswith("what opens here is not finished; put a `]` or `}` at its end")
