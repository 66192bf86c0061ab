"""Are languages chosen well, and do templates of a site take the place of ours?"""

import base64
import hashlib
import re

import pytest

from breaktime.portal.render import language_of
from support.portal import Portal


@pytest.mark.parametrize(
    ("chosen", "accept", "languages", "found"),
    [
        ("", "", ("en",), "en"),
        ("xx", "xx", ("en",), "en"),
        ("en", "cy", ("en",), "en"),
    ],
)
def test_the_language_of_a_page(chosen, accept, languages, found):
    assert language_of(chosen, accept, languages) == found


def test_style_and_script_are_those_that_the_policy_names(portal):
    portal.post("/break/start", **{"break": "break:own"})
    reply = portal.get()
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        text = re.search(f"<{tag}>(.*?)</{tag}>", reply.text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in reply.headers["content-security-policy"]


def test_a_page_loads_nothing(portal):
    page = portal.get().text
    assert not re.findall(r'(?:src|srcset|href)="(?!/|#)', page)
    assert "url(" not in page
    assert "@import" not in page


def test_a_template_of_the_site_takes_the_place_of_ours(tmp_path):
    portal = Portal(tmp_path)
    try:
        (tmp_path / "own").mkdir()
        (tmp_path / "own" / "message.html").write_text("<h1>Ours: {{ title }}</h1>{{ person }}")
        text = portal.config.read_text().replace("  documents:", "  templates: own\n  documents:")
        portal.config.write_text(text)
        portal.reload()
        assert portal.get("/accessibility").text == "<h1>Ours: Accessibility</h1>a.jones"
        assert portal.get("/accessibility", "<b>").text.endswith("&lt;b&gt;")
    finally:
        portal.close()
