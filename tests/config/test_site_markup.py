"""No template and no style sheet may make a page that asks for something, runs or moves."""

import pytest

from breaktime.config.site_markup import in_page, of_style, of_template


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("<p onclick='x()'>", (1, 1), "`onclick` would run a script"),
        ("\n <script>x()</script>", (2, 2), "no script runs on these pages"),
        ("<script>{{ script }}</script>", (1, 1), "no script runs on these pages"),
        ("<img src=x>", (1, 1), "`<img>` would fetch something"),
        ("<link rel=stylesheet href=https://x/>", (1, 1), "`<link>` would fetch something"),
        ("<iframe></iframe>", (1, 1), "`<iframe>` would fetch"),
        ("<svg><use href='https://x'/></svg>", (1, 6), "`<use>` would fetch"),
        ("<td background=x>", (1, 1), "`background` would fetch"),
        ("<a ping='https://x' href='https://y'>", (1, 1), "`ping` would fetch"),
        ("<p style='color: red'>", (1, 1), "browsers would leave out `style`"),
        ("<style>p {}</style>", (1, 1), "browsers would leave out these rules"),
        ("<meta http-equiv=refresh content=1>", (1, 1), "`http-equiv` cannot be used"),
        ("<base href='https://x'>", (1, 1), "`<base>` would fetch"),
        ("<marquee>x</marquee>", (1, 1), "`<marquee>` would move"),
        ("<form></form>", (1, 1), "`<form>` cannot be used on the block page"),
        ("<a href='javascript:x()'>", (1, 1), "`javascript:x()` leads nowhere"),
        ("<a href='java\nscript:x()'>", (1, 1), "`javascript:x()` leads nowhere"),
        ("<a href='/path'>", (1, 1), "`/path` leads nowhere from these pages"),
        ("<a href='//evil.example'>", (1, 1), "leads nowhere"),
        ("<a href='https://x' target=_blank>", (1, 1), "`target` would let the other page"),
        ("{% if x %}\n{{ y }}<img>{% endif %}", (2, 8), "`<img>` would fetch"),
    ],
)
def test_what_a_template_of_the_block_page_may_not_hold(text, place, said):
    (problem,) = of_template("t", text, forms=False)
    assert (problem.line, problem.column) == place
    assert said in problem.what


@pytest.mark.parametrize(
    "text",
    [
        "<style>{{ style }}</style>",
        "<a href='{{ link.address }}'>x</a><a href='#cy'>x</a><a href='tel:1'>x</a>",
        "<a href='{{ portal }}/cases'>x</a><a href='https://x' target=_blank rel=noopener>x</a>",
        "<h{{ rank }} class='a'>{# <img> #}</h{{ rank }}>",
        "<svg viewBox='0 0 1 1'><path d='M0 0'/></svg><b>&lt;script&gt;</b>",
    ],
)
def test_what_it_may_hold(text):
    assert list(of_template("t", text, forms=False)) == []


def test_the_portal_has_forms_addresses_of_its_own_and_one_script_of_ours():
    text = "<form action='/break/start'><button>x</button></form><script>{{ script }}</script>"
    assert list(of_template("t", text, forms=True)) == []
    (problem,) = of_template("t", "<form action='https://x'></form>", forms=True)
    assert "is no address of ours" in problem.what
    assert list(of_template("t", "<script>{{ script }} x()</script>", forms=True))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("@import 'x';", (1, 1)),
        ("p {}\np { background: url(x) }", (2, 17)),
        ("p { background: URL (x) }", (1, 17)),
        ("@font-face {}", (1, 1)),
        ("</style>", (1, 1)),
        ("p { color: \\72 ed }", (1, 12)),
        ("p {\n  transition: all 1s }", (2, 3)),
        ("@keyframes x {}", (1, 1)),
        ("p { animation-name: x }", (1, 5)),
        ("p { width: expression(x) }", (1, 12)),
        ("<!-- x", (1, 1)),
    ],
)
def test_what_a_style_sheet_may_not_hold(text, place):
    (problem,) = of_style("site.css", text)
    assert (problem.line, problem.column) == place


def test_colours_type_and_print_are_its_business():
    text = ":root { --deep: #700; }\n@media print { p { font: 12pt serif; } }\n.x { display: none }"
    assert list(of_style("site.css", text)) == []


def test_a_page_that_was_filled_in_is_looked_at_too():
    assert in_page("<p>x</p><style>p {}</style>") == []
    assert in_page("<p>x<script>y</script>") == ["no script runs on these pages"]
