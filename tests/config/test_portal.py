"""Does what the file says of the portal fit the rest of it, and become settings?"""

import pytest

from breaktime.config import ConfigError, parse
from breaktime.config.portal import template_names
from breaktime.config.text import Endpoint

CONFIG = """
version: 1
organisation: {name: Exampleshire Council, timezone: Europe/London}
controlled: {categories: [social-network]}
identity: [{kind: basic, file: htpasswd}]
teams: {finance: {members: [a.jones]}, legal: {members: [b.patel]}}
include: [cases.d/*.yaml]
page:
  portal: https://breaks.example.org/
  managers: {finance: [M.Finance], legal: [m.finance, l.law]}
  helpdesk: [IT.Desk]
  proxy_file: {address: Gateway.example.org:8080, send: controlled}
"""


def test_what_the_file_says_becomes_settings(tmp_path):
    (tmp_path / "htpasswd").write_text("")
    loaded = parse(CONFIG, base=tmp_path)
    page = loaded.settings.page
    assert loaded.warnings == ()
    assert page.portal == "breaks.example.org"
    assert page.manages("m.finance") == {"finance", "legal"}
    assert page.manages("l.law") == {"legal"}
    assert page.manages("a.jones") == frozenset()
    assert page.helpdesk == {"it.desk"}
    assert page.cases == tmp_path / "cases.d"
    assert page.proxy_file.address == Endpoint("gateway.example.org", 8080)
    assert not page.proxy_file.everything


def test_the_templates_of_the_portal_are_known():
    assert {"base.html", "today.html", "records.html"} <= template_names()


@pytest.fixture
def with_template(tmp_path):
    (tmp_path / "htpasswd").write_text("")
    (tmp_path / "templates").mkdir()

    def load(text):
        (tmp_path / "templates" / "message.html").write_text(text)
        return parse(f"{CONFIG}  templates: templates\n", base=tmp_path)

    return load


def test_a_template_of_a_site_may_use_what_ours_is_given(with_template):
    text = (
        '{% extends "base.html" %}{% block main %}{% for one in paragraphs %}{{ loop.index }}'
        "{{ one }}{% endfor %}{{ organisation }}{{ t.help }}{% set own = 1 %}"
        "{{ own }}{{ person }}{% endblock %}"
    )
    assert with_template(text).warnings == ()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("\n{{ organization }}", 2, "there is no `organization` on this page"),
        ("{% if wekk %}{% endif %}", 1, "there is no `wekk` on this page"),
        ("{{ t.halp }}", 1, "there is no sentence `halp`"),
        ('{% extends "bse.html" %}', 1, "there is no template `bse.html`"),
        ("{% if %}", 1, "is no template"),
    ],
)
def test_a_template_that_would_fail_on_somebody_fails_at_load(with_template, text, line, said):
    with pytest.raises(ConfigError) as caught:
        with_template(text)
    (problem,) = caught.value.problems
    assert problem.line == line
    assert said in str(problem)
