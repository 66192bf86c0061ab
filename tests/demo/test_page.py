"""What a person reads first on a page that refuses, whatever its template is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.demo.page import WIDEST, gist

TITLE = "<title>Refused</title><style>p {}</style><script>'<p>no</p>'</script>"

PAGES = {
    "when it opens, under its heading": (
        "<main><h1>Not now</h1><p>Why</p><h2>When it opens</h2><p><time>today at 12:00</time></p>",
        "When it opens: today at 12:00",
    ),
    "when it opens, in a sentence": (
        "<h1>Not now</h1><p>It is shut.<p>It opens <time>today\n  at 12:00</time>.<p>More",
        "It opens today at 12:00.",
    ),
    "no time, so the heading": ("<h1>Who are you?</h1><p>Tell <b>HR</b>.</p>", "Who are you?"),
    "no heading either": ("<p></p><p>Ask <b>HR</b> &amp; wait.</p>", "Ask HR & wait."),
    "a list": ("<ul><li><p>Wait</p></li><li>Ask</li></ul>", "Wait"),
    "what is not seen": (
        f"<head>{TITLE}</head><header><p>Council</p></header><p>Shut</p><footer>12:00</footer>",
        "Shut",
    ),
    "plain text": ("outside_breaks\n d-1", "outside_breaks d-1"),
    "nothing": ("", ""),
    "a command to the terminal": ("<p>a\x1b[2J\x07b</p>", "a [2J b"),
    "too much": ("<p>" + "word " * 100, ("word " * 100)[: WIDEST - 3] + "..."),
}


@pytest.mark.parametrize(("page", "line"), PAGES.values(), ids=PAGES)
def test_the_gist_of_a_page(page, line):
    assert gist(page) == line


PIECES = st.sampled_from(["<p>", "</p>", "<h1>", "<time>", "x", "<", "&", ">", "<!--", "]]"])


@given(st.text() | st.lists(PIECES).map("".join))
def test_any_page_has_a_gist_of_one_short_line(page):
    assert len(gist(page)) <= WIDEST
    assert gist(page).isprintable()
