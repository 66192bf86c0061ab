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
        ("en", "cy", ("en", "cy"), "en"),
        ("cy", "en", ("en", "cy"), "cy"),
        ("cy", "en", ("en",), "en"),
        ("", "cy-GB,en;q=0.5", ("en", "cy"), "cy"),
        ("", "de", ("cy", "en"), "cy"),
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


def test_a_language_that_was_chosen_stays(portal):
    page = portal.get("/?lang=cy").text
    assert '<html lang="cy">' in page
    assert "Fy egwyliau" in page
    assert 'href="/records?lang=cy"' in page
    assert '<a href="/?lang=en" lang="en" hreflang="en">English</a>' in page
    reply = portal.post("/break/start", **{"break": "break:own", "lang": "cy"})
    assert reply.headers["location"] == "/?done=started&lang=cy"
    assert "Mae eich egwyl wedi dechrau." in portal.get("/?done=started&lang=cy").text
    assert "45 munud ar ôl" in portal.get("/", accept_language="cy").text


@pytest.mark.parametrize("path", ["/", "/records", "/cases", "/accessibility", "/policy"])
def test_every_page_can_be_read_in_every_language(shared, path):
    for language in ("en", "cy"):
        reply = shared.get(f"{path}?lang={language}")
        assert reply.status == 200
        assert reply.headers["content-language"] == language
