"""Are the documents of a site shown, in the right language, without their HTML?"""

import pytest


def write(portal, name, text):
    (portal.folder / "documents" / name).write_text(text)


def test_a_document_is_shown_and_linked(portal):
    page = portal.get("/policy", None).text
    assert "<h1>The rules</h1>" in page
    assert "<p>Be kind.</p>" in page
    assert 'href="/policy"' in portal.get().text
    assert 'href="/advice"' not in portal.get().text
    assert portal.get("/advice").status == 404


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://evil.example/x.png)",
        "<img src=x>",
        "[x](data:text/html,x)",
    ],
)
def test_a_document_holds_no_code_and_loads_nothing(portal, text):
    write(portal, "advice.md", f"# A\n\n{text}\n")
    page = portal.get("/advice").text.partition("<main")[2]
    for bad in ("<script", "<img", 'href="javascript', 'href="data'):
        assert bad not in page


def test_accessibility_says_whom_to_tell(portal):
    assert "tell HR Advice" in portal.get("/accessibility", None).text
