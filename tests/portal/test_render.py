"""Are languages chosen well, and do templates of a site take the place of ours?"""

import base64
import hashlib
import re

import pytest

from breaktime.pages.texts import TEXTS
from breaktime.portal.render import language_of
from support.portal import ADA, BEN, Portal


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


@pytest.mark.parametrize(
    ("target", "who", "page", "language"),
    [
        ("/nowhere?lang=cy", ADA, "missing", "cy"),
        ("/requests?lang=cy", BEN, "refused", "cy"),
        ("/?lang=cy", None, "unknown", "cy"),
        ("/?lang=cy&more=1", ADA, "form", "cy"),
        ("/nowhere?lang=xx", ADA, "missing", "en"),
        ("/nowhere?" + "a" * 5000 + "&lang=cy", ADA, "missing", "en"),
    ],
)
def test_what_goes_wrong_is_told_in_the_language_that_was_chosen(
    shared, target, who, page, language
):
    reply = shared.get(target, who, accept_language="en")
    assert f"<h1>{TEXTS[language].portal[f'{page}_title']}</h1>" in reply.text
    assert ('href="/notice?lang=cy"' in reply.text) == (language == "cy")


def test_a_form_that_is_not_taken_is_answered_in_its_language(portal):
    reply = portal.post("/break/start", **{"break": "break:own", "lang": "cy", "token": "old"})
    assert reply.status == 400
    assert reply.headers["content-language"] == "cy"
