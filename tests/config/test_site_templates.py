"""Templates of a site are filled in with what ours are filled in with."""

import pytest

from breaktime.config import site_templates
from support.site_folder import load, problems


def test_the_templates_are_known():
    assert {"base.html", "today.html", "records.html", "block.html"} <= site_templates.names()


def test_a_template_may_use_what_ours_is_given(tmp_path):
    text = (
        '{% extends "base.html" %}{% block main %}{% for one in paragraphs %}{{ loop.index }}'
        "{{ one }}{% endfor %}{{ organisation|upper }}{{ t.help }}{% set own = 1 %}"
        "{{ own }}{{ person }}{% endblock %}"
    )
    assert load(tmp_path, {"message.html": text}).warnings == ()


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("\n{{ organization }}", "2:4", "no `organization` on this page; did you mean `organi"),
        ("{% if wekk %}{% endif %}", "1:7", "there is no `wekk` on this page"),
        ("{{ t.halp }}", "1:6", "there is no sentence `halp`"),
        ('{% extends "bse.html" %}', "1:13", "there is no template `bse.html`; did you mean"),
        ('{% include "block.html" %}', "1:13", "there is no template `block.html`"),
        ("\n  {% if %}", "2:3", "is no template"),
        ("{{ title|safe }}", "1:10", "`safe` cannot be used on these pages"),
        ("{% autoescape false %}{% endautoescape %}", "1:4", "`autoescape` cannot be used"),
        ("{{ title.__class__ }}", "1:10", "`__class__` is nothing to show"),
        ("{{ title['__class__'] }}", "1:11", "`__class__` is nothing to show"),
        ("{{ title|attr('x') }}", "1:10", "`attr` cannot be used"),
    ],
)
def test_what_would_fail_on_somebody_fails_at_load(tmp_path, text, place, said):
    (told,) = problems(tmp_path, {"message.html": text})
    assert told.startswith(f"pages/message.html:{place}: ")
    assert said in told


def test_a_task_that_ours_offers_cannot_be_left_out(tmp_path):
    told = problems(tmp_path, {"helpdesk.html": '<form action="/helpdesk/look"></form>'})
    assert [one.partition(": ")[2].partition(";")[0] for one in told] == [
        "the field `person` is missing",
        "the form to `/helpdesk/reset` is missing",
    ]


def test_a_frame_for_all_pages_keeps_its_places(tmp_path):
    text = site_templates._source("base.html").replace("{% block script %}{% endblock %}", "")
    (told,) = problems(tmp_path, {"base.html": text})
    assert "the block `script` is missing; write `{% block script %}{% endblock %}`" in told
