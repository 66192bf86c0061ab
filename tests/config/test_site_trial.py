"""The block page of a site is filled in before anybody sees it."""

import pytest

from breaktime.config import site_templates
from support.site_folder import load, problems

OURS = site_templates._source("block.html")


def with_(old, new):
    assert old in OURS
    return {"block.html": OURS.replace(old, new)}


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("{{ p.title }}</h", "does not say the name of the site: `{{ p.title }}`"),
        ("{{ p.why }}", "does not say the reason"),
        ("{{ p.opens.when }}", "does not say when it opens"),
        ("{{ p.opens.left }}", "does not say how long that is"),
        ("{{ p.next }}", "does not say what to do"),
        ("{{ p.rule }}", "does not say the name of the rule"),
        ("{{ p.record }}", "does not say what is recorded"),
        ("{{ p.person }}", "does not say as whom the network knows them"),
        ("{{ p.unsent }}", "does not say that a form was not sent"),
        ("{{ decision }}", "does not say the number of the decision"),
        ("{% for line in p.contact %}", "does not say whom to ask"),
        ("{{ portal }}/{{ lang }}", "does not lead to the way to start a break"),
        ("{{ portal }}/cases", "does not lead to the way to ask for a business case"),
        ("{{ portal }}/records", "does not lead to the way to the own records"),
    ],
)
def test_what_everybody_needs_cannot_be_left_out(tmp_path, gone, said):
    instead = {
        "{{ p.title }}</h": "</h",
        "{% for line in p.contact %}": "{% for line in [] %}",
    }.get(gone, "https://example.org/" if "portal" in gone else "")
    (told,) = problems(tmp_path, with_(gone, instead))
    assert told.startswith("pages/block.html:1:1: ")
    assert said in told


def test_what_cannot_be_read_is_not_said(tmp_path):
    (told,) = problems(tmp_path, with_("{{ p.why }}", "<!-- {{ p.why }} -->"))
    assert "does not say the reason" in told


def test_a_name_that_is_not_there_is_told_with_its_line(tmp_path):
    (told,) = problems(tmp_path, with_("{{ p.why }}", "{{ p.whi }}"))
    line = OURS[: OURS.index("{{ p.why }}")].count("\n") + 1
    assert told.startswith(f"pages/block.html:{line}:1: cannot be filled in: ")


def test_a_page_has_a_size(tmp_path):
    (told,) = problems(tmp_path, with_("</main>", "x" * 15_000 + "</main>"))
    assert "and may have 14336; make template, rules or sentences shorter" in told


def test_sentences_alone_can_make_it_too_long(tmp_path):
    told = problems(
        tmp_path,
        {f"text.{one}.yaml": f"page: {{work_text: '{'x' * 1000}', made: '{{made}} {'x' * 990}'}}"
         for one in ("en", "cy")}
        | {"site.css": "p { color: #000 }\n" * 400},
    )  # fmt: skip
    assert any(one.startswith("pages/: the page") or "bytes" in one for one in told), told


def test_markup_in_a_sentence_is_text(tmp_path):
    text = "page: {work: '<script>alert(1)</script>'}"
    assert load(tmp_path, {"text.en.yaml": text}) is not None
