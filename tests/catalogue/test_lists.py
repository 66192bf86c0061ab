"""Is each line of the four forms of lists taken as it is meant, or refused with its place?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.catalogue import lists
from breaktime.catalogue.lists import read_list
from breaktime.core.names import normal_name


def nothing_beside(name):
    raise FileNotFoundError(2, "No such file or directory", name)


def read(text, **beside):
    def opener(name):
        return beside[name] if name in beside else nothing_beside(name)

    return read_list(text, "list.txt", opener)


def refused(text, **beside):
    return [str(problem) for problem in read(text, **beside).problems]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("0.0.0.0 chat.example", ["chat.example"]),
        ("127.0.0.1\twww.chat.example chat.example  # both", ["www.chat.example", "chat.example"]),
        ("::1 localhost ip6-localhost", []),
        ("0.0.0.0 0.0.0.0", []),
        ("chat.example", ["chat.example"]),
        ("CHAT.Example.", ["chat.example"]),
        ("*.chat.example", ["chat.example"]),
        (".chat.example", ["chat.example"]),
        ("chat.example # why", ["chat.example"]),
        ("chät.example", ["xn--cht-rla.example"]),
        ("domain:chat.example", ["chat.example"]),
        ("full:www.chat.example @cn @!ads", ["www.chat.example"]),
        ("chat.example @cn &group", ["chat.example"]),
        ("||chat.example^", ["chat.example"]),
        ("||chat.example", ["chat.example"]),
        ("! a comment", []),
        ("# a comment", []),
        ("[Adblock Plus 2.0]", []),
        ("", []),
    ],
)
def test_a_line_that_is_taken(line, names):
    found = read(line)
    assert list(found.names) == names
    assert found.problems == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (r"regexp:^chat\.", "`regexp:` is a regular expression; write the names out"),
        (
            "keyword:chat",
            "`keyword:` is a part of a name, which many innocent names have; write the names out",
        ),
        ("||chat.example^$third-party", ("`||chat.example^$third-party` has a condition, a path"
         " or a pattern: only `||name^` is taken")),
        ("||chat.example/path", ("`||chat.example/path` has a condition, a path or a pattern:"
         " only `||name^` is taken")),
        ("||chat.*^", "`||chat.*^` has a condition, a path or a pattern: only `||name^` is taken"),
        ("chat.example##.banner", ("`chat.example##.banner` has a condition, a path or a pattern:"
         " only `||name^` is taken")),
        ("/chat[0-9]/", ("`/chat[0-9]/` has a condition, a path or a pattern: only `||name^` is"
         " taken")),
        ("chat", "`chat` is no name of a site"),
        ("192.0.2.1", "`192.0.2.1` is no name of a site"),
        ("0.0.0.0 192.0.2.1", "`192.0.2.1` is no name of a site"),
        ("not a line", "`not a line` is no line of a list that is understood here"),
        ("co.uk", "`co.uk` must not be listed: anybody can have a name below it"),
        ("full:amazonaws.com", "`amazonaws.com` must not be listed: sites of many others use it"),
        ("||googleapis.com^", "`googleapis.com` must not be listed: sites of many others use it"),
        ("include:../../etc/passwd", ("`../../etc/passwd` cannot be included: a list beside this"
         " one, and at most 50")),
        ("include:gone", "the included list `gone` cannot be read: No such file or directory"),
    ],
)  # fmt: skip
def test_a_line_that_is_not(line, says):
    assert refused(f"first.example\n{line}\nlast.example") == [f"list.txt:2:1: {says}"]
    assert list(read(f"first.example\n{line}\nlast.example").names) == [
        "first.example",
        "last.example",
    ]


def test_exceptions_are_kept_apart():
    found = read("||chat.example^\n@@||work.chat.example^\n")
    assert list(found.names) == ["chat.example"]
    assert list(found.exceptions) == ["work.chat.example"]


def test_an_included_list_is_read_once_and_its_lines_have_their_place():
    found = read("include:other\ninclude:other\n", other="include:other\nchat.example\nkeyword:x")
    assert list(found.names) == ["chat.example"]
    assert [str(problem)[:9] for problem in found.problems] == ["other:3:1"]


def test_a_list_has_an_end(monkeypatch):
    monkeypatch.setattr(lists, "MAX_LINES", 2)
    assert refused("a.example\nb.example\nc.example\nd.example") == [
        "list.txt:3:1: a list may have 2 lines; the rest is left"
    ]


@given(st.text(alphabet=st.sampled_from("|@^*$.:/#! \n\tachxn0-é%[]"), max_size=200))
def test_whatever_stands_there_names_come_out_as_they_are_matched(text):
    found = read(text)
    for name in (*found.names, *found.exceptions):
        assert normal_name(name) == name
        assert "." in name
    lines = len(text.splitlines())
    assert all(1 <= problem.line <= lines for problem in found.problems)
