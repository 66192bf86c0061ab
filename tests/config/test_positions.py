"""Is text read as it is meant, and does everything know where it stands?"""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.config.positions import MAX_BYTES, MAX_DEPTH, MAX_NODES, Spot, read, shown
from breaktime.config.problems import ConfigError


def value(text):
    return read(f"key: {text}\n", "f").data["key"]


def problems_of(source):
    try:
        read(source, "f")
    except ConfigError as error:
        return error.problems
    return ()


def refused(source):
    with pytest.raises(ConfigError) as caught:
        read(source, "f")
    return [str(problem) for problem in caught.value.problems]


PLAIN = [
    ("1", 1),
    ("0", 0),
    ("-7", -7),
    ("8080", 8080),
    ("4.5", Decimal("4.5")),
    ("12.50", Decimal("12.50")),
    ("true", True),
    ("false", False),
    ("", None),
    ("~", None),
    ("null", None),
    ("12:30", "12:30"),
    ("09:00", "09:00"),
    ("24:00", "24:00"),
    ("12:30:00", "12:30:00"),
    ("2026-12-24", "2026-12-24"),
    ("2026-12-24 12:00:00", "2026-12-24 12:00:00"),
    ("0123", "0123"),
    ("0x1F", "0x1F"),
    ("1_000", "1_000"),
    ("1e3", "1e3"),
    (".5", ".5"),
    (".inf", ".inf"),
    ("on", "on"),
    ("off", "off"),
    ("yes", "yes"),
    ("no", "no"),
    ("n", "n"),
    ("True", "True"),
    ("NULL", "NULL"),
    ("01632 960001", "01632 960001"),
    ("+44", "+44"),
    ("-0", "-0"),
    ("9" * 5000, "9" * 5000),
    ("'12'", "12"),
    ('"true"', "true"),
    ("''", ""),
    ("=", "="),
]


@pytest.mark.parametrize(("written", "meant"), PLAIN, ids=[row[0][:20] for row in PLAIN])
def test_a_value_is_text_unless_it_is_plainly_something_else(written, meant):
    found = value(written)
    assert found == meant
    assert type(found) is type(meant)


def test_keys_are_text_whatever_they_look_like():
    assert read("1: a\ntrue: b\n12:30: c\nnull: d\n", "f").data == {
        "1": "a",
        "true": "b",
        "12:30": "c",
        "null": "d",
    }


def test_every_key_and_value_knows_where_it_stands():
    document = read("a: 1\nb:\n  - x\n  - {c: d}\n", "file.yaml")
    assert document.data == {"a": 1, "b": ["x", {"c": "d"}]}
    assert {path: (spot.line, spot.column) for path, spot in document.keys.items()} == {
        ("a",): (1, 1),
        ("b",): (2, 1),
        ("b", 0): (3, 5),
        ("b", 1): (4, 5),
        ("b", 1, "c"): (4, 6),
    }
    assert document.values["b", 1, "c"] == Spot("file.yaml", 4, 9)
    assert document.values["a",] == Spot("file.yaml", 1, 4)


def test_columns_count_characters_and_lines_count_as_editors_count():
    document = read("é: ü\r\nb: x\rc: y\n", "f")
    assert document.values["é",] == Spot("f", 1, 4)
    assert document.values["b",] == Spot("f", 2, 4)
    assert document.values["c",] == Spot("f", 3, 4)


def test_a_byte_order_mark_is_tolerated():
    document = read(b"\xef\xbb\xbfa: 1\n", "f")
    assert document.data == {"a": 1}
    assert document.keys["a",] == Spot("f", 1, 1)


def test_utf_16_is_named():
    assert refused("a: 1".encode("utf-16")) == [
        "f:1:1: the text is stored as UTF-16; save it as UTF-8"
    ]


def test_bytes_that_are_not_text_have_a_line_and_a_column():
    assert refused(b"a: caf\xc3\xa9\nb: caf\xe9\n") == [
        "f:2:7: the byte 0xE9 is not UTF-8 text; save the file as UTF-8"
    ]


def test_a_file_that_is_too_large_is_not_read():
    assert refused(b"a" * (MAX_BYTES + 1)) == [
        "f: the file is larger than 4 MiB; split it with `include`"
    ]


def test_too_many_keys_and_values_are_refused():
    assert refused("- a\n" * MAX_NODES) == [
        "f:200000:3: the file has more than 200,000 keys and values; split it with `include`"
    ]


@pytest.mark.parametrize("opens", ["[", "{a: "])
def test_too_deep_nesting_is_refused_without_ado(opens):
    (problem,) = refused(opens * 100_000)
    assert problem.endswith(f"more than {MAX_DEPTH} levels are nested in each other")


def test_nesting_as_deep_as_allowed_is_read():
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH, "f").data


def test_all_that_is_refused_is_told_at_once():
    assert refused("a: &x 1\nb: *x\na: 2\nc: !int 3\n<<: {}\n[d]: 4\n") == [
        "f:1:4: a: `&x` names a value; remove it, or put text that begins with `&` in quotes",
        (
            "f:2:4: b: `*x` refers to another place of the file; write the value out,"
            " or put text that begins with `*` in quotes"
        ),
        "f:3:1: a: given twice; first at line 1",
        (
            "f:4:4: c: `!int` says what a value is; remove it,"
            " or put text that begins with `!` in quotes"
        ),
        "f:5:1: `<<` is not understood here; write the keys out",
        (
            "f:6:1: a list or braces cannot be a key;"
            " put a value that begins with `{` or `[` after a key and `:`"
        ),
    ]


def test_what_stands_in_a_refused_key_is_not_told_of():
    assert len(refused("{a: *x, b: &y 1}: {c: *z, c: 2}\n")) == 1


def test_tabs_that_indent_are_told_of_once():
    text = "a:\n\tb: 1\n\tc: 2\n  \td: 3\n"
    assert refused(text) == ["f:2:1: a tab is used to indent, and in 2 more lines; use spaces"]
    assert refused("  \ta: 1\n") == ["f:1:3: a tab is used to indent; use spaces"]


@pytest.mark.parametrize("tabs", ["a: 1 # x\ty\n", "a:\t1\n", "a: 'x\ty'\n"])
def test_tabs_that_do_not_indent_are_harmless(tabs):
    read(tabs, "f")


def test_paths_count_from_one():
    assert shown(("business_cases", 0, "for", "team")) == "business_cases[1].for.team"
    assert shown(()) == ""


@given(st.text() | st.text("ab:[]{}-&*!|>'\"%@`,#? \n\t", max_size=60))
def test_any_text_is_read_or_refused(text):
    """Nothing but problems ever comes out of a file."""
    lines = text.count("\n") + text.count("\r") + 2
    for problem in problems_of(text):
        assert problem.line <= lines
        assert "\n" not in str(problem)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(source):
    assert problems_of(source) is not None


@given(
    st.recursive(
        st.text("abc 1.:-", min_size=1, max_size=8)
        | st.integers(-(10**17), 10**17)
        | st.booleans(),
        lambda inside: (
            st.lists(inside, max_size=3)
            | st.dictionaries(st.text("abc1", min_size=1, max_size=5), inside, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_what_is_written_as_json_is_read_as_it_was(data):
    """JSON is YAML, so there is a second opinion."""
    assert read(json.dumps({"top": data}), "f").data == {"top": data}
